namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>A path whose set-up costs so much that a case can't be shrunk by it in thousands of tries.</summary>
internal interface ISlowPath : IExecutionPath
{
    int ShrinkTriesMax { get; }
}
