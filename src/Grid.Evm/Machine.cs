using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>
/// What one thread needs to run transactions, one after the other: frames, the stack and the transaction at hand.
/// <para>
/// Code runs as a chain of handlers (direct threading): each handler's last act is a call of its successor's handler in tail position, which
/// the JIT compiler turns into a jump. The instruction, the stack pointer, the gas and the frame stay in registers, and each opcode ends with
/// its own indirect branch. The same handlers called instead of jumped to took 1.2 to 4 times as long on the contract benchmarks; a switch in
/// one method would be one indirect branch for all opcodes in a method beyond what the JIT compiler optimizes well. What keeps a handler from
/// jumping is a variable whose address it takes (also as an out argument) or NoInlining on it; a test watches each one.
/// </para>
/// <para>
/// A call of the EVM enters the child's first handler the same way, and a return the parent's next one, so that no depth of calls takes any
/// of the thread's stack.
/// </para>
/// <para>
/// Not safe for several threads; each rents its own (<see cref="Rent"/>). Its words live in unmanaged memory, so that handlers may hold
/// plain pointers.
/// </para>
/// </summary>
internal sealed unsafe class Machine
{
    /// <summary>Yellow Paper, section 9.1: message calls nest 1,024 deep.</summary>
    public const int DepthMax = 1_024;

    private const int StackWords = 1_024;

    /// <summary>Memory that a frame keeps from one transaction to the next.</summary>
    private const ulong IdleMemoryBytesMax = 1 << 18;

    [ThreadStatic]
    private static Machine? _idle;

    private readonly Frame?[] _frames = new Frame?[DepthMax + 1];

    // Untouched pages of it take no memory: a stack grows downwards, and a child's begins where its parent's ends.
    private readonly UInt256* _stack = (UInt256*)NativeMemory.AlignedAlloc((DepthMax + 2) * StackWords * 32, 64);

    // Words that opcodes copy whole.
    private readonly UInt256* _words = (UInt256*)NativeMemory.AlignedAlloc(7 * 32, 64);

    // Translations that tell of steps, of the codes of this transaction only.
    private readonly Dictionary<Bytecode, CodeAnalysis> _traced = [];

    private int _deepest;
    private MemoryHandle _input;

    public readonly KeccakMemo Keccak = new();

    public IWorldState World = null!;
    public BlockContext Block = null!;
    public TransactionContext Transaction = null!;
    public OpcodeTable Table = null!;
    public ITracer? Tracer;
    public bool TracesSteps;

    /// <summary>EIP-161's exception: the touch of 0x03 in block 2,675,119 of the main network survived its call's failure.</summary>
    public bool RipemdTouched;

    public long Refund;

    /// <summary>The account that the code found last delegates to (EIP-7702), where it delegates.</summary>
    public Address DelegationTarget;

    private Halt _halt;
    private long _gasLeft;
    private byte[] _output = [];

    private Machine()
    {
    }

    ~Machine()
    {
        NativeMemory.AlignedFree(_stack);
        NativeMemory.AlignedFree(_words);
        foreach (var frame in _frames)
        {
            frame?.Trim(0);
        }
    }

    public UInt256* Origin => _words;

    public UInt256* GasPrice => _words + 1;

    public UInt256* Coinbase => _words + 2;

    public UInt256* PrevRandao => _words + 3;

    public UInt256* ChainId => _words + 4;

    public UInt256* BaseFee => _words + 5;

    public UInt256* BlobBaseFee => _words + 6;

    /// <summary>This thread's machine; a new one while that is in use, as when a tracer executes something itself.</summary>
    public static Machine Rent()
    {
        var machine = _idle ?? new Machine();
        _idle = null;
        return machine;
    }

    public void Begin(OpcodeTable table, BlockContext block, TransactionContext transaction, IWorldState world, ITracer? tracer)
    {
        (Table, Block, Transaction, World, Tracer) = (table, block, transaction, world, tracer);
        TracesSteps = tracer?.WantsSteps ?? false;
        var (origin, coinbase) = (transaction.Origin, block.Coinbase);
        Words.SetAddress(Origin, in origin);
        Words.Set(GasPrice, transaction.GasPrice);
        Words.SetAddress(Coinbase, in coinbase);
        Words.Set(PrevRandao, block.PrevRandao);
        Words.Set(ChainId, block.ChainId);
        Words.Set(BaseFee, block.BaseFee);
        Words.Set(BlobBaseFee, block.BlobBaseFee);
        Refund = 0;
        RipemdTouched = false;
        _halt = Halt.None;
        _gasLeft = 0;
        _output = [];
        _deepest = 0;
    }

