using System.CommandLine;
using System.CommandLine.Parsing;
using Grid.Node.Bench;
using Grid.Node.Bench.Block;
using Grid.Node.Bench.Block.Conflicts;
using Grid.Node.Bench.Block.Workloads;
using Grid.Storage;

namespace Grid.Node.Commands;

/// <summary>`grid bench block`: one large block.</summary>
public static class BenchBlockCommand
{
    private const string Library = "library", Orleans = "grid";

    private const int MaxRuns = 1_000, MaxTransactions = 10_000_000, MaxSilos = 64, DefaultRuns = 5;

    private static readonly int[] DefaultConflicts = [0, 10, 25, 50, 75, 90, 100];

    private sealed record Request(
        string Workload, ulong Seed, int? Transactions, string Engine, int Silos, int Lanes, int Runs, bool Json, bool AgainstAnvil, FileInfo? Anvil,
        FileInfo? Plot, int[] Conflicts, bool NoProfiles, DirectoryInfo? Data);

    public static Command Create()
    {
        var workload = Workload();
        var seed = new Option<ulong>("--seed") { Description = "What a KIND is generated from: the same seed gives the same transactions.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var transactions = CommonOptions.OptionalCount("--transactions", "Of a FILE only the first this many; of a KIND so many.", MaxTransactions);
        var engine = new Option<string>("--engine")
        {
            Description = "library: the executor without grains. grid: the real thing, on silos in this process.",
            HelpName = $"{Library}|{Orleans}",
            DefaultValueFactory = _ => Library,
        };
        engine.AcceptOnlyFromAmong(Library, Orleans);
        var silos = CommonOptions.Count("--silos", "Silos in this process, for the engine grid.", 1, MaxSilos);
        var lanes = CommonOptions.Lanes("Threads a silo that execute and apply.", preset: 1);
        var runs = CommonOptions.Count("--runs", "Measured runs, each over the fresh genesis state, after warming up.", DefaultRuns, MaxRuns);
        var json = CommonOptions.Json("Prints one JSON object; with --plot one for each share of conflicts.");
        var against = CommonOptions.Against();
        var anvil = CommonOptions.File("--anvil", "The anvil executable, where it isn't on the PATH.");
        var plot = Plot();
        var conflicts = Conflicts();
        var noProfiles = new Option<bool>("--no-profiles") { Description = "Learns nothing from a block for the next: every call is planned as one that nobody has seen." };
        var data = new Option<DirectoryInfo>("--data") { Description = "A new folder in which the grid makes every block durable, as a node with --data does. Without it: memory.", HelpName = "DIR" };
        var command = new Command("block", "Makes a block of given or generated transactions, times its stages and checks its roots.")
        {
            workload, seed, transactions, engine, silos, lanes, runs, json, against, anvil, plot, conflicts, noProfiles, data,
        };
        CommonOptions.CheckTogether(command, result => CheckCombination(result, workload, [engine, against], plot, conflicts, seed, transactions));
        command.Validators.Add(result =>
        {
            if (result.GetValue(data) is { } folder && (result.GetValue(engine) != Orleans || (folder.Exists && folder.EnumerateFileSystemInfos().Any())))
            {
                result.AddError("--data takes an empty folder, and is for --engine grid.");
            }
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            new Request(
                parsed.GetValue(workload)!, parsed.GetValue(seed), parsed.GetValue(transactions), parsed.GetValue(engine)!, parsed.GetValue(silos),
                parsed.GetValue(lanes), parsed.GetValue(runs), parsed.GetValue(json), parsed.GetValue(against) is not null, parsed.GetValue(anvil),
                parsed.GetValue(plot), parsed.GetValue(conflicts) is { Length: > 0 } list ? list : DefaultConflicts,
                parsed.GetValue(noProfiles), parsed.GetValue(data)),
            parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static Option<string> Workload()
    {
        var option = new Option<string>("--workload") { Description = WorkloadOption.Description, HelpName = WorkloadOption.HelpName, Required = true };
        option.Validators.Add(result =>
        {
            if (WorkloadOption.WhyNot(result.GetValueOrDefault<string>() ?? "") is { } reason)
            {
                result.AddError(reason);
            }
        });
        return option;
    }

    private static Option<FileInfo> Plot()
    {
        var option = new Option<FileInfo>("--plot")
        {
            Description = "Runs a KIND at several shares of conflicts, in the library on one lane and in the grid, and draws speed-up, waves and re-executions to this SVG.",
            HelpName = "FILE",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<FileInfo>() is { Directory.Exists: false } file)
            {
                result.AddError($"--plot: there is no folder '{file.DirectoryName}'.");
            }
        });
        return option;
    }

    private static Option<int[]> Conflicts() => new("--conflicts")
    {
        Description = $"The shares that --plot runs, in percent; by default {string.Join(',', DefaultConflicts)}.",
        HelpName = "LIST",
        CustomParser = result =>
        {
            var list = new List<int>();
            foreach (var item in result.Tokens[0].Value.Split(','))
            {
                if (!int.TryParse(item, out var percent) || percent is < 0 or > 100 || list.Contains(percent))
                {
                    result.AddError($"--conflicts takes different whole numbers from 0 to 100 with commas between them, not '{item}'.");
                    return [];
                }
                list.Add(percent);
            }
            return [.. list];
        },
    };

    /// <summary>What one option says of another.</summary>
    /// <param name="single">Options of a single run.</param>
    private static void CheckCombination(
        CommandResult result, Option<string> workload, Option[] single, Option<FileInfo> plot, Option<int[]> conflicts, Option<ulong> seed, Option<int?> transactions)
    {
        bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };

        if (result.GetResult(workload) is not { Errors: var errors } || errors.Any() || result.GetValue(workload) is not { } text)
        {
            return;
        }
        var isKind = WorkloadDescription.IsMeant(text);
        if (isKind && result.GetValue(transactions) > WorkloadGenerator.MaxTransactions)
        {
            result.AddError($"--transactions takes at most {WorkloadGenerator.MaxTransactions} for a kind of workload.");
        }
        if (!isKind && IsGiven(seed))
        {
            result.AddError("--seed is for a kind of workload; a file has its transactions already.");
        }
        if (!IsGiven(plot))
        {
            if (IsGiven(conflicts))
            {
                result.AddError("--conflicts is for --plot; of one run the share stands in --workload KIND:conflict=P.");
            }
            return;
        }
        if (!isKind || WorkloadDescription.Parse(text).Values.IsGiven(WorkloadParameter.ConflictName))
        {
            result.AddError("--plot takes --workload KIND without a share of conflicts, because it runs several of them.");
        }
        foreach (var option in single.Where(IsGiven))
        {
            result.AddError($"{option.Name} is for one run; --plot compares the grid with the library.");
        }
    }

    private static async Task<int> RunAsync(Request request, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            return request.Plot is { } plot
                ? await SweepAsync(request, plot, configuration.Output, cancellation)
                : await RunOnceAsync(request, configuration, cancellation);
        }
        catch (Exception exception) when (exception is BenchFileException or AnvilException or StorageException or IOException or UnauthorizedAccessException)
        {
            configuration.Error.WriteLine(exception.Message);
            return ExitCode.Failure;
        }
    }

