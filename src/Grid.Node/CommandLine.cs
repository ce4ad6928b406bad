using System.CommandLine;
using Grid.Node.Commands;

namespace Grid.Node;

/// <summary>The executable's command line. A command is a file in Commands and a line here.</summary>
public static class CommandLine
{
    /// <summary>What runs when no command is named.</summary>
    private const string DefaultCommand = "node";

    /// <summary>How long a command may take to end after SIGTERM or Ctrl+C: longer than a node gives the block at hand.</summary>
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(30);

    public static RootCommand Create() => new("Grid executes Ethereum blocks on a grid of virtual actors. Without a command it starts a node.")
    {
        NodeCommand.Create(),
        SiloCommand.Create(),
        GatewayCommand.Create(),
        LimitsCommand.Create(),
        SchemaCommand.Create(),
        PinCommand.Create(),
        ImportCommand.Create(),
        ExportCommand.Create(),
        VerifyCommand.Create(),
        CompactCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
        ReplayCommand.Create(),
        BenchCommand.Create(),
        FuzzCommand.Create(),
        SoakCommand.Create(),
        TortureCommand.Create(),
        SimulateCommand.Create(),
    };

    /// <summary>Parses and runs; returns the process's exit code.</summary>
    public static Task<int> RunAsync(string[] arguments, InvocationConfiguration? configuration = null)
    {
        configuration ??= new InvocationConfiguration { ProcessTerminationTimeout = TerminationTimeout };
        var root = Create();
        if (!ConfiguredArguments.TryComplete(root, WithCommand(root, arguments), out var complete, out var error))
        {
            return ReportAsync(configuration, error);
        }
        var parsed = root.Parse(complete);
        return parsed.Errors.Count == 0 ? parsed.InvokeAsync(configuration) : ReportUsageAsync(parsed, configuration);
    }

    /// <summary>The arguments with the command that they lack: options alone are the node's, but for those that every program has.</summary>
    private static string[] WithCommand(RootCommand root, string[] arguments)
    {
        var isNode = root.Subcommands.Any(command => command.Name == DefaultCommand)
            && (arguments.Length == 0 || (arguments[0].StartsWith('-') && arguments[0] is not ("--help" or "-h" or "-?" or "--version")));
        return isNode ? [DefaultCommand, .. arguments] : arguments;
    }

    private static async Task<int> ReportAsync(InvocationConfiguration configuration, string error)
    {
        await configuration.Error.WriteLineAsync(error);
        return ExitCode.Usage;
    }

    private static async Task<int> ReportUsageAsync(ParseResult parsed, InvocationConfiguration? configuration)
    {
        await parsed.InvokeAsync(configuration);
        return ExitCode.Usage;
    }
}
