using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>
/// Executes a given block whose access list is at hand: first all that the list names is loaded, then all transactions run at once, in pieces of about the
/// same gas, without a plan: what a transaction reads is what the list says was left by the last one before it, whoever that was and whenever it runs.
/// </summary>
/// <remarks>
/// Why the result is that of sequential execution, although nobody vouches for the list. Let S(i) be the state that sequential execution has before block access
/// index i (0 is what comes before the transactions, 1 to n are they, n + 1 is what comes after), and L(i) what <see cref="AccessListReader"/> tells, from the state
/// before the block and the list's changes below i. Every index is executed on its L(i), and compared:
/// (a) what it asked for is in the list, or the block is refused here;
/// (b) each balance, nonce, code and slot that it changed has in the list a change with this index and this value, and what it didn't change has none;
/// (c) an account is there afterwards just if it isn't empty (EIP-161), so that the list, which says nothing of existence, says it nevertheless; when it goes, its slots'
/// values go, and the list must have a zero for each that somebody touched before (<see cref="CheckClears"/>).
/// L(0) is S(0) on all that is listed. If L(i) is S(i), then index i did on L(i) what it does on S(i), since execution depends on nothing but what it asks for; so
/// by (b) and (c) the list's changes with index i are its changes, and L(i + 1) is S(i + 1). By induction all indices did what they do in order, and it doesn't
/// matter in which order, nor on which threads, they were executed and compared. That the list has nothing besides is counted at the end (<see cref="ListedState.IsExact"/>),
/// so that the list, with what was before the block, is the one that sequential execution gives. What depends on the order otherwise, room and cumulative gas, is
/// added up in order (<see cref="BlockAdmission"/>).
/// If anything doesn't fit, nothing of all this is used. What a wrong list can cost is bounded: its size by the block's gas, and execution by the
/// same gas, since all batches stop when they have used more together.
/// Ownership: as in <see cref="ParallelExecution"/>, of which this is a stage.
/// </remarks>
internal sealed class ListedExecution
{
    private const ulong PlainTransferGas = 21_000;

    /// <summary>What a call counts at most when batches are divided, in gas units: limits say little.</summary>
    private const ulong CallGasMax = 500_000;

    /// <summary>The fewest accounts and slots that are worth a piece of work of their own.</summary>
    private const int ItemsPerLoad = 1_024;

    private readonly BlockEnvironment _environment;
    private readonly IReadOnlyList<Transaction> _transactions;
    private readonly IStateReader _reader;
    private readonly BlockHeader[] _ommers;
    private readonly ExecutionMemoryPool _memories;
    private readonly int _pieces;
    private readonly ListedState _state;
    private ListedSystemPart? _before, _after;
    private ListedBatch[] _batches = [];

    /// <param name="pieces">Into how many the transactions are divided.</param>
    public ListedExecution(
        ListedState state, BlockEnvironment environment, IReadOnlyList<Transaction> transactions, IStateReader reader, BlockHeader[] ommers,
        ExecutionMemoryPool memories, int pieces)
    {
        (_state, _environment, _transactions, _reader, _ommers, _memories, _pieces) = (state, environment, transactions, reader, ommers, memories, pieces);
    }

    /// <summary>How many transactions were executed.</summary>
    public int Executed => _batches.Sum(batch => batch.Executed);

    /// <summary>Into how many pieces the transactions were divided.</summary>
    public int Batches => _batches.Length;

    /// <summary>Gas units that transactions are taken for.</summary>
    public static ulong GasOf(IReadOnlyList<Transaction> transactions) => transactions.Aggregate(0UL, (sum, transaction) => sum + GasOf(transaction));

    /// <summary>First: what was before the block. State that isn't at hand is missed here, all of it at once.</summary>
    public IReadOnlyList<LaneWork> Load()
    {
        var work = new List<LaneWork>();
        var accounts = _state.List.Accounts;
        for (int from = 0, to = 0, items = 0; from < accounts.Length; from = to, items = 0)
        {
            while (to < accounts.Length && items < ItemsPerLoad)
            {
                items += 1 + _state.List.Slots(in accounts[to++]).Length;
            }
            work.Add(new LaneWork(new ListedLoad(_state, from, to, _reader), (ulong)items) { FindsItsState = true });
        }
        return work;
    }

    /// <summary>Second: all transactions, and what comes before and after them. No work where the list is known to be wrong.</summary>
    public IReadOnlyList<LaneWork> Execute()
    {
        if (_state.IsRefused)
        {
            return [];
        }
        _state.FindRemovals();
        _before = new ListedSystemPart(_state, _environment, _ommers, 0, _reader, _memories.Take());
        _after = new ListedSystemPart(_state, _environment, _ommers, (uint)_transactions.Count + 1, _reader, _memories.Take());
        var gas = new ListedGas(_environment.Context.GasLimit);
        var executor = new TransactionExecutor(_environment);
        var work = new List<LaneWork>();
        _batches = [.. Divide().Select(range => new ListedBatch(_state, executor, _transactions, range.From, range.To, _reader, _memories.Take(), gas))];
        work.AddRange(_batches.Select(batch => new LaneWork(batch, 0) { FindsItsState = true }));
        work.Add(new LaneWork(_before, 0) { FindsItsState = true });
        work.Add(new LaneWork(_after, 0) { FindsItsState = true });
        return work;
    }

