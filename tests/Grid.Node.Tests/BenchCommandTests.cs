using System.Text.Json;
using Grid.Chain;
using Grid.Node.Commands;
using Grid.Primitives;

namespace Grid.Node.Tests;

public sealed class BenchCommandTests : IDisposable
{
    /// <summary>PUSH1 1, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN: five times 3 gas, 3 for a word of memory, 0 for RETURN.</summary>
    private const string One = "0x600160005260206000f3";

    private const int OneGas = 18;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Evm_times_a_case_and_checks_it()
    {
        var run = await BenchEvmAsync(OneGas, "--json");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        using var line = JsonDocument.Parse(Assert.Single(run.Lines));
        Assert.Equal(["case", "gas", "ms_median", "ms_min", "mgas_per_s", "ok"], Keys(line));
        Assert.Equal("one", line.RootElement.GetProperty("case").GetString());
        Assert.Equal(OneGas, line.RootElement.GetProperty("gas").GetInt64());
        Assert.True(line.RootElement.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task Evm_finds_a_gas_figure_that_is_wrong()
    {
        var run = await BenchEvmAsync(OneGas + 1);
        Assert.Equal(ExitCode.Failure, run.ExitCode);
        Assert.Contains("WRONG", run.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evm_says_which_cases_there_are()
    {
        var run = await BenchEvmAsync(OneGas, "--case", "two");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("there are: one", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Precompiles_are_timed_slowest_first_and_checked()
    {
        var run = await CommandRun.OfAsync("bench", "precompiles", "--filter", "/64", "--runs", "1", "--json");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        var speeds = new List<double>();
        foreach (var text in run.Lines)
        {
            using var line = JsonDocument.Parse(text);
            Assert.Equal(["case", "precompile", "fork", "gas", "ns_median", "mgas_per_s", "ok"], Keys(line));
            Assert.True(line.RootElement.GetProperty("ok").GetBoolean());
            speeds.Add(line.RootElement.GetProperty("mgas_per_s").GetDouble());
        }
        Assert.Equal(speeds.Order(), speeds);
        Assert.Contains(run.Lines, text => text.Contains("\"sha256/64\"", StringComparison.Ordinal) && text.Contains("\"gas\":84,", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Precompiles_are_priced_by_the_fork_that_asks_least()
    {
        var run = await CommandRun.OfAsync("bench", "precompiles", "--filter", "modexp/64/odd_square", "--runs", "1");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        // EIP-2565 asks 200, EIP-7883 500.
        Assert.Matches(@"^modexp/64/odd_square +0x05 +Prague +200 gas +\d+ ns +[\d.]+ Mgas/s$", Assert.Single(run.Lines));
    }

    [Fact]
    public async Task Precompiles_need_a_filter_that_something_fits()
    {
        var run = await CommandRun.OfAsync("bench", "precompiles", "--filter", "nothing");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("nothing", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Import_is_timed_with_and_without_access_lists(string silos)
    {
        var run = await CommandRun.OfAsync(
            "bench", "import", "--workload", "erc20:conflict=100", "--transactions", "300", "--blocks", "2", "--silos", silos, "--lanes", "2", "--runs", "1", "--warm-up", "1", "--json");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        using var line = JsonDocument.Parse(Assert.Single(run.Lines));
        Assert.True(line.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal((300, 2), (line.RootElement.GetProperty("transactions").GetInt32(), line.RootElement.GetProperty("lists_used").GetInt32()));
    }

    [Fact]
    public async Task Block_gives_the_same_roots_with_either_engine_and_checks_them()
    {
        var workload = AddWorkload(expected: "{}");
        using var library = await BenchBlockAsync(ExitCode.Ok, workload, "--engine", "library");
        using var grid = await BenchBlockAsync(ExitCode.Ok, workload, "--engine", "grid", "--silos", "1", "--lanes", "1");
        string[] keys =
        [
            "workload", "transactions", "engine", "silos", "lanes", "recover_ms", "plan_ms", "execute_ms", "validate_ms", "apply_ms", "root_ms", "commit_ms", "total_ms",
            "tx_per_s", "mgas_per_s", "gas_used", "state_root", "receipts_root", "ok",
            "waves", "executions_per_transaction", "fallback",
        ];
        Assert.Equal(keys, Keys(library));
        Assert.Equal(keys, Keys(grid));
        Assert.Equal(1, grid.RootElement.GetProperty("waves").GetDouble());
        Assert.Equal(1, grid.RootElement.GetProperty("executions_per_transaction").GetDouble());
        Assert.Equal("one_lane", Text(grid, "fallback"));
        Assert.Equal(JsonValueKind.Null, library.RootElement.GetProperty("ok").ValueKind);
        Assert.Equal(42_000UL, library.RootElement.GetProperty("gas_used").GetUInt64());
        Assert.Equal(Text(library, "state_root"), Text(grid, "state_root"));
        Assert.Equal(Text(library, "receipts_root"), Text(grid, "receipts_root"));

        var noLogs = "0xd397b3b043d87fcd6fad1291ff0bfd16401c274896d8c63a923727f077b8e0b5";
        var right = $$"""
            { "2": { "stateRoot": "{{Text(library, "state_root")}}", "receiptsRoot": "{{Text(library, "receipts_root")}}", "gasUsed": 42000, "logsBloomHash": "{{noLogs}}" } }
            """;
        using var checkedRun = await BenchBlockAsync(ExitCode.Ok, AddWorkload(right));
        Assert.True(checkedRun.RootElement.GetProperty("ok").GetBoolean());
        using var wrong = await BenchBlockAsync(ExitCode.Failure, AddWorkload(right.Replace("42000", "42001", StringComparison.Ordinal)));
        Assert.False(wrong.RootElement.GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("bench")]
    [InlineData("bench", "evm")]
    [InlineData("bench", "evm", "--cases", "no such file")]
    [InlineData("bench", "block", "--workload", "no such file")]
    public async Task Wrong_usage_ends_with_2(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.NotEmpty(run.Error);
    }

    [Theory]
    [InlineData("--engine", "fast")]
    [InlineData("--against", "geth")]
    [InlineData("--runs", "0")]
    [InlineData("--transactions", "3")]
    public async Task Block_refuses_values_that_mean_nothing(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["bench", "block", "--workload", AddWorkload("{}"), .. arguments]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
    }

    private static string[] Keys(JsonDocument document) => [.. document.RootElement.EnumerateObject().Select(property => property.Name)];

    private static string Text(JsonDocument document, string name) => document.RootElement.GetProperty(name).GetString()!;

    private Task<CommandRun> BenchEvmAsync(int gas, params string[] arguments)
    {
        var cases = _folder.Add("cases.json", $$"""
            { "address": "0x00000000000000000000000000000000be9c0001", "caller": "0xca11e40000000000000000000000000000000001",
              "cases": [ { "name": "one", "contract": "One", "n": 1, "code": "{{One}}", "calldata": "0x", "gas_limit": 100000, "repeat": 2 } ] }
            """);
        _folder.Add("expected.json", $$"""{ "one": { "output": "0x{{new string('0', 63)}}1", "gas_used": {{gas}} } }""");
        return CommandRun.OfAsync(["bench", "evm", "--cases", cases, .. arguments]);
    }

    private static async Task<JsonDocument> BenchBlockAsync(int exitCode, string workload, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["bench", "block", "--workload", workload, "--runs", "1", "--json", .. arguments]);
        Assert.True(run.ExitCode == exitCode, run.Error + run.Output);
        return JsonDocument.Parse(Assert.Single(run.Lines));
    }

    /// <summary>Two transfers by two development accounts.</summary>
    private string AddWorkload(string expected)
    {
        var signers = DevelopmentAccounts.Signers;
        _folder.Add("two.genesis.json", $$"""
            { "config": { "chainId": 31337, "homesteadBlock": 0, "eip150Block": 0, "eip155Block": 0, "eip158Block": 0, "byzantiumBlock": 0,
                "constantinopleBlock": 0, "petersburgBlock": 0, "istanbulBlock": 0, "berlinBlock": 0, "londonBlock": 0,
                "terminalTotalDifficulty": 0, "shanghaiTime": 0, "cancunTime": 0, "pragueTime": 0, "osakaTime": 0 },
              "timestamp": "0x1", "gasLimit": "0x3b9aca00", "difficulty": "0x0", "baseFeePerGas": "0x3b9aca00",
              "alloc": { "{{signers[0].Address}}": { "balance": "0xde0b6b3a7640000" }, "{{signers[1].Address}}": { "balance": "0xde0b6b3a7640000" } } }
            """);
        _folder.Add("expected.json", $$"""
            { "header": { "coinbase": "0xc014ba5ec014ba5ec014ba5ec014ba5ec014ba5e", "timestamp": 13, "gasLimit": 1000000000,
                "prevRandao": "0x{{new string('1', 64)}}", "parentBeaconBlockRoot": "0x{{new string('0', 64)}}" },
              "workloads": { "two": { "blocks": {{expected}} } } }
            """);
        return _folder.Add("two.json", JsonSerializer.Serialize(new[] { Transfer(signers[0]), Transfer(signers[1]) }));
    }

    private static string Transfer(Signer signer) => Hex.Encode(signer.Sign(new Transaction
    {
        Type = TransactionType.DynamicFee, ChainId = 31337, GasLimit = 21_000, MaxFeePerGas = 2_000_000_000, MaxPriorityFeePerGas = 1_000_000_000,
        To = Address.FromNumber(0x7e57), Value = 1,
    }).Encoded);
}
