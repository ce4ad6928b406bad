using System.CommandLine;
using Grid.Node.Bench;
using Grid.Node.Bench.Block;

namespace Grid.Node.Commands;

/// <summary>`grid bench block`: one large block.</summary>
public static class BenchBlockCommand
{
    private const string Library = "library", Orleans = "grid";

    private const int MaxRuns = 1_000, MaxTransactions = 10_000_000, MaxSilos = 64, DefaultRuns = 5;

    private sealed record Request(
        string Path, int? Transactions, string Engine, int Silos, int Lanes, int Runs, bool Json, bool AgainstAnvil, FileInfo? Anvil);

    public static Command Create()
    {
        var workload = CommonOptions.File("--workload", "The transactions: NAME.json or NAME.json.gz, with NAME.genesis.json and expected.json beside it.");
        workload.Required = true;
        var transactions = CommonOptions.OptionalCount("--transactions", "Only the first this many; without it all.", MaxTransactions);
        var engine = new Option<string>("--engine")
        {
            Description = "library: the sequential executor without grains. grid: the real thing, on silos in this process.",
            HelpName = $"{Library}|{Orleans}",
            DefaultValueFactory = _ => Library,
        };
        engine.AcceptOnlyFromAmong(Library, Orleans);
        var silos = CommonOptions.Count("--silos", "Silos in this process, for the engine grid.", 1, MaxSilos);
        var lanes = CommonOptions.Lanes("Threads a silo that execute and apply.", preset: 1);
        var runs = CommonOptions.Count("--runs", "Measured runs, each over the fresh genesis state, after warming up.", DefaultRuns, MaxRuns);
        var json = CommonOptions.Json("Prints one JSON object.");
        var against = CommonOptions.Against();
        var anvil = CommonOptions.File("--anvil", "The anvil executable, where it isn't on the PATH.");
        var command = new Command("block", "Makes a block of given transactions, times its stages and checks its roots.")
        {
            workload, transactions, engine, silos, lanes, runs, json, against, anvil,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            new Request(
                parsed.GetValue(workload)!.FullName, parsed.GetValue(transactions), parsed.GetValue(engine)!, parsed.GetValue(silos), parsed.GetValue(lanes),
                parsed.GetValue(runs), parsed.GetValue(json), parsed.GetValue(against) is not null, parsed.GetValue(anvil)),
            parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Request request, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            var workload = BlockWorkload.Load(request.Path);
            var count = request.Transactions ?? workload.Transactions.Length;
            if (count > workload.Transactions.Length)
            {
                configuration.Error.WriteLine($"{workload.Name} has {workload.Transactions.Length} transactions, not {count}.");
                return ExitCode.Usage;
            }
            await using var engine = EngineOf(request, workload);
            var result = await new BlockBenchmark(workload, engine).RunAsync(count, request.Silos, request.Lanes, request.Runs, cancellation);
            if (request.AgainstAnvil)
            {
                var anvilMs = await new AnvilBlocks(workload, AnvilProcess.Find(request.Anvil)).RunAsync(count, request.Runs, cancellation);
                result = result with { AnvilMs = Sample.Round(anvilMs), Ratio = Sample.Round(anvilMs / result.TotalMs) };
            }
            Print(configuration.Output, result, request.Json);
            return result.Ok is false ? ExitCode.Failure : ExitCode.Ok;
        }
        catch (Exception exception) when (exception is BenchFileException or AnvilException)
        {
            configuration.Error.WriteLine(exception.Message);
            return ExitCode.Failure;
        }
    }

    private static IBlockEngine EngineOf(Request request, BlockWorkload workload) =>
        request.Engine == Orleans ? new GridEngine(workload, request.Silos, request.Lanes) : new LibraryEngine(workload, request.Lanes);

    private static void Print(TextWriter output, BlockResult result, bool json)
    {
        if (json)
        {
            output.WriteLine(BenchJson.Line(result));
            return;
        }
        foreach (var line in result.ToLines())
        {
            output.WriteLine(line);
        }
    }
}
