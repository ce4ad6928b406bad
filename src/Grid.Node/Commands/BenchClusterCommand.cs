using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Grid.Node.Bench;
using Grid.Node.Bench.Block.Workloads;
using Grid.Node.Bench.Cluster;
using Grid.Node.Torture;
using Grid.Storage;
using Grid.Testing;
using Orleans.Runtime;

namespace Grid.Node.Commands;

/// <summary>`grid bench cluster`: silos as processes over PostgreSQL.</summary>
public static class BenchClusterCommand
{
    public static Command Create() => new Cluster().Command;

    /// <summary>The command's options, and what it does with them.</summary>
    private sealed class Cluster
    {
        private const int RunsMax = 1_000, SilosMax = 16, DefaultRuns = 5, SecondsMax = 86_400, DefaultWarmUpSeconds = 30, RateMax = 1_000_000, TransfersMax = 20_000_000, BlockTimeMsMax = 60_000;
        private const int DefaultBlockTimeMs = 1_000, DefaultJoinSeconds = 45, SustainedAccounts = 1_000_000, SustainedRate = 9_000, JoiningAccounts = 20_000, JoiningRate = 1_000, JoiningPhases = 5;

        private static readonly int[] DefaultSilos = [1, 2];

        private readonly Option<string[]> _workloads = Workloads();
        private readonly Option<ulong> _seed = new("--seed") { Description = "What a KIND is generated from: the same seed gives the same transactions.", HelpName = "S", DefaultValueFactory = _ => 1 };
        private readonly Option<int[]> _transactions = CommonOptions.Counts(
            "--transactions", "Sizes of the block: the first so many transactions, of a KIND of as many as the largest has. Without it: all.", WorkloadGenerator.MaxTransactions);
        private readonly Option<int[]> _silos = CommonOptions.Counts("--silos", $"Numbers of silos, one cluster after the other; by default {string.Join(',', DefaultSilos)}. With --join one: those before the one that joins; by default 2.", SilosMax);
        private readonly Option<bool> _pin = new("--pin") { Description = "Gives each silo a processor of its own, by taskset; the database and what asks for blocks stay free." };
        private readonly Option<int> _lanes = CommonOptions.Lanes("Threads a silo that execute and apply.", preset: 1);
        private readonly Option<int> _runs = CommonOptions.Count("--runs", "Measured blocks, each over the fresh genesis state, after warming up.", DefaultRuns, RunsMax);
        private readonly Option<int> _warmUp = CommonOptions.Count("--warm-up", "Seconds for which blocks are made before those that are measured, so that what runs often is compiled for good; with --runs 1 it is one block.", DefaultWarmUpSeconds, SecondsMax);
        private readonly Option<bool> _fit = new("--fit") { Description = "Fits what a block costs to what was measured, and says where more silos don't help any more: takes two numbers of silos and two sizes at least." };
        private readonly Option<string?> _against = CommonOptions.Against();
        private readonly Option<FileInfo> _anvil = CommonOptions.File("--anvil", "The anvil executable, where it isn't on the PATH.");
        private readonly Option<int?> _sustain = CommonOptions.OptionalCount("--sustain", "Instead: sends transfers to one silo for so many seconds, and reports what is committed, how far the store is behind, and memory.", SecondsMax);
        private readonly Option<int?> _join = Join();
        private readonly Option<int?> _accounts = CommonOptions.OptionalCount("--accounts", $"Accounts that send and receive; by default {SustainedAccounts} for --sustain and {JoiningAccounts} for --join.", TransferLoad.AccountsMax);
        private readonly Option<int?> _rate = CommonOptions.OptionalCount("--rate", $"Transfers that are sent a second; by default {SustainedRate} for --sustain and {JoiningRate} for --join.", RateMax);
        private readonly Option<int> _blockTime = CommonOptions.Count("--block-time", "Milliseconds between blocks, for --sustain.", DefaultBlockTimeMs, BlockTimeMsMax);
        private readonly Option<bool> _json = CommonOptions.Json("Prints a JSON object for each point, and one for the model; of --sustain and --join one.");