    private static async Task<int> RunOnceAsync(Request request, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        var workload = await WorkloadOption.LoadAsync(request.Workload, request.Transactions, request.Seed, cancellation);
        var count = request.Transactions ?? workload.Transactions.Length;
        if (count > workload.Transactions.Length)
        {
            configuration.Error.WriteLine($"{workload.Name} has {workload.Transactions.Length} transactions, not {count}.");
            return ExitCode.Usage;
        }
        await using var engine = EngineOf(request, workload);
        var anvil = request.AgainstAnvil ? new AnvilBlocks(workload, AnvilProcess.Find(request.Anvil)) : null;
        var result = await new BlockBenchmark(workload, engine, count).RunAsync(request.Silos, request.Lanes, request.Runs, cancellation, anvil: anvil);
        Print(configuration.Output, request.Json ? [BenchJson.Line(result)] : result.ToLines());
        return result.Ok is false ? ExitCode.Failure : ExitCode.Ok;
    }

    private static async Task<int> SweepAsync(Request request, FileInfo plot, TextWriter output, CancellationToken cancellation)
    {
        var description = WorkloadDescription.Parse(request.Workload);
        var count = request.Transactions ?? description.Kind.Transactions;
        var sweep = new ConflictSweep(description, count, request.Seed, request.Silos, request.Lanes, request.Runs);
        if (!request.Json)
        {
            output.WriteLine($"{description}: {count} transactions, seed {request.Seed}; grid on {request.Silos} silo(s) with {request.Lanes} lane(s)");
        }
        var points = new List<ConflictPoint>();
        await foreach (var point in sweep.RunAsync(request.Conflicts, cancellation))
        {
            points.Add(point);
            Print(output, [request.Json ? BenchJson.Line(point) : point.ToLine()]);
        }
        ConflictPlot.Write(plot.FullName, points);
        return points.TrueForAll(point => point.Ok) ? ExitCode.Ok : ExitCode.Failure;
    }

    private static IBlockEngine EngineOf(Request request, BlockWorkload workload) =>
        request.Engine == Orleans
            ? new GridEngine(workload, request.Silos, request.Lanes, request.NoProfiles ? 0 : null, request.Data?.FullName)
            : new LibraryEngine(workload, request.Lanes, request.NoProfiles ? 0 : null);

    private static void Print(TextWriter output, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            output.WriteLine(line);
        }
    }
}