    /// <summary>Runs the message; the result's created address is the caller's business.</summary>
    public ExecutionResult Run(in Message message)
    {
        var root = FrameAt(0);
        _input = message.Input.Pin();
        root.StackBase = _stack + ((DepthMax + 2) * StackWords);
        root.Caller = message.Caller;
        root.Self = message.To;
        root.Value = message.Value;
        root.Input = (byte*)_input.Pointer;
        root.InputLength = (ulong)message.Input.Length;
        root.IsStatic = message.IsStatic;
        root.OutputSize = 0;
        var snapshot = World.Snapshot();
        var first = message.Kind == MessageKind.Create
            ? Table.BeginCreation(this, root, message.Gas)
            : Table.BeginCall(this, root, message.Gas);
        Instructions.Exit.GoOn(first);
        if (_halt == Halt.StateMiss)
        {
            World.Revert(snapshot);
        }
        return new ExecutionResult { Halt = _halt, GasLeft = _gasLeft, GasRefund = _halt.IsSuccess() ? Refund : 0, Output = _output };
    }

    /// <summary>Forgets the transaction and makes the machine this thread's idle one.</summary>
    public void Return()
    {
        _input.Dispose();
        _input = default;
        World = null!;
        Tracer = null;
        _traced.Clear();
        _output = [];
        for (var depth = 0; depth <= _deepest; depth++)
        {
            _frames[depth]!.Release(IdleMemoryBytesMax);
        }
        _idle = this;
    }

    /// <summary>The frame of a depth, without memory, input from its last use to be overwritten.</summary>
    public Frame FrameAt(int depth)
    {
        var frame = _frames[depth] ??= new Frame(this, depth);
        _deepest = Math.Max(_deepest, depth);
        frame.ResetMemory();
        frame.ReturnDataLength = 0;
        return frame;
    }

    /// <summary>Ends the transaction without a result that counts; its handler returns without going on.</summary>
    public void Abort(Halt halt)
    {
        _halt = halt;
        _gasLeft = 0;
    }

    /// <summary>
    /// Ends a frame: reverts on failure, and gives its parent the result word, the return data and the gas. The frame to go on with; null
    /// when the transaction is over.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public Frame? Settle(Frame frame, Halt halt, long gas, byte* output, ulong length)
    {
        if (Tracer is not null)
        {
            Tracer.OnExit(frame.Depth, halt, gas, new ReadOnlySpan<byte>(output, (int)length));
        }
        var success = halt.IsSuccess();
        if (!success)
        {
            World.Revert(frame.Snapshot);
            Refund = frame.RefundAtStart;
            if (RipemdTouched && !World.TryTouch(Precompiles.PrecompileTable.Ripemd))
            {
                Abort(Halt.StateMiss);
                return null;
            }
        }
        if (frame.Depth == 0)
        {
            _halt = halt;
            _gasLeft = gas;
            _output = length == 0 ? [] : new ReadOnlySpan<byte>(output, (int)length).ToArray();
            return null;
        }
        var parent = _frames[frame.Depth - 1]!;
        parent.ResumeGas += gas;
        if (frame.IsCreation)
        {
            length = success ? 0 : length;
            if (success)
            {
                Words.SetAddress(parent.ResumeStack, in frame.Self);
            }
            else
            {
                Words.Set(parent.ResumeStack, 0UL);
            }
        }
        else
        {
            Words.Set(parent.ResumeStack, success);
            var copied = Math.Min(length, frame.OutputSize);
            if (copied > 0)
            {
                System.Buffer.MemoryCopy(output, parent.Memory + frame.OutputOffset, copied, copied);
            }
        }
        parent.ReturnData = output;
        parent.ReturnDataLength = length;
        return parent;
    }

    /// <summary>Has the world and the tracer take note of a frame that begins.</summary>
    /// <param name="isDelegated">Whether the code is that of <see cref="DelegationTarget"/>.</param>
    public void Enter(Frame frame, long gas, in Address codeAddress, bool isDelegated, ReadOnlySpan<byte> input)
    {
        frame.RefundAtStart = Refund;
        frame.Snapshot = World.Snapshot();
        if (Tracer is not null)
        {
            Tracer.OnEnter(new FrameStart
            {
                Kind = frame.Kind,
                Depth = frame.Depth,
                Caller = frame.Caller,
                Recipient = frame.Self,
                CodeAddress = codeAddress,
                ExecutedAddress = isDelegated ? DelegationTarget : codeAddress,
                Value = frame.Value,
                Input = input,
                Gas = gas,
            });
        }
    }

    /// <summary>Makes a frame ready to run code from its start.</summary>
    public Frame Start(Frame frame, CodeAnalysis code, long gas)
    {
        frame.Code = code;
        frame.ResumeAt = code.First;
        frame.ResumeStack = frame.StackBase;
        frame.ResumeGas = gas;
        return frame;
    }

    /// <summary>The translation of an account's code, shared unless steps are traced.</summary>
    public CodeAnalysis AnalysisOf(Bytecode code)
    {
        if (!TracesSteps)
        {
            return CodeAnalysis.Of(code, Table);
        }
        if (!_traced.TryGetValue(code, out var analysis))
        {
            _traced[code] = analysis = TranslateOnce(code.Bytes);
        }
        return analysis;
    }

    /// <summary>A translation that nobody keeps: initcode runs once.</summary>
    public CodeAnalysis TranslateOnce(byte[] code) => new CodeTranslator(Table, code, TracesSteps).Translate();
}
