namespace Grid.Node.Commands;

/// <summary>What every command's process ends with.</summary>
public static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command ran, and something in it failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line isn't right.</summary>
    public const int Usage = 2;
}
