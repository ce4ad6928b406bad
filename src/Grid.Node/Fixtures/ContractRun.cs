using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fixtures;

/// <summary>What a call that a contract made led to.</summary>
/// <param name="GasUsed">Gas units that the called one took; all that it got where it failed.</param>
internal readonly record struct InnerCall(Halt Halt, long GasUsed, byte[] Output);

/// <summary>Runs code in a state that holds nothing but its contract.</summary>
internal static class ContractRun
{
    private static readonly Address Caller = Address.FromNumber(0xca11e7);

    private static readonly Address Contract = Address.FromNumber(0xc0de);

    /// <summary>Of all gas that the outer message has, the most that the called one can get; above any vector's price.</summary>
    public const long GasMax = 1L << 48;

    /// <summary>
    /// CALL of an address by a contract, with the contract's own input: CALLDATACOPY(0, 0, CALLDATASIZE)
    /// CALL(gas, address, 0, 0, CALLDATASIZE, 0, 0), and of what comes back RETURNDATACOPY(0, 0, RETURNDATASIZE) RETURN(0, RETURNDATASIZE). Gas and outcome of the inner call are exact: a tracer tells them.
    /// </summary>
    /// <param name="fork">From Byzantium on.</param>
    /// <param name="gas">What CALL asks for; gets no less.</param>
    public static InnerCall CallThrough(Fork fork, in Address callee, byte[] input, long gas)
    {
        byte[] code =
        [
            0x36, 0x60, 0, 0x60, 0, 0x37,
            0x60, 0, 0x60, 0, 0x36, 0x60, 0, 0x60, 0, 0x73, .. callee.Span, 0x67, .. BigEndian(gas), 0xf1, 0x50,
            0x3d, 0x60, 0, 0x60, 0, 0x3e, 0x3d, 0x60, 0, 0xf3,
        ];
        var watcher = new Watcher();
        var result = Execute(fork, code, input, watcher);
        return new InnerCall(watcher.Halt, gas - watcher.GasLeft, result.Output.ToArray());
    }

    /// <summary>Runs code at depth 0.</summary>
    public static ExecutionResult Execute(Fork fork, byte[] code, byte[] input, ITracer? tracer = null)
    {
        var record = AccountRecord.Empty with { CodeHash = Keccak256.Hash(code) };
        var bytecode = new Bytecode(code, record.CodeHash);
        var pre = WorldTrie.Empty().Apply([new AccountChange(Contract, null, record, StorageCleared: false, default, bytecode)]);
        var world = new TransactionWorld(pre, fork);
        world.BeginTransaction();
        var message = new Message { Kind = MessageKind.Call, Caller = Caller, To = Contract, Input = input, Gas = GasMax * 2 };
        var block = new BlockContext
        {
            Number = 1, Timestamp = 1, Coinbase = default, GasLimit = long.MaxValue, ChainId = 1, BlockHashes = DecimalHashes.Instance,
        };
        var result = Interpreter.Execute(fork, block, new TransactionContext { Origin = Caller }, in message, world, tracer);
        world.DiscardTransaction();
        return result;
    }

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[sizeof(long)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Keeps how the call at depth 1 ended.</summary>
    private sealed class Watcher : ITracer
    {
        public bool WantsSteps => false;

        public Halt Halt { get; private set; }

        public long GasLeft { get; private set; }

        public void OnEnter(in FrameStart start)
        {
        }

        public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
        {
            if (depth == 1)
            {
                (Halt, GasLeft) = (halt, gasLeft);
            }
        }

        public void OnStep(in Step step)
        {
        }
    }
}
