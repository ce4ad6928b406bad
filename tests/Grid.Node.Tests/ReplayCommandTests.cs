using System.Text.Json;
using Grid.Node.Commands;

namespace Grid.Node.Tests;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_right_state_test_passes()
    {
        var run = await ReplayAsync(("transfer.json", Fixtures.Transfer()));
        Assert.Equal("1 passed, 0 failed, 0 skipped", run.Lines[^1]);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    [Fact]
    public async Task Blocks_are_executed_on_their_access_lists_too()
    {
        var file = _folder.Add("blocks.json", new SmallChain().BlockchainTest());
        var run = await CommandRun.OfAsync("replay", file, "--access-lists", "--lanes", "2");
        Assert.Equal("1 passed, 0 failed, 0 skipped", run.Lines[^1]);
        Assert.Equal(ExitCode.Usage, (await CommandRun.OfAsync("replay", file, "--access-lists", "--engine", "grid")).ExitCode);
    }

    [Fact]
    public async Task A_wrong_balance_is_found_and_told_with_have_and_want()
    {
        var run = await ReplayAsync(("transfer.json", Fixtures.Transfer(balanceLeft: "0x0c0dee")));
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Equal("0 passed, 1 failed, 0 skipped", run.Lines[^1]);
        Assert.Contains($"{Fixtures.Sender} balance: have 789999, want 789998", run.Output, StringComparison.Ordinal);
        Assert.Contains("transfer  [Berlin]", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_state_root_is_found()
    {
        var run = await ReplayAsync(("transfer.json", Fixtures.Transfer(root: Fixtures.RootBefore)));
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains($"state root: have {Fixtures.RootAfter}, want {Fixtures.RootBefore}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TransactionException.INTRINSIC_GAS_TOO_LOW", true)]
    [InlineData("TR_IntrinsicGas", true)]
    [InlineData("TransactionException.NONCE_MISMATCH_TOO_LOW|TransactionException.INTRINSIC_GAS_TOO_LOW", true)]
    [InlineData("TransactionException.NONCE_MISMATCH_TOO_LOW", false)]
    [InlineData("TransactionException.NEVER_HEARD_OF", false)]
    public async Task A_refused_transaction_passes_only_for_the_expected_reason(string expected, bool passes)
    {
        var run = await ReplayAsync(("refused.json", Fixtures.RefusedTransfer(expected)));
        Assert.Equal(passes ? "1 passed, 0 failed, 0 skipped" : "0 passed, 1 failed, 0 skipped", run.Lines[^1]);
    }

    [Fact]
    public async Task A_transaction_that_should_be_refused_and_is_executed_fails()
    {
        var fixture = Fixtures.RefusedTransfer("TR_IntrinsicGas").Replace("0x5207", "0x5208", StringComparison.Ordinal);
        var run = await ReplayAsync(("refused.json", fixture));
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("should be refused: TR_IntrinsicGas", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folders_are_searched_and_formats_told_from_content()
    {
        var run = await ReplayAsync(("a/x.json", Fixtures.RlpTest), ("a/b/y.json", Fixtures.KeyStoreTest), ("z.json", Fixtures.Transfer()), ("notes.txt", "no JSON"));
        Assert.Equal("3 passed, 0 failed, 1 skipped", run.Lines[^1]);
        Assert.Contains("skipped 1: key store test: Grid keeps no keys", run.Lines);
        Assert.Equal(ExitCode.Ok, run.ExitCode);
    }

    [Theory]
    [InlineData("dog", 1)]
    [InlineData("x\\.json :: (dog|short)", 2)]
    [InlineData(":: Berlin$", 1)]
    [InlineData("nothing like it", 0)]
    public async Task A_filter_chooses_by_file_name_and_fork(string pattern, int passed)
    {
        _folder.Add("x.json", Fixtures.RlpTest);
        _folder.Add("y.json", Fixtures.Transfer());
        var run = await CommandRun.OfAsync("replay", _folder.Path, "--filter", pattern, "--files", "1");
        Assert.Equal($"{passed} passed, 0 failed, 0 skipped", run.Lines[^1]);
    }

    [Fact]
    public async Task Json_has_a_line_for_each_failure_and_a_summary()
    {
        var path = _folder.Add("x.json", Fixtures.Transfer(balanceLeft: "0x0c0dee"));
        var run = await CommandRun.OfAsync("replay", path, "--json");
        Assert.Equal(2, run.Lines.Length);
        using var failure = JsonDocument.Parse(run.Lines[0]);
        using var summary = JsonDocument.Parse(run.Lines[1]);
        Assert.Equal(["file", "case", "fork", "reason", "differences"], Keys(failure.RootElement));
        Assert.Equal(["subject", "field", "have", "want"], Keys(failure.RootElement.GetProperty("differences")[0]));
        Assert.Equal(["passed", "failed", "skipped", "seconds", "skip_reasons", "suites", "slowest_files", "slowest_cases"], Keys(summary.RootElement));
        var suite = Assert.Single(summary.RootElement.GetProperty("suites").EnumerateArray());
        Assert.Equal(["suite", "fork", "passed", "failed", "skipped", "seconds"], Keys(suite));
        Assert.Equal(("x.json", "Berlin", 1), (suite.GetProperty("suite").GetString(), suite.GetProperty("fork").GetString(), suite.GetProperty("failed").GetInt32()));
        Assert.Equal(path, failure.RootElement.GetProperty("file").GetString());
        Assert.Equal("0 passed, 1 failed, 0 skipped\n", run.Error);
    }

    [Fact]
    public async Task A_file_that_is_no_fixture_fails_and_the_others_run()
    {
        var run = await ReplayAsync(("broken.json", "{ \"a\": "), ("right.json", Fixtures.Transfer()));
        Assert.Equal("1 passed, 1 failed, 0 skipped", run.Lines[^1]);
        Assert.Contains("Not JSON", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_with_a_field_missing_fails_and_names_the_field()
    {
        var run = await ReplayAsync(("x.json", Fixtures.Transfer().Replace("currentGasLimit", "gasLimit", StringComparison.Ordinal)));
        Assert.Equal("0 passed, 1 failed, 0 skipped", run.Lines[^1]);
        Assert.Contains("'currentGasLimit' is missing", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suites_and_forks_are_told_apart()
    {
        var run = await ReplayAsync(("a/b/c/x.json", Fixtures.Transfer()), ("a/b/y.json", Fixtures.Transfer(root: Fixtures.RootBefore)), ("a/z.json", Fixtures.KeyStoreTest));
        Assert.Contains(run.Lines, line => line.StartsWith("a/b  Berlin        1 passed      1 failed      0 skipped", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("a              ", StringComparison.Ordinal) && line.Contains("1 skipped", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_slowest_files_and_cases_are_told_when_asked_for()
    {
        _folder.Add("x.json", Fixtures.RlpTest);
        _folder.Add("y.json", Fixtures.Transfer());
        var run = await CommandRun.OfAsync("replay", _folder.Path, "--slowest", "2", "--json");
        using var summary = JsonDocument.Parse(Assert.Single(run.Lines));
        Assert.Equal(2, summary.RootElement.GetProperty("slowest_files").GetArrayLength());
        Assert.Equal(["file", "case", "fork", "seconds"], Keys(summary.RootElement.GetProperty("slowest_cases")[1]));
        run = await CommandRun.OfAsync("replay", _folder.Path, "--slowest", "1");
        Assert.Contains("slowest cases", run.Lines);
        Assert.Equal("3 passed, 0 failed, 0 skipped", run.Lines[^1]);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Blocks_go_through_the_grid_and_back(string silos)
    {
        var chain = new SmallChain();
        _folder.Add("a.json", chain.BlockchainTest());
        _folder.Add("b.json", chain.SideChainTest());
        _folder.Add("c.json", chain.EngineTest());
        _folder.Add("d.json", Fixtures.Transfer());
        var run = await CommandRun.OfAsync("replay", _folder.Path, "--engine", "grid", "--silos", silos, "--lanes", "2", "--files", "1");
        Assert.Equal("3 passed, 0 failed, 1 skipped", run.Lines[^1]);
        Assert.Contains(run.Lines, line => line.StartsWith("skipped 1: not a chain of blocks", StringComparison.Ordinal));
        Assert.Equal("4 passed, 0 failed, 0 skipped", (await CommandRun.OfAsync("replay", _folder.Path, "--lanes", "2")).Lines[^1]);
    }

    [Fact]
    public async Task What_is_wrong_is_found_on_the_grid_and_leaves_the_others_right()
    {
        var chain = new SmallChain();
        _folder.Add("a.json", chain.BlockchainTest());
        _folder.Add("b.json", chain.BlockchainTest("BlockException.INVALID_GAS_USED"));
        _folder.Add("c.json", chain.SideChainTest(end: chain.State.Root));
        _folder.Add("d.json", chain.EngineTest().Replace("\"nonce\":\"0x1\"", "\"nonce\":\"0x2\"", StringComparison.Ordinal));
        _folder.Add("e.json", chain.BlockchainTest().Replace(chain.Second.Hash.ToString(), chain.First.Hash.ToString(), StringComparison.Ordinal));
        _folder.Add("f.json", chain.SideChainTest());
        var run = await CommandRun.OfAsync("replay", _folder.Path, "--engine", "grid", "--files", "1");
        Assert.Equal("2 passed, 4 failed, 0 skipped", run.Lines[^1]);
        Assert.Contains("have StateRootMismatch", run.Output, StringComparison.Ordinal);
        Assert.Contains($"state root: have", run.Output, StringComparison.Ordinal);
        Assert.Contains("nonce: have 1, want 2", run.Output, StringComparison.Ordinal);
        Assert.Contains("the block has another hash", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_so_many_files_are_run()
    {
        for (var i = 0; i < 5; i++)
        {
            _folder.Add($"{i}.json", Fixtures.Transfer());
        }
        Assert.Equal("3 passed, 0 failed, 0 skipped", (await CommandRun.OfAsync("replay", _folder.Path, "--every", "2")).Lines[^1]);
    }

    [Theory]
    [InlineData("replay", ".", "--silos", "2")]
    [InlineData("replay", ".", "--engine", "other")]
    [InlineData("replay", ".", "--every", "0")]
    [InlineData("replay", ".", "--slowest", "-1")]
    [InlineData("replay")]
    [InlineData("replay", "no such file")]
    [InlineData("replay", ".", "--lanes", "0")]
    [InlineData("replay", ".", "--filter", "(")]
    [InlineData("replay", ".", "--colour")]
    public async Task Wrong_usage_ends_with_2(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    private static string[] Keys(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name)];

    private Task<CommandRun> ReplayAsync(params (string Name, string Content)[] files)
    {
        foreach (var (name, content) in files)
        {
            _folder.Add(name, content);
        }
        return CommandRun.OfAsync("replay", _folder.Path);
    }
}
