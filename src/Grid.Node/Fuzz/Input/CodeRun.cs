using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Node.Fuzz.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Input;

/// <summary>Any bytes as a contract's code, executed twice: with and without a tracer, which are two translations.</summary>
internal static class CodeRun
{
    private const long GasLimit = 300_000;

    private static readonly Address Self = Address.FromNumber(0xc0de);
    private static readonly Address Sender = Address.FromNumber(0x5e9d);

    /// <param name="input">The fork's number, then the code.</param>
    public static void Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }
        var fork = (Fork)(input[0] % ((int)Fork.Osaka + 1));
        var plain = Execute(fork, input[1..], null);
        var coverage = new EvmCoverage();
        var tracer = new CoverageTracer(coverage, fork);
        var traced = Execute(fork, input[1..], tracer);
        InputTargets.Require(tracer.Fault is null, tracer.Fault ?? "");
        InputTargets.Require(
            EndOf(plain.Halt) == EndOf(traced.Halt) && plain.GasLeft == traced.GasLeft && plain.GasRefund == traced.GasRefund
                && plain.Output.Span.SequenceEqual(traced.Output.Span),
            $"code runs the same with a tracer: {plain.Halt} {plain.GasLeft} without, {traced.Halt} {traced.GasLeft} with one");
    }

    /// <summary>Which of several exceptional ends comes first in a run of instructions is nobody's business: all take the gas.</summary>
    private static Halt EndOf(Halt halt) => halt.IsSuccess() || halt == Halt.Revert ? halt : Halt.OutOfGas;

    private static ExecutionResult Execute(Fork fork, byte[] code, ITracer? tracer)
    {
        var bytecode = new Bytecode(code, Keccak256.Hash(code));
        var account = new GenesisAccount(Self, 1_000, 1, code.Length == 0 ? null : bytecode, [new(UInt256.One, UInt256.One)]);
        var world = new TransactionWorld(WorldTrie.Empty().Apply([account.ToAccountChange()]), fork);
        world.BeginTransaction();
        world.TryGetBalance(in Sender, out _);
        var context = new BlockContext
        {
            Number = 1_000, Timestamp = 1_000, Coinbase = Sender, GasLimit = (ulong)GasLimit, BlockHashes = NoHashes.Instance, ChainId = FuzzCase.ChainId,
        };
        var message = new Message { Kind = MessageKind.Call, Caller = Sender, To = Self, Input = code, Gas = GasLimit };
        return Interpreter.Execute(fork, context, new TransactionContext { Origin = Sender }, in message, world, tracer);
    }

    private sealed class NoHashes : IBlockHashes
    {
        public static readonly NoHashes Instance = new();

        public Hash256 GetBlockHash(ulong number) => Hash256.FromWord(number);
    }
}
