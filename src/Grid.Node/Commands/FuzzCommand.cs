using System.CommandLine;

namespace Grid.Node.Commands;

/// <summary>`grid fuzz`: looks for what nobody thought of, by generated input.</summary>
public static class FuzzCommand
{
    public const int MaxSeconds = 1_000_000;

    public static Command Create() => new("fuzz", "Looks for differences between ways to execute, and for input that isn't refused as it should be.")
    {
        FuzzEvmCommand.Create(),
        FuzzInputCommand.Create(),
    };

    internal static Option<ulong> Seed() => new("--seed")
    {
        Description = "What is generated follows from it and a case's number only.", HelpName = "S", DefaultValueFactory = _ => 1,
    };

    internal static Option<int> Seconds() => CommonOptions.Count("--seconds", "How long to look.", 60, MaxSeconds);

    internal static Option<DirectoryInfo> Out() => new("--out")
    {
        Description = "Where findings are written.", HelpName = "DIR", DefaultValueFactory = _ => new DirectoryInfo("."),
    };
}
