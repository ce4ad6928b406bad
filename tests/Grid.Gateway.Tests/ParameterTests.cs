using System.Text.Json;
using Grid.Gateway.Tests.Hosts;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.Tests;

/// <summary>Parameters: what is taken, and what is complained about.</summary>
public sealed class ParameterTests : IAsyncLifetime
{
    private const string A = "\"0x00000000000000000000000000000000000000aa\"";
    private const string H = "\"0x00000000000000000000000000000000000000000000000000000000000000bb\"";

    private readonly FakeGrid _grid = new();
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync(_grid);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("eth_getBalance", "[7]", "invalid argument 0: expected a hex string")]
    [InlineData("eth_getBalance", "[\"\"]", "invalid argument 0: empty hex string")]
    [InlineData("eth_getBalance", "[\"aa\"]", "invalid argument 0: hex string without 0x prefix")]
    [InlineData("eth_getBalance", "[\"0xaa\"]", "invalid argument 0: hex string has length 2, want 40 for address")]
    [InlineData("eth_getBalance", "[\"0xzz000000000000000000000000000000000000aa\"]", "invalid argument 0: invalid hex string")]
    [InlineData("eth_getBalance", $"[{A},\"newest\"]", "invalid argument 1: hex string without 0x prefix")]
    [InlineData("eth_getBalance", $"[{A},\"0x01\"]", "invalid argument 1: hex number with leading zero digits")]
    [InlineData("eth_getBalance", $"[{A},\"0x\"]", "invalid argument 1: hex string \"0x\"")]
    [InlineData("eth_getBalance", $"[{A},\"0x10000000000000000\"]", "invalid argument 1: hex number > 64 bits")]
    [InlineData("eth_getBalance", $"[{A},7]", "invalid argument 1: expected a block number, tag, hash or object")]
    [InlineData("eth_getBalance", $"[{A},{{}}]", "invalid argument 1: expected blockHash or blockNumber")]
    [InlineData("eth_getBalance", $"[{A},{{\"blockHash\":{H},\"blockNumber\":\"0x1\"}}]", "invalid argument 1: cannot specify both BlockHash and BlockNumber, choose one or the other")]
    [InlineData("eth_getBalance", $"[{A},\"latest\",1]", "too many arguments, want at most 2")]
    [InlineData("eth_getBlockByNumber", "[]", "missing value for required argument 0")]
    [InlineData("eth_getBlockByNumber", "[null]", "missing value for required argument 0")]
    [InlineData("eth_getBlockByNumber", "[\"0x1\",\"yes\"]", "invalid argument 1: expected a boolean")]
    [InlineData("eth_getBlockByNumber", "[{}]", "invalid argument 0: expected a block number or tag")]
    [InlineData("eth_getBlockByHash", "[\"0x1\",false]", "invalid argument 0: hex string has length 1, want 64 for hash")]
    [InlineData("eth_sendRawTransaction", "[\"0x123\"]", "invalid argument 0: hex string of odd length")]
    [InlineData("eth_getStorageAt", $"[{A},\"0xasdf\",\"latest\"]", "invalid hex in storage key: \"0xasdf\"")]
    [InlineData("eth_getStorageAt", $"[{A},\"0x00000000000000000000000000000000000000000000000000000000000000000\"]", "storage key too long (want at most 32 bytes): \"0x00000000000000000000000000000000000000000000000000000000000000000\"")]
    [InlineData("eth_getProof", $"[{A}]", "missing value for required argument 1")]
    [InlineData("eth_getProof", $"[{A},\"0x0\"]", "invalid argument 1: expected an array of storage keys")]
    [InlineData("eth_getProof", $"[{A},[1]]", "invalid argument 1: expected a hex string")]
    [InlineData("eth_getProof", $"[{A},[\"0x1\",\"0xgg\"]]", "invalid hex in storage key: \"0xgg\"")]
    [InlineData("eth_call", "[\"0x\"]", "invalid argument 0: expected a transaction object")]
    [InlineData("eth_call", "[{\"gas\":\"0x1g\"}]", "invalid argument 0: invalid hex string")]
    [InlineData("eth_call", "[{\"accessList\":{}}]", "invalid argument 0: accessList: expected an array")]
    [InlineData("eth_call", "[{\"blobVersionedHashes\":[\"0x00\"]}]", "invalid argument 0: blobVersionedHashes is not supported in calls")]
    [InlineData("eth_call", $"[{{}},\"latest\",{{{A}:{{}}}}]", "invalid argument 2: overrides are not supported")]
    [InlineData("eth_getLogs", "[{\"topics\":[null,null,null,null,null]}]", "invalid argument 0: exceed max topics")]
    [InlineData("eth_getLogs", $"[{{\"blockHash\":{H},\"fromBlock\":\"0x3\"}}]", "invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other")]
    [InlineData("eth_getLogs", "[{\"fromBlock\":\"0x5\",\"toBlock\":\"0x2\"}]", "invalid block range params")]
    [InlineData("eth_getLogs", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"0x9\"}]", "block range extends beyond current head block")]
    [InlineData("eth_feeHistory", "[\"0x1\",\"latest\",\"50\"]", "invalid argument 2: expected an array of numbers")]
    [InlineData("web3_sha3", "[true]", "invalid argument 0: expected a hex string")]
    public async Task Complains_precisely(string method, string parameters, string message) =>
        Assert.Equal((-32602, message, null), await _host.ErrorAsync(method, parameters));

    [Theory]
    [InlineData("eth_feeHistory", "[\"0x1\",\"latest\",[101]]", "invalid reward percentile: 101.000000")]
    [InlineData("eth_feeHistory", "[\"0x1\",\"latest\",[99,95]]", "invalid reward percentile: #0:99.000000 >= #1:95.000000")]
    [InlineData("eth_feeHistory", "[\"0x1\",\"0x64\",[]]", "request beyond head block: requested 100, head 0")]
    [InlineData("eth_call", "[{\"gasPrice\":\"0x1\",\"maxFeePerGas\":\"0x1\"}]", "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified")]
    [InlineData("eth_call", "[{\"data\":\"0x01\",\"input\":\"0x02\"}]", "both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data")]
    public async Task Refuses_what_makes_no_sense(string method, string parameters, string message) =>
        Assert.Equal((-32000, message, null), await _host.ErrorAsync(method, parameters));

    [Fact]
    public async Task Storage_keys_are_taken_in_every_form_and_shown_as_geth_shows_them()
    {
        var proofs = (await _host.ResultAsync("eth_getProof", $"[{A},[\"0x\",\"0x00\",\"1f\",\"0xabc\",{H}]]")).GetProperty("storageProof").EnumerateArray();
        Assert.Equal(["0x0", "0x0", "0x1f", "0xabc", H.Trim('"')], proofs.Select(proof => proof.GetProperty("key").GetString()));
        Assert.Equal(["0x1", "0x1", "0x20", "0xabd", "0xbc"], proofs.Select(proof => proof.GetProperty("value").GetString()));
    }

    [Fact]
    public async Task Too_many_slots_are_refused_by_their_number()
    {
        _grid.OnProof = slots => throw new ProofLimitException(slots.Length, 2);
        Assert.Equal((-32000, "too many slots (max 2)", null), await _host.ErrorAsync("eth_getProof", $"[{A},[\"0x1\",\"0x2\",\"0x3\"]]"));
        using var response = await _host.Http.GetAsync(new Uri($"/v1/accounts/{A.Trim('"')}/proof?slot=1&slot=2&slot=3", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Theory]
    [InlineData("\"latest\"")]
    [InlineData("\"safe\"")]
    [InlineData("\"finalized\"")]
    [InlineData("\"earliest\"")]
    [InlineData("null")]
    [InlineData("{\"blockNumber\":\"latest\"}")]
    public async Task Takes_every_name_of_a_block(string block) =>
        Assert.Equal("0x3", (await _host.ResultAsync("eth_getTransactionCount", $"[{A},{block}]")).GetString());

    [Fact]
    public async Task Pending_looks_into_the_pool() =>
        Assert.Equal("0x7", (await _host.ResultAsync("eth_getTransactionCount", $"[{A},\"pending\"]")).GetString());

    [Theory]
    [InlineData("\"0x1\"", 2)]
    [InlineData("\"0x01\"", 2)]
    [InlineData("\"0x\"", 1)]
    [InlineData("\"0x00000000000000000000000000000000000000000000000000000000000000ff\"", 256)]
    public async Task A_storage_key_is_data_or_a_quantity(string key, int value) =>
        Assert.Equal(Hash256.FromWord(value).ToString(), (await _host.ResultAsync("eth_getStorageAt", $"[{A},{key}]")).GetString());

    [Fact]
    public async Task A_call_s_fields_reach_the_grid()
    {
        CallRequest? seen = null;
        _grid.OnCall = request =>
        {
            seen = request;
            return new CallOutcome(CallStatus.Succeeded, [0xab], 1, null, default);
        };
        var call = $$"""{"from":{{A}},"to":{{A}},"gas":"0x10","gasPrice":"0x5","value":"0x2","input":"0x0102","accessList":[{"address":{{A}},"storageKeys":[{{H}}]}]}""";

        Assert.Equal("0xab", (await _host.ResultAsync("eth_call", $"[{call},\"latest\"]")).GetString());
        Assert.Equal(Address.FromNumber(0xaa), seen!.From);
        Assert.Equal(Address.FromNumber(0xaa), seen.To);
        Assert.Equal(16UL, seen.GasLimit);
        Assert.Equal((5UL, 5UL), ((ulong)seen.MaxFeePerGas!.Value, (ulong)seen.MaxPriorityFeePerGas!.Value));
        Assert.Equal([1, 2], seen.Data);
        Assert.Equal(0xbbUL, (ulong)Assert.Single(Assert.Single(seen.AccessList).StorageKeys));
    }

    [Fact]
    public async Task A_log_filter_s_fields_reach_the_grid()
    {
        LogQuery? seen = null;
        _grid.OnLogs = query =>
        {
            seen = query;
            return [];
        };
        await _host.ResultAsync("eth_getLogs", $$"""[{"fromBlock":"earliest","address":[{{A}},{{A}}],"topics":[null,{{H}},[{{H}},{{H}}],[{{H}},null]]}]""");

        Assert.Equal((BlockTag.Earliest, BlockTag.Latest), (seen!.From.Tag, seen.To.Tag));
        Assert.Equal(2, seen.Addresses.Length);
        Assert.Equal([0, 1, 2, 0], seen.Topics.Select(x => x.Length));
    }

    [Theory]
    [InlineData(LogQueryLimit.Blocks, -32005, "exceed maximum block range: 9")]
    [InlineData(LogQueryLimit.Logs, -32005, "query returned more than 9 results")]
    public async Task A_query_s_limits_are_told(LogQueryLimit limit, int code, string message)
    {
        _grid.OnLogs = _ => throw new LogQueryException(limit, 9);

        Assert.Equal((code, message, null), await _host.ErrorAsync("eth_getLogs", "[{}]"));
    }

    [Theory]
    [InlineData("0x", "execution reverted")]
    [InlineData("0x01020304", "execution reverted")]
    [InlineData("0x08c379a0", "execution reverted")]
    [InlineData("0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000ff", "execution reverted")]
    [InlineData("0x08c379a00000000000000000000000000000000000000000000000000000000000000020000000000000000000000000000000000000000000000000000000000000000a75736572206572726f72", "execution reverted: user error")]
    [InlineData("0x4e487b710000000000000000000000000000000000000000000000000000000000000001", "execution reverted: assert(false)")]
    [InlineData("0x4e487b710000000000000000000000000000000000000000000000000000000000000011", "execution reverted: arithmetic underflow or overflow")]
    [InlineData("0x4e487b710000000000000000000000000000000000000000000000000000000000000099", "execution reverted: unknown panic code: 0x99")]
    public async Task A_revert_s_reason_is_read(string data, string message)
    {
        _grid.OnCall = _ => new CallOutcome(CallStatus.Reverted, Hex.Decode(data), 1, null, default);

        Assert.Equal((3, message, data), await _host.ErrorAsync("eth_call", "[{}]"));
    }

    [Fact]
    public async Task A_halt_s_reason_is_geth_s()
    {
        _grid.OnCall = _ => new CallOutcome(CallStatus.Halted, [], 1, "StaticViolation", default);
        _grid.OnEstimate = _ => new EstimateOutcome(0, new CallOutcome(CallStatus.Halted, [], 500, "OutOfGas", default));

        Assert.Equal((-32000, "write protection", null), await _host.ErrorAsync("eth_call", "[{}]"));
        Assert.Equal((-32000, "gas required exceeds allowance (500)", null), await _host.ErrorAsync("eth_estimateGas", "[{}]"));
    }

    [Fact]
    public void Every_halt_of_the_interpreter_has_a_text() =>
        Assert.All(
            Enum.GetNames<Evm.Halt>().Except(["None", "Stop", "Return", "SelfDestruct", "Revert", "StateMiss"]),
            name => Assert.DoesNotContain(name, JsonRpc.HaltText.Of(name), StringComparison.Ordinal));

    [Fact]
    public void Every_transaction_error_has_a_text_and_a_name() =>
        Assert.All(Enum.GetValues<Chain.TransactionErrorCode>(), code =>
        {
            Assert.DoesNotContain($"refused: {code}", Submission.RefusalText.Of(new Chain.TransactionError(code), null), StringComparison.Ordinal);
            Assert.Matches("^[a-z-]+$", Submission.RefusalCode.ToKebab(code.ToString()));
        });

    [Fact]
    public void Quantities_have_no_leading_zeros_and_data_has_all()
    {
        static string Write(Action<Utf8JsonWriter> write)
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                write(writer);
            }
            return System.Text.Encoding.UTF8.GetString(stream.ToArray());
        }
        Assert.Equal("\"0x0\"", Write(w => Json.HexJson.WriteQuantityValue(w, 0UL)));
        Assert.Equal("\"0x100\"", Write(w => Json.HexJson.WriteQuantityValue(w, 256UL)));
        Assert.Equal("\"0xffffffffffffffff\"", Write(w => Json.HexJson.WriteQuantityValue(w, ulong.MaxValue)));
        Assert.Equal($"\"0x{new string('f', 64)}\"", Write(w => Json.HexJson.WriteQuantityValue(w, UInt256.MaxValue)));
        Assert.Equal("\"0x0a00\"", Write(w => Json.HexJson.WriteDataValue(w, [10, 0])));
        Assert.Equal($"\"0x{new string('0', 4_000)}\"", Write(w => Json.HexJson.WriteDataValue(w, new byte[2_000])));
    }
}
