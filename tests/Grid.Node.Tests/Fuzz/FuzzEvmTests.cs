using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Waves;
using Grid.Node.Commands;
using Grid.Node.Fixtures;
using Grid.Node.Fuzz.Evm;
using Grid.Node.Fuzz.Evm.Paths;
using Grid.Primitives;

namespace Grid.Node.Tests.Fuzz;

public sealed class FuzzEvmTests : IDisposable
{
    private const byte Timestamp = 0x42, MulMod = 0x09;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Generated_blocks_are_executed_alike_on_every_path_and_by_the_grid()
    {
        var run = await CommandRun.OfAsync("fuzz", "evm", "--seed", "7", "--cases", "40", "--seconds", "60", "--lanes", "1", "--silos", "1",
            "--json", "--out", _folder.Path);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Output + run.Error);
        using var line = JsonDocument.Parse(Assert.Single(run.Lines));
        Assert.Equal(40UL, line.RootElement.GetProperty("cases").GetUInt64());
        Assert.Equal(0, line.RootElement.GetProperty("differ").GetInt32());
        var paths = line.RootElement.GetProperty("path_cases").EnumerateObject().ToDictionary(path => path.Name, path => path.Value.GetInt64());
        Assert.Equal(["access list", "grid, 1 silo, imported", "grid, 1 silo, made", "import", "missing state", "on its list", "parallel", "stepwise", "traced"],
            paths.Keys.Order(StringComparer.Ordinal));
        Assert.All(paths.Values, count => Assert.True(count > 0));
    }

    /// <summary>
    /// Random blocks whose transactions read, write, call, create, destroy, delegate, revert and run out of gas on shared state, on 1 to 8 lanes
    /// with right, random, absent and harmful predictions and perturbed schedules: a finding names the seed and case that replay it.
    /// </summary>
    [Theory]
    [InlineData(1, CaseOptions.PresetTransactions, 500, Fork.Frontier)]
    [InlineData(2, 12, 400, Fork.Byzantium)]
    [InlineData(3, 32, 110, Fork.Cancun)]
    public void Parallel_execution_leads_where_sequential_execution_leads(ulong seed, int transactions, ulong cases, Fork oldest)
    {
        var options = new FuzzOptions(TimeSpan.FromMinutes(5), seed, cases, Only: null, Lanes: 2, _folder.Path);
        var generator = new CaseGenerator(seed, new CaseOptions { Transactions = transactions, Oldest = oldest });
        var findings = new List<FuzzFinding>();
        var summary = new EvmFuzzer(generator, coverage => [new ParallelPath(coverage)], options, findings.Add).Run(TestContext.Current.CancellationToken);
        Assert.True(findings.Count == 0, string.Join(Environment.NewLine, findings));
        Assert.Equal(cases, summary.Cases);
        // All that can become of a wave is reached.
        foreach (var outcome in (string[])["blocks merged", "blocks: Conflict", "blocks: Rejection", "transactions taken over", "transactions executed again"])
        {
            Assert.True(summary.Coverage.Waves.GetValueOrDefault(outcome) > 10, $"{outcome}: {summary.Coverage.Waves.GetValueOrDefault(outcome)}");
        }
    }

    /// <summary>
    /// The same blocks on their access lists on 1 to 4 lanes, all of which but the smallest part conflict; and on lists in which values were changed, slots dropped, accounts
    /// added, indices shifted, or that are empty: these must be refused, and change nothing.
    /// </summary>
    [Theory]
    [InlineData(4, CaseOptions.PresetTransactions, 350, Fork.Frontier)]
    [InlineData(5, 12, 300, Fork.Byzantium)]
    [InlineData(6, 32, 70, Fork.Cancun)]
    public void Execution_on_access_lists_leads_where_sequential_execution_leads(ulong seed, int transactions, ulong cases, Fork oldest)
    {
        var options = new FuzzOptions(TimeSpan.FromMinutes(5), seed, cases, Only: null, Lanes: 2, _folder.Path);
        var generator = new CaseGenerator(seed, new CaseOptions { Transactions = transactions, Oldest = oldest });
        var findings = new List<FuzzFinding>();
        var summary = new EvmFuzzer(generator, coverage => [new ListedPath(coverage)], options, findings.Add).Run(TestContext.Current.CancellationToken);
        Assert.True(findings.Count == 0, string.Join(Environment.NewLine, findings));
        Assert.Equal(cases, summary.Cases);
        foreach (var use in (AccessListUse[])[AccessListUse.Used, AccessListUse.Malformed, AccessListUse.Wrong])
        {
            Assert.True(summary.Coverage.Lists.GetValueOrDefault(use.ToString()) > 10, $"{use}: {summary.Coverage.Lists.GetValueOrDefault(use.ToString())}");
        }
    }

    [Fact]
    public void A_case_follows_from_its_seed_and_index()
    {
        var (first, second) = (new CaseGenerator(11, new CaseOptions()), new CaseGenerator(11, new CaseOptions()));
        for (ulong i = 0; i < 20; i++)
        {
            Assert.Equal(Text(first.Make(i)), Text(second.Make(i)));
        }
        Assert.NotEqual(Text(first.Make(1)), Text(first.Make(2)));
        Assert.NotEqual(Text(first.Make(1)), Text(new CaseGenerator(12, new CaseOptions()).Make(1)));
    }

    [Fact]
    public async Task A_planted_error_is_found_shrunk_and_written_as_a_state_test()
    {
        var findings = new List<FuzzFinding>();
        var options = new FuzzOptions(TimeSpan.FromMinutes(2), Seed: 3, Cases: 400, Only: null, Lanes: 1, _folder.Path);
        var paths = new IExecutionPath[] { new WrongClock() };
        var summary = new EvmFuzzer(new CaseGenerator(options.Seed, new CaseOptions(Fork.Osaka, SystemContracts: false)), _ => paths, options,
            findings.Add).Run(TestContext.Current.CancellationToken);
        Assert.NotEmpty(summary.Findings);
        Assert.Equal(findings, summary.Findings);
        var first = findings.First(finding => finding.File is not null);
        Assert.Equal("wrong clock", first.Path);

        using var file = FixtureFile.Open(first.File!);
        var fixture = Assert.Single(file.Cases());
        Assert.Equal("Osaka", fixture.Fork);
        Assert.Equal(CaseStatus.Passed, fixture.Run(new LibraryChains()).Status);
        // What reads the time is left, and little else.
        using var document = JsonDocument.Parse(File.ReadAllBytes(first.File!));
        var pre = document.RootElement.EnumerateObject().Single().Value.GetProperty("pre");
        var codes = pre.EnumerateObject().Select(account => Hex.Decode(account.Value.GetProperty("code").GetString())).ToArray();
        Assert.Contains(codes, code => code.Contains(Timestamp));
        Assert.True(codes.Sum(code => code.Length) < 60, document.RootElement.ToString());
    }

    [Fact]
    public void A_case_shrinks_to_the_one_instruction_that_matters()
    {
        var generator = new CaseGenerator(5, new CaseOptions(Fork.Osaka));
        static bool Matters(FuzzCase candidate) => candidate.Accounts.Any(account =>
            account.Code?.Steps.Any(step => step is { Kind: StepKind.Plain, Opcode: MulMod }) == true);
        ulong index = 0;
        while (!Matters(generator.Make(index)))
        {
            Assert.True(index++ < 500);
        }
        var shrinker = new Shrinker(Matters, triesMax: 2_000);
        var smallest = shrinker.Shrink(generator.Make(index));
        var account = Assert.Single(smallest.Accounts);
        Assert.Equal([FuzzStep.Of(MulMod)], account.Code!.Steps);
        Assert.Empty(account.Storage);
        var transaction = Assert.Single(smallest.Transactions);
        Assert.Empty(transaction.Data.Steps);
        Assert.InRange(shrinker.Tries, 1, 2_000);
    }

    [Fact]
    public void Shrinking_ends_with_its_tries()
    {
        var shrinker = new Shrinker(_ => true, triesMax: 5);
        shrinker.Shrink(new CaseGenerator(5, new CaseOptions()).Make(0));
        Assert.Equal(5, shrinker.Tries);
    }

    [Fact]
    public void A_program_without_some_of_its_steps_still_jumps_to_its_labels()
    {
        FuzzStep[] steps = [FuzzStep.Push(1), FuzzStep.Of(0x50), new FuzzStep(StepKind.PushLabel, Number: 1), FuzzStep.Of(0x56),
            new FuzzStep(StepKind.Label, Number: 1), FuzzStep.Push(UInt256.Zero)];
        Assert.Equal("0x600150610007565b5f", Hex.Encode(new FuzzProgram(steps, []).Assemble(hasPush0: true)));
        Assert.Equal("0x610004565b6000", Hex.Encode(new FuzzProgram(steps[2..], []).Assemble(hasPush0: false)));
        FuzzStep[] copy = [new FuzzStep(StepKind.PushPartLength), new FuzzStep(StepKind.PushPartOffset)];
        Assert.Equal("0x610002610006abcd", Hex.Encode(new FuzzProgram(copy, [FuzzProgram.OfBytes([0xab, 0xcd])]).Assemble(hasPush0: true)));
    }

    [Theory]
    [InlineData("fuzz")]
    [InlineData("fuzz", "evm", "--fork", "Shangri-La")]
    [InlineData("fuzz", "evm", "--seconds", "0")]
    [InlineData("fuzz", "evm", "--against", "anvil", "--fork", "Berlin")]
    [InlineData("fuzz", "input", "--target", "nothing")]
    [InlineData("fuzz", "input", "--file", "no such file")]
    public async Task Wrong_usage_ends_with_2(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    private static string Text(FuzzCase source) =>
        StateTestWriter.Write(source, "") + string.Join('\n', PreparedCase.SignAll(source).Select(transaction => Hex.Encode(transaction.Encoded)));

    /// <summary>An executor whose TIMESTAMP is one second late.</summary>
    private sealed class WrongClock : IExecutionPath
    {
        public string Name => "wrong clock";

        public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
        {
            var right = prepared.Environment.Header;
            var header = new BlockHeader
            {
                ParentHash = right.ParentHash, Beneficiary = right.Beneficiary, Number = right.Number, Timestamp = right.Timestamp + 1, GasLimit =
                    right.GasLimit,
                PrevRandao = right.PrevRandao, BaseFeePerGas = right.BaseFeePerGas, ExcessBlobGas = right.ExcessBlobGas, ParentBeaconBlockRoot =
                    right.ParentBeaconBlockRoot,
            };
            var wrong = BlockEnvironment.Of(prepared.Environment.Spec, prepared.Fork, header, prepared.Environment.Withdrawals, DecimalHashes.Instance);
            var executor = new SequentialExecutor(wrong, ExecutionMode.Build, prepared.Transactions, prepared.State);
            Assert.Equal(ExecutionStatus.Complete, executor.Run());
            return CaseResult.Of(executor.Result!, prepared.State).CompareWith(oracle);
        }
    }
}
