using Grid.Node.Fixtures;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>A way to execute a block that must lead where the oracle led. Used by one lane at a time.</summary>
internal interface IExecutionPath
{
    /// <summary>What a finding calls it.</summary>
    string Name { get; }

    /// <summary>Executes the case, and tells what differs from the oracle.</summary>
    /// <exception cref="PathException">It can't be executed this way.</exception>
    IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle);
}
