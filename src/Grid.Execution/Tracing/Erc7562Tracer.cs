using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution.Tracing;

/// <summary>What ERC-7562 restricts of one frame, beside the frame itself.</summary>
public sealed class ValidationFacts
{
    /// <summary>Slots read before they were written, with the value found.</summary>
    public SortedDictionary<UInt256, UInt256> Reads { get; } = [];

    /// <summary>Slots written, and how often.</summary>
    public SortedDictionary<UInt256, int> Writes { get; } = [];

    /// <summary>Slots of transient storage read, and how often.</summary>
    public SortedDictionary<UInt256, int> TransientReads { get; } = [];

    /// <summary>Slots of transient storage written, and how often.</summary>
    public SortedDictionary<UInt256, int> TransientWrites { get; } = [];

    /// <summary>Accounts whose code was looked at, other than to see whether there is any (OP-041).</summary>
    public List<Address> CodeAccesses { get; } = [];

    /// <summary>Opcodes, but for harmless ones, and how often.</summary>
    public SortedDictionary<byte, int> Opcodes { get; } = [];

    /// <summary>Accounts called or looked at: bytes of code when that was first done, and the opcode.</summary>
    public Dictionary<Address, (int CodeLength, byte Opcode)> ContractSizes { get; } = [];
}

/// <summary>
/// Collects what a bundler checks a user operation's validation by (ERC-7562), as geth's erc7562Tracer does: the tree of calls, for each frame the opcodes,
/// slots and code that it used, and what was hashed. One transaction, one thread.
/// </summary>
/// <param name="world">
/// What the transaction runs on, asked for the code of accounts that an opcode is about to ask for, too.
/// </param>
/// <param name="withLogs">Whether frames keep their logs.</param>
public sealed class Erc7562Tracer(IWorldState world, bool withLogs, TraceLimits limits) : ITracer
{
    private const byte Keccak = 0x20, IsZero = 0x15, Gas = 0x5a, SLoad = 0x54, SStore = 0x55, TLoad = 0x5c, TStore = 0x5d, Return = 0xf3, Revert = 0xfd;
    private const byte ExtCodeSize = 0x3b, ExtCodeCopy = 0x3c, ExtCodeHash = 0x3f, Call = 0xf1, CallCode = 0xf2, DelegateCall = 0xf4, StaticCall = 0xfa;

    /// <summary>ERC-7562, OP-062: the precompiles that may be called, 0x01 to 0x09 and RIP-7212's.</summary>
    private const ulong LastAllowedPrecompile = 9, P256Verify = 0x100;

