using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Bench.Evm;

/// <summary>What one case gave. Scripts read these names.</summary>
/// <param name="Gas">Gas units of one run.</param>
/// <param name="Ok">Whether return data and gas are right in every run.</param>
/// <param name="AnvilMsMedian">anvil's `eth_call` of the same case; null unless asked for.</param>
/// <param name="Ratio">Our speed over anvil's.</param>
public sealed record ContractResult(
    string Case,
    long Gas,
    double MsMedian,
    double MsMin,
    double MgasPerS,
    bool Ok,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? AnvilMsMedian = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Ratio = null)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Case,-14} {Gas,11} gas {MsMedian,9:F2} ms {MgasPerS,8:F0} Mgas/s{(Ratio is { } ratio ? $"  anvil {AnvilMsMedian,9:F2} ms  ratio {ratio:F2}" : "")}{(Ok ? "" : "  WRONG")}");
}

/// <summary>
/// Times message calls in the interpreter, under Osaka's rules: fresh state for each run, caller and contract warm, no transaction around them.
/// </summary>
public sealed class ContractBenchmark(ContractCases cases)
{
    /// <summary>A case runs at least this long before it is timed, so that its handlers are compiled and optimized.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);

    private const Fork Rules = Fork.Osaka;

    private static readonly BlockContext Block = new()
    {
        Number = 1, Timestamp = 1, Coinbase = default, GasLimit = long.MaxValue, ChainId = UInt256.One, BlockHashes = new NoHashes(),
    };

    /// <param name="runs">Timed runs; null for as many as the case asks for.</param>
    public ContractResult Run(ContractCase contract, int? runs)
    {
        var code = new Bytecode(contract.Code, Keccak256.Hash(contract.Code));
        var account = new AccountChange(
            cases.Address, null, AccountRecord.Empty with { Nonce = 1, CodeHash = code.Hash }, StorageCleared: false, ReadOnlyMemory<SlotChange>.Empty, code);
        var state = WorldTrie.Empty().Apply([account]);
        var world = new TransactionWorld(state, Rules);
        var started = Stopwatch.GetTimestamp();
        var isRight = true;
        do
        {
            isRight &= RunOnce(contract, world, out _);
        }
        while (Stopwatch.GetElapsedTime(started) < WarmUp);
        var times = new double[runs ?? contract.Repeat];
        for (var i = 0; i < times.Length; i++)
        {
            world.Reset(state, Rules);
            isRight &= RunOnce(contract, world, out times[i]);
        }
        var median = Sample.Median(times);
        return new ContractResult(
            contract.Name, contract.Gas, Sample.Round(median), Sample.Round(times.Min()), Sample.Round(contract.Gas / median / 1000), isRight);
    }

    private bool RunOnce(ContractCase contract, TransactionWorld world, out double elapsedMs)
    {
        world.BeginTransaction();
        world.WarmAccount(cases.Caller);
        world.WarmAccount(cases.Address);
        var message = new Message
        {
            Kind = MessageKind.Call, Caller = cases.Caller, To = cases.Address, Input = contract.CallData, Gas = contract.GasLimit,
        };
        var transaction = new TransactionContext { Origin = cases.Caller };
        var started = Stopwatch.GetTimestamp();
        var result = Interpreter.Execute(Rules, Block, transaction, in message, world);
        elapsedMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        var gas = contract.GasLimit - result.GasLeft;
        world.DiscardTransaction();
        return result.IsSuccess && gas == contract.Gas && result.Output.Span.SequenceEqual(contract.Output);
    }

    /// <summary>No case asks for a block's hash.</summary>
    private sealed class NoHashes : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => default;
    }
}