    /// <summary>The block's execution; null where the list isn't exact, or the block is invalid, which only execution in order can tell from each other.</summary>
    public BlockExecution? Finish()
    {
        if (_before is null || _after is null || _state.IsRefused)
        {
            return null;
        }
        var receipts = new Receipt[_transactions.Count];
        foreach (var batch in _batches)
        {
            for (var i = 0; i < batch.Receipts.Length; i++)
            {
                receipts[batch.From + i] = batch.Receipts[i]!;
            }
        }
        if (!BlockAdmission.TryAdmit(_environment, ExecutionMode.Import, _transactions, receipts, out var gasUsed, out var blobGasUsed)
            || !BlockAdmission.TryCollectRequests(_environment, receipts, _after.Requests, out var requests)
            || !CheckClears(out var zeros)
            || !_state.IsExact(Parts().Sum(part => part.ChangesFound) + zeros))
        {
            return null;
        }
        return new BlockExecution
        {
            Environment = _environment,
            Transactions = [.. _transactions],
            Receipts = receipts,
            Rejected = [],
            GasUsed = gasUsed,
            BlobGasUsed = blobGasUsed,
            AccessList = _state.List,
            Requests = requests,
        };
    }

    public void Release()
    {
        foreach (var part in Parts())
        {
            _memories.Return(part.Memory);
        }
        (_before, _after, _batches) = (null, null, []);
    }

    private IEnumerable<ListedPart> Parts() => _before is null ? _batches : [_before, .. _batches, _after!];

    private static ulong GasOf(Transaction transaction) => Math.Max(PlainTransferGas, Math.Min(transaction.GasLimit, CallGasMax));

    /// <summary>Ranges of the block of about the same gas.</summary>
    private List<(int From, int To)> Divide()
    {
        var ranges = new List<(int, int)>();
        var target = (GasOf(_transactions) / (ulong)_pieces) + 1;
        for (int from = 0, to = 0; from < _transactions.Count; from = to)
        {
            for (var gas = 0UL; to < _transactions.Count && gas < target; to++)
            {
                gas += GasOf(_transactions[to]);
            }
            ranges.Add((from, to));
        }
        return ranges;
    }

    /// <summary>
    /// Storage that was cleared as a whole: slots that had a value and were touched before have a change to zero in the list, also where the transaction that cleared them
    /// didn't touch them. What is touched only later isn't known to have been there.
    /// </summary>
    /// <param name="zeros">Changes of the list that this explains.</param>
    private bool CheckClears(out int zeros)
    {
        zeros = 0;
        var touches = new ListedTouches(Parts());
        foreach (var (place, index) in Parts().SelectMany(part => part.Clears))
        {
            ref readonly var account = ref _state.List.Accounts[place];
            if (_state.Removals.ContainsKey(place))
            {
                _state.SetCleared(place, index);
                if (!CheckCleared(place, index, touches, ref zeros))
                {
                    return false;
                }
            }
            else if (account.ExistedBefore && account.StorageRootBefore != Keccak256.OfEmptyString)
            {
                return false;
            }
        }
        foreach (var (place, indices) in _state.Removals)
        {
            SetUnread(place, indices[0], touches);
        }
        return true;
    }

    private bool CheckCleared(int place, uint index, ListedTouches touches, ref int zeros)
    {
        ref readonly var account = ref _state.List.Accounts[place];
        var slots = _state.List.Slots(in account);
        var first = BlockAccessList.FirstSlotOf(in account);
        for (var i = 0; i < slots.Length; i++)
        {
            if (touches.IsTouchedAt(first + i, index))
            {
                continue;
            }
            var isZeroed = touches.FirstOf(first + i) < index && !ValueBefore(place, in slots[i], index).IsZero;
            if (_state.List.TryGetValueSet(in slots[i], index, out var value) != isZeroed || (isZeroed && !value.IsZero))
            {
                return false;
            }
            zeros += isZeroed ? 1 : 0;
        }
        return true;
    }

    private UInt256 ValueBefore(int place, in AccessListSlot slot, uint index) =>
        _state.List.TryGetValueAt(in slot, index, out var value) ? value : _state.Removals[place][0] < index ? default : slot.Before;

    private void SetUnread(int place, uint removedAt, ListedTouches touches)
    {
        ref readonly var account = ref _state.List.Accounts[place];
        var first = BlockAccessList.FirstSlotOf(in account);
        for (var slot = first; slot < first + _state.List.Slots(in account).Length; slot++)
        {
            if (touches.FirstOf(slot) > removedAt)
            {
                _state.SetUnread(slot);
            }
        }
    }
}

/// <summary>Which indices accessed the slots of accounts that go away in the block.</summary>
internal sealed class ListedTouches
{
    private readonly HashSet<ListedTouch> _all = [];
    private readonly Dictionary<int, uint> _first = [];

    public ListedTouches(IEnumerable<ListedPart> parts)
    {
        foreach (var touch in parts.SelectMany(part => part.Touches))
        {
            _all.Add(touch);
            _first[touch.Slot] = Math.Min(touch.Index, FirstOf(touch.Slot));
        }
    }

    /// <summary>The first index that accessed it; beyond all indices where none did.</summary>
    public uint FirstOf(int slot) => _first.GetValueOrDefault(slot, uint.MaxValue);

    public bool IsTouchedAt(int slot, uint index) => _all.Contains(new ListedTouch(slot, index));
}
