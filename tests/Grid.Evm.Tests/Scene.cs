using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>A block, a transaction and a world with a contract in it, to run.</summary>
internal sealed class Scene : IBlockHashes
{
    public static readonly Address Sender = Address.Parse("0x00000000000000000000000000000000000a11ce");
    public static readonly Address Contract = Address.Parse("0x00000000000000000000000000000000c0de0001");
    public static readonly Address Other = Address.Parse("0x00000000000000000000000000000000c0de0002");
    public static readonly Address Coinbase = Address.Parse("0x000000000000000000000000000000000000c01b");

    public Scene(string code = "", UInt256 balance = default)
    {
        World.Add(Sender, 1_000_000, nonce: 1);
        World.Add(Contract, balance, Assembler.Assemble(code), nonce: 1);
        World.WarmAccount(Sender);
        World.WarmAccount(Contract);
    }

    public TestWorld World { get; } = new();

    public Fork Fork { get; init; } = Fork.Osaka;

    public long Gas { get; init; } = 10_000_000;

    public ReadOnlyMemory<byte> Input { get; init; }

    public UInt256 Value { get; init; }

    public bool IsStatic { get; init; }

    public ITracer? Tracer { get; init; }

    public Hash256 GetBlockHash(ulong number) => Hash256.FromWord(0xb10c0000 + number);

    private BlockContext Block => new()
    {
        Number = 1_000, Timestamp = 1_700_000_000, Coinbase = Coinbase, GasLimit = 30_000_000, BaseFee = 7, PrevRandao = 0x1234,
        BlobBaseFee = 3, ChainId = 31_337, BlockHashes = this,
    };

    private static TransactionContext Transaction => new() { Origin = Sender, GasPrice = 9, BlobHashes = [Hash256.FromWord(0xb10b)] };

    public ExecutionResult Call(Address? to = null) => Execute(MessageKind.Call, to ?? Contract, Input);

    public ExecutionResult Create(byte[] initcode) => Execute(MessageKind.Create, ContractAddress.FromNonce(in Sender, 0), initcode);

    private ExecutionResult Execute(MessageKind kind, Address to, ReadOnlyMemory<byte> input) => Interpreter.Execute(
        Fork, Block, Transaction,
        new Message { Kind = kind, Caller = Sender, To = to, Value = Value, Input = input, Gas = Gas, IsStatic = IsStatic }, World, Tracer);

    /// <summary>The gas that a call of the contract used; it has to succeed.</summary>
    public long GasUsed()
    {
        var result = Call();
        Assert.True(result.IsSuccess, result.Halt.ToString());
        return Gas - result.GasLeft;
    }
}

/// <summary>Remembers what happened.</summary>
internal sealed class Recorder(bool wantsSteps = true) : ITracer
{
    public bool WantsSteps => wantsSteps;

    public List<string> Frames { get; } = [];

    public List<(int ProgramCounter, byte Opcode, long Gas, int Depth)> Steps { get; } = [];

    public UInt256[] LastStack { get; private set; } = [];

    public byte[] LastMemory { get; private set; } = [];

    public void OnEnter(in FrameStart start) => Frames.Add($"{start.Depth} {start.Kind} {start.Recipient}");

    public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output) => Frames.Add($"{depth} {halt}");

    public void OnRefuse(in FrameStart start, CallRefusal refusal) =>
        Frames.Add($"{start.Depth} {start.Kind} {start.Recipient} refused: {refusal}, {start.Value} wei, {start.Gas} gas");

    public void OnLog(Log log) => Frames.Add($"log of {log.Address}");

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) =>
        Frames.Add($"{account} leaves {balance} wei to {beneficiary}");

    public void OnFault(FaultCause cause) => Frames.Add($"fault: {cause}");

    public void OnStep(in Step step)
    {
        Steps.Add((step.ProgramCounter, step.Opcode, step.Gas, step.Depth));
        LastStack = step.Stack.ToArray();
        LastMemory = step.Memory.ToArray();
    }
}