        public Cluster()
        {
            Command = new Command(
                "cluster",
                "Starts silos as processes over a PostgreSQL server of its own. Has them make a block, times it from plan to durable commit and checks its roots; or sends transfers for some time, to one silo, or while silos come and go.")
            {
                _workloads, _seed, _transactions, _silos, _pin, _lanes, _runs, _warmUp, _fit, _against, _anvil, _sustain, _join, _accounts, _rate, _blockTime, _json,
            };
            CommonOptions.CheckTogether(Command, Check);
            Command.SetAction(RunAsync);
        }

        public Command Command { get; }

        private static Option<string[]> Workloads()
        {
            var option = new Option<string[]>("--workload") { Description = $"{WorkloadOption.Description} The option can be given several times.", HelpName = WorkloadOption.HelpName };
            option.Validators.Add(result =>
            {
                foreach (var reason in (result.GetValueOrDefault<string[]>() ?? []).Select(WorkloadOption.WhyNot).OfType<string>())
                {
                    result.AddError(reason);
                }
            });
            return option;
        }

        private static Option<int?> Join()
        {
            var option = new Option<int?>("--join")
            {
                Description = $"Instead: sends transfers while a silo joins and then the coordinator's silo leaves, each after so many seconds, by default {DefaultJoinSeconds}; reports failed requests, and when throughput is back.",
                HelpName = "SECONDS",
                Arity = ArgumentArity.ZeroOrOne,
                CustomParser = result => result.Tokens.Count == 0 ? DefaultJoinSeconds : int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0,
            };
            CommonOptions.Check(option, seconds => seconds is null or (> 0 and <= SecondsMax), $"--join takes a number from 1 to {SecondsMax}.");
            return option;
        }

        private void Check(CommandResult result)
        {
            if (result.Children.OfType<OptionResult>().Any(option => option.Errors.Any()))
            {
                return;
            }
            bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };

            Option[] modes = [_workloads, _sustain, _join];
            if (modes.Count(IsGiven) != 1)
            {
                result.AddError("One of --workload, --sustain and --join says what is measured.");
                return;
            }
            if (IsGiven(_workloads))
            {
                CheckBlocks(result, IsGiven);
                return;
            }
            Option[] ofBlocks = [_seed, _transactions, _pin, _runs, _warmUp, _fit, _against, _anvil];
            foreach (var option in (IsGiven(_sustain) ? [.. ofBlocks, _silos] : (Option[])[.. ofBlocks, _blockTime]).Where(IsGiven))
            {
                result.AddError($"{option.Name} isn't for {(IsGiven(_sustain) ? _sustain : _join).Name}.");
            }
            if (result.GetValue(_accounts) < 2)
            {
                result.AddError("--accounts: transfers take two at least.");
            }
            var seconds = result.GetValue(_sustain) ?? (JoiningPhases * result.GetValue(_join)) ?? 0;
            if ((long)seconds * (result.GetValue(_rate) ?? (IsGiven(_sustain) ? SustainedRate : JoiningRate)) > TransfersMax)
            {
                result.AddError($"All transfers are signed beforehand: {TransfersMax} at most, by --rate and seconds.");
            }
            if (IsGiven(_join) && result.GetValue(_silos) is { Length: > 1 })
            {
                result.AddError("--join takes one number of --silos.");
            }
        }

        private void CheckBlocks(CommandResult result, Func<Option, bool> isGiven)
        {
            foreach (var option in new Option[] { _accounts, _rate, _blockTime }.Where(isGiven))
            {
                result.AddError($"{option.Name} isn't for --workload.");
            }
            var sizes = result.GetValue(_transactions) ?? [];
            var silos = SilosOf(result.GetValue(_silos));
            if (result.GetValue(_pin) && silos.Max() > Environment.ProcessorCount)
            {
                result.AddError($"--pin: there are {Environment.ProcessorCount} processors for {silos.Max()} silos.");
            }
            if (result.GetValue(_fit) && (sizes.Length < 2 || silos.Length < 2))
            {
                result.AddError("--fit takes two numbers of --silos and two sizes of --transactions at least.");
            }
        }

        private static int[] SilosOf(int[]? given) => given is { Length: > 0 } ? given : DefaultSilos;