    private readonly TraceBudget _budget = new(limits);
    private readonly CallTracer _calls = new(new CallTracerOptions(WithLogs: withLogs), limits);
    private readonly Dictionary<CallFrame, ValidationFacts> _facts = new(ReferenceEqualityComparer.Instance);
    private readonly SortedDictionary<byte[], bool> _hashed = new(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    // Frames that are open, and the slot whose value the next step of the same depth shows.
    private readonly List<ValidationFacts> _open = [];
    private (int Depth, UInt256 Slot)? _read;
    private (byte Opcode, UInt256 Top)? _last;

    public bool WantsSteps => true;

    /// <summary>Whether the limits left something out.</summary>
    public bool IsTruncated => _calls.IsTruncated || _budget.IsExceeded;

    public CallFrame? Root => _calls.Root;

    /// <summary>What was hashed with KECCAK256, each once, in the order of the bytes.</summary>
    public IEnumerable<byte[]> Hashed => _hashed.Keys;

    /// <summary>Of a frame of the tree; of a SELFDESTRUCT or a call that didn't begin there is nothing.</summary>
    public ValidationFacts FactsOf(CallFrame frame) => _facts.TryGetValue(frame, out var facts) ? facts : new ValidationFacts();

    public void OnEnter(in FrameStart start)
    {
        _calls.OnEnter(in start);
        var facts = new ValidationFacts();
        _open.Add(facts);
        if (_calls.Opened(start.Depth) is { } frame)
        {
            _facts[frame] = facts;
        }
    }

    public void OnExit(int depth, Halt halt, long gasLeft, ReadOnlySpan<byte> output)
    {
        _calls.OnExit(depth, halt, gasLeft, output);
        _open.RemoveAt(_open.Count - 1);
    }

    public void OnRefuse(in FrameStart start, CallRefusal refusal) => _calls.OnRefuse(in start, refusal);

    public void OnSelfDestruct(in Address account, in Address beneficiary, in UInt256 balance) =>
        _calls.OnSelfDestruct(in account, in beneficiary, in balance);

    public void OnLog(Log log) => _calls.OnLog(log);

    public void OnFault(FaultCause cause) => _calls.OnFault(cause);

    public void OnStep(in Step step)
    {
        _calls.OnStep(in step);
        var facts = _open[^1];
        ShowRead(in step, facts);
        var opcode = step.Opcode;
        var top = step.Stack.Length > 0 ? step.Stack.FromTop(0) : UInt256.Zero;
        if (opcode is Return or Revert)
        {
            _last = null;
        }
        if (_last is { } last)
        {
            if (IsCodeAccess(last.Opcode) && !(last.Opcode == ExtCodeSize && opcode == IsZero) && _budget.TryTake(0))
            {
                facts.CodeAccesses.Add(Address.FromWord(in last.Top));
            }
            // OP-012: GAS only to hand it on.
            if (last.Opcode == Gas && !IsCall(opcode))
            {
                Count(facts.Opcodes, Gas);
            }
        }
        NoteCode(in step, facts);
        if (opcode != Gas && !IsHarmless(opcode))
        {
            Count(facts.Opcodes, opcode);
        }
        NoteStorage(in step, facts);
        NoteHashed(in step);
        _last = (opcode, top);
    }

    /// <summary>Ends the trace of a transaction that was executed.</summary>
    public void Complete(ulong gasLimit, ulong gasUsed) => _calls.Complete(gasLimit, gasUsed);

    private void ShowRead(in Step step, ValidationFacts facts)
    {
        if (_read is { } read && read.Depth == step.Depth && step.Stack.Length > 0 && _budget.TryTake(0))
        {
            facts.Reads[read.Slot] = step.Stack.FromTop(0);
        }
        _read = null;
    }

    private void NoteCode(in Step step, ValidationFacts facts)
    {
        var place = IsCodeAccess(step.Opcode) ? 0 : IsCall(step.Opcode) ? 1 : -1;
        if (place < 0 || place >= step.Stack.Length)
        {
            return;
        }
        var word = step.Stack.FromTop(place);
        var address = Address.FromWord(in word);
        if (!facts.ContractSizes.ContainsKey(address) && !IsAllowedPrecompile(address) && _budget.TryTake(0) && world.TryGetCode(in address, out var code))
        {
            facts.ContractSizes[address] = (code?.Length ?? 0, step.Opcode);
        }
    }

    private void NoteStorage(in Step step, ValidationFacts facts)
    {
        if (step.Opcode is not (SLoad or SStore or TLoad or TStore) || step.Stack.Length == 0)
        {
            return;
        }
        var slot = step.Stack.FromTop(0);
        switch (step.Opcode)
        {
            case SLoad:
                _read = facts.Reads.ContainsKey(slot) || facts.Writes.ContainsKey(slot) ? null : (step.Depth, slot);
                break;
            case SStore:
                Count(facts.Writes, slot);
                break;
            case TLoad:
                Count(facts.TransientReads, slot);
                break;
            default:
                Count(facts.TransientWrites, slot);
                break;
        }
    }

    private void NoteHashed(in Step step)
    {
        if (step.Opcode != Keccak || step.Stack.Length < 2)
        {
            return;
        }
        var (offset, length) = (step.Stack.FromTop(0), step.Stack.FromTop(1));
        if (!length.FitsUInt64 || (!offset.FitsUInt64 && !length.IsZero) || length.LowUInt64 > int.MaxValue || !_budget.TryTake((long)length.LowUInt64))
        {
            return;
        }
        // Memory has not grown for the opcode yet: what is beyond it is zeros.
        var data = new byte[length.LowUInt64];
        if (data.Length > 0 && offset.LowUInt64 < (ulong)step.Memory.Length)
        {
            var available = step.Memory[(int)offset.LowUInt64..];
            available[..Math.Min(available.Length, data.Length)].CopyTo(data);
        }
        _hashed[data] = true;
    }

    private void Count<TKey>(SortedDictionary<TKey, int> counts, TKey key)
        where TKey : notnull
    {
        if (counts.TryGetValue(key, out var count))
        {
            counts[key] = count + 1;
        }
        else if (_budget.TryTake(0))
        {
            counts[key] = 1;
        }
    }

    private static bool IsCodeAccess(byte opcode) => opcode is ExtCodeSize or ExtCodeCopy or ExtCodeHash;

    private static bool IsCall(byte opcode) => opcode is Call or CallCode or DelegateCall or StaticCall;

    private static bool IsAllowedPrecompile(in Address address)
    {
        var word = address.ToWord();
        return word.FitsUInt64 && word.LowUInt64 is (> 0 and <= LastAllowedPrecompile) or P256Verify;
    }

    /// <summary>PUSH, DUP, SWAP but the last, POP, and arithmetic and comparisons that no rule is about.</summary>
    private static bool IsHarmless(byte opcode) =>
        opcode is (>= 0x5f and < 0x9f) or 0x50 or (>= 0x01 and <= 0x04) or (>= 0x10 and <= 0x17) or 0x19 or 0x1b or 0x1c;
}
