using System.CommandLine;
using System.CommandLine.Parsing;
using Grid.Node.Bench;
using Grid.Node.Bench.Block;
using Grid.Node.Bench.Block.Workloads;
using Grid.Node.Bench.Cluster;
using Grid.Node.Torture;
using Grid.Storage;
using Grid.Testing;

namespace Grid.Node.Commands;

/// <summary>`grid bench cluster`: silos as processes over PostgreSQL.</summary>
public static class BenchClusterCommand
{
    private const int RunsMax = 1_000, SilosMax = 16, DefaultRuns = 5;

    private static readonly int[] DefaultSilos = [1, 2];

    private sealed record Request(string[] Workloads, ulong Seed, bool Fits, bool Json, ClusterBenchmarkOptions Options);

    public static Command Create()
    {
        var workloads = Workloads();
        var seed = new Option<ulong>("--seed") { Description = "What a KIND is generated from: the same seed gives the same transactions.", HelpName = "S", DefaultValueFactory = _ => 1 };
        var transactions = CommonOptions.Counts("--transactions", "Sizes of the block: of a FILE the first so many transactions, of a KIND so many, of which only one size can be asked for. Without it: all.", WorkloadGenerator.MaxTransactions);
        var silos = CommonOptions.Counts("--silos", $"Numbers of silos, one cluster after the other; by default {string.Join(',', DefaultSilos)}.", SilosMax);
        var pin = new Option<bool>("--pin") { Description = "Gives each silo a processor of its own, by taskset; the database and what asks for blocks stay free." };
        var lanes = CommonOptions.Lanes("Threads a silo that execute and apply.", preset: 1);
        var runs = CommonOptions.Count("--runs", "Measured blocks, each over the fresh genesis state, after warming up.", DefaultRuns, RunsMax);
        var fit = new Option<bool>("--fit") { Description = "Fits what a block costs to what was measured, and says where more silos don't help any more: takes two numbers of silos and two sizes at least." };
        var against = CommonOptions.Against();
        var anvil = CommonOptions.File("--anvil", "The anvil executable, where it isn't on the PATH.");
        var json = CommonOptions.Json("Prints a JSON object for each point, and one for the model.");
        var command = new Command("cluster", "Starts silos as processes over a PostgreSQL server of its own, has them make a block, times it from plan to durable commit and checks its roots.")
        {
            workloads, seed, transactions, silos, pin, lanes, runs, fit, against, anvil, json,
        };
        command.Validators.Add(result => Check(result, workloads, transactions, silos, pin, fit));
        command.SetAction((parsed, cancellation) => RunAsync(
            new Request(
                parsed.GetValue(workloads)!, parsed.GetValue(seed), parsed.GetValue(fit), parsed.GetValue(json),
                new ClusterBenchmarkOptions(
                    SilosOf(parsed.GetValue(silos)), parsed.GetValue(transactions)!, parsed.GetValue(lanes), parsed.GetValue(runs), parsed.GetValue(pin),
                    parsed.GetValue(against) is null ? null : AnvilProcess.Find(parsed.GetValue(anvil)))),
            parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static Option<string[]> Workloads()
    {
        var option = new Option<string[]>("--workload") { Description = $"{WorkloadOption.Description} The option can be given several times.", HelpName = WorkloadOption.HelpName, Required = true };
        option.Validators.Add(result =>
        {
            foreach (var reason in (result.GetValueOrDefault<string[]>() ?? []).Select(WorkloadOption.WhyNot).OfType<string>())
            {
                result.AddError(reason);
            }
        });
        return option;
    }

    private static int[] SilosOf(int[]? given) => given is { Length: > 0 } ? given : DefaultSilos;

    private static void Check(CommandResult result, Option<string[]> workloads, Option<int[]> transactions, Option<int[]> silos, Option<bool> pin, Option<bool> fit)
    {
        if (result.Children.OfType<OptionResult>().Any(option => option.Errors.Any()))
        {
            return;
        }
        var sizes = result.GetValue(transactions) ?? [];
        var numbers = SilosOf(result.GetValue(silos));
        if (sizes.Length > 1 && result.GetValue(workloads)!.Any(WorkloadDescription.IsMeant))
        {
            result.AddError("--transactions takes one size for a kind of workload; a file has sizes that it says the roots of.");
        }
        if (result.GetValue(pin) && numbers.Max() > Environment.ProcessorCount)
        {
            result.AddError($"--pin: there are {Environment.ProcessorCount} processors for {numbers.Max()} silos.");
        }
        if (result.GetValue(fit) && (sizes.Length < 2 || numbers.Length < 2))
        {
            result.AddError("--fit takes two numbers of --silos and two sizes of --transactions at least.");
        }
    }

    private static async Task<int> RunAsync(Request request, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        if (!PostgresServer.IsInstalled)
        {
            await configuration.Error.WriteLineAsync(PostgresServer.Missing);
            return ExitCode.Usage;
        }
        try
        {
            var isRight = true;
            foreach (var text in request.Workloads)
            {
                isRight &= await MeasureAsync(text, request, configuration, cancellation);
            }
            return isRight ? ExitCode.Ok : ExitCode.Failure;
        }
        catch (Exception error) when (error is BenchFileException or AnvilException or TortureException or StorageException or IOException or UnauthorizedAccessException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return ExitCode.Failure;
        }
    }

    /// <summary>Whether all roots are right, as far as something says what is.</summary>
    private static async Task<bool> MeasureAsync(string text, Request request, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        var workload = await WorkloadOption.LoadAsync(text, request.Options.Transactions is [var one] ? one : null, request.Seed, cancellation);
        if (request.Options.Transactions.FirstOrDefault(size => size > workload.Transactions.Length) is > 0 and var size)
        {
            throw new BenchFileException(text, $"it has {workload.Transactions.Length} transactions, not {size}.");
        }
        var points = new List<ClusterPoint>();
        await foreach (var point in new ClusterBenchmark(workload, request.Options).RunAsync(cancellation))
        {
            points.Add(point);
            await PrintAsync(configuration.Output, request.Json ? [BenchJson.Line(point)] : point.ToLines());
        }
        if (request.Fits)
        {
            var saturation = Saturation.Of(points);
            await PrintAsync(configuration.Output, request.Json ? [BenchJson.Line(saturation)] : saturation.ToLines());
        }
        return points.TrueForAll(point => point.Block.Ok is not false);
    }

    private static async Task PrintAsync(TextWriter output, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            await output.WriteLineAsync(line);
        }
        await output.FlushAsync();
    }
}
