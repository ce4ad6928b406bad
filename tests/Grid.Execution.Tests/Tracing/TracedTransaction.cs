using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;
using static Grid.Execution.Tests.TestChain;

namespace Grid.Execution.Tests.Tracing;

/// <summary>One transaction of the first development account to a contract, watched by a tracer.</summary>
internal sealed class TracedTransaction
{
    public static readonly Address Target = Address.FromNumber(0x7a57);
    public static readonly Address Other = Address.FromNumber(0x07e4);
    public static readonly Address Third = Address.FromNumber(0x0337);

    public TracedTransaction(GenesisAccount[] contracts, Address? to, ulong gas = 200_000, UInt256 value = default, byte[]? data = null)
    {
        Chain = new TestChain(contracts);
        Environment = Chain.Next();
        Transaction = Send(0, to, value, gas: gas, data: data);
        World = new TransactionWorld(Chain.World, Environment.Fork);
    }

    public TestChain Chain { get; }

    public BlockEnvironment Environment { get; }

    public Transaction Transaction { get; }

    public TransactionWorld World { get; }

    public TransactionResult Run(ITracer tracer)
    {
        var result = new TransactionExecutor(Environment).Execute(Transaction, World, 0, 0, tracer);
        Assert.Equal(TransactionOutcome.Executed, result.Outcome);
        return result;
    }

    public WorldTrie After() => Chain.World.Apply(World.CollectChanges());

    /// <summary>Code that calls an address with all gas, without value and data; the opcode is CALL or CALLCODE (seven words), or one of six.</summary>
    public static string Calling(Address address, byte opcode = 0xf1) =>
        (opcode is 0xf1 or 0xf2 ? "5f" : "") + $"5f5f5f5f73{Convert.ToHexStringLower(address.Span)}5a{opcode:x2}50";
}