        private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var configuration = parsed.InvocationConfiguration;
            if (!PostgresServer.IsInstalled)
            {
                await configuration.Error.WriteLineAsync(PostgresServer.Missing);
                return ExitCode.Usage;
            }
            try
            {
                return parsed.GetValue(_sustain) is { } sustained ? await SustainAsync(parsed, sustained, cancellation)
                    : parsed.GetValue(_join) is { } joining ? await JoinAsync(parsed, joining, cancellation)
                    : await MakeBlocksAsync(parsed, cancellation);
            }
            catch (Exception error) when (error is BenchFileException or AnvilException or TortureException or StorageException or OrleansException or TimeoutException or HttpRequestException or IOException or UnauthorizedAccessException)
            {
                await configuration.Error.WriteLineAsync(error.Message);
                return ExitCode.Failure;
            }
        }

        private async Task<int> MakeBlocksAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var options = new ClusterBenchmarkOptions(
                SilosOf(parsed.GetValue(_silos)), parsed.GetValue(_transactions)!, parsed.GetValue(_lanes), parsed.GetValue(_runs), TimeSpan.FromSeconds(parsed.GetValue(_warmUp)), parsed.GetValue(_pin),
                parsed.GetValue(_against) is null ? null : AnvilProcess.Find(parsed.GetValue(_anvil)));
            var isRight = true;
            foreach (var text in parsed.GetValue(_workloads)!)
            {
                isRight &= await MeasureAsync(text, options, parsed, cancellation);
            }
            return isRight ? ExitCode.Ok : ExitCode.Failure;
        }

        /// <summary>Whether all roots are right, as far as something says what is.</summary>
        private async Task<bool> MeasureAsync(string text, ClusterBenchmarkOptions options, ParseResult parsed, CancellationToken cancellation)
        {
            var (output, isJson) = (parsed.InvocationConfiguration.Output, parsed.GetValue(_json));
            var workload = await WorkloadOption.LoadAsync(text, options.Transactions, parsed.GetValue(_seed), cancellation);
            if (options.Transactions.FirstOrDefault(size => size > workload.Transactions.Length) is > 0 and var size)
            {
                throw new BenchFileException(text, $"it has {workload.Transactions.Length} transactions, not {size}.");
            }
            var points = new List<ClusterPoint>();
            await foreach (var point in new ClusterBenchmark(workload, options).RunAsync(cancellation))
            {
                points.Add(point);
                await PrintAsync(output, isJson ? [BenchJson.Line(point)] : point.ToLines());
            }
            if (parsed.GetValue(_fit))
            {
                var saturation = Saturation.Of(points);
                await PrintAsync(output, isJson ? [BenchJson.Line(saturation)] : saturation.ToLines());
            }
            return points.TrueForAll(point => point.Block.Ok is not false);
        }

        private async Task<int> SustainAsync(ParseResult parsed, int seconds, CancellationToken cancellation)
        {
            var options = new SustainedOptions(
                seconds, parsed.GetValue(_accounts) ?? SustainedAccounts, parsed.GetValue(_rate) ?? SustainedRate, parsed.GetValue(_lanes), parsed.GetValue(_blockTime));
            var result = await SustainedBenchmark.RunAsync(options, SayTo(parsed), cancellation);
            await PrintAsync(parsed.InvocationConfiguration.Output, [parsed.GetValue(_json) ? BenchJson.Line(result) : result.ToLine()]);
            return result is { AllCommitted: true, Failed: 0 } && result.StoreLagMax < result.StoreLagLimit ? ExitCode.Ok : ExitCode.Failure;
        }

        private async Task<int> JoinAsync(ParseResult parsed, int seconds, CancellationToken cancellation)
        {
            var options = new JoiningOptions(
                parsed.GetValue(_silos) is [var silos] ? silos : 2, seconds, parsed.GetValue(_accounts) ?? JoiningAccounts, parsed.GetValue(_rate) ?? JoiningRate, parsed.GetValue(_lanes));
            var result = await JoiningBenchmark.RunAsync(options, SayTo(parsed), cancellation);
            await PrintAsync(parsed.InvocationConfiguration.Output, [parsed.GetValue(_json) ? BenchJson.Line(result) : result.ToLine()]);
            return result is { AllCommitted: true, Failed: 0, LeaveExitCode: 0 } ? ExitCode.Ok : ExitCode.Failure;
        }

        private Action<string> SayTo(ParseResult parsed)
        {
            var (output, isJson) = (parsed.InvocationConfiguration.Output, parsed.GetValue(_json));
            return line =>
            {
                if (!isJson)
                {
                    output.WriteLine(line);
                }
            };
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
}
