using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>A transaction cleared an account's storage: the account was destroyed, or became a new contract.</summary>
/// <param name="Place">Of the account in the list.</param>
internal readonly record struct ListedClear(int Place, uint Index);

/// <summary>A slot of an account that goes away in the block was accessed.</summary>
/// <param name="Slot">By its number through all accounts.</param>
internal readonly record struct ListedTouch(int Slot, uint Index);

/// <summary>
/// A part of a block that is executed on the block's access list, and compared with it: what it read is in the list, and what it left is, to the value, what the list has
/// for its index and nothing else. One thread at a time.
/// </summary>
internal abstract class ListedPart(ListedState state, IStateReader parent, ExecutionMemory memory) : IResumable
{
    /// <summary>Rounds of fetching code, which mostly comes with the account: a list that makes for more of them costs more than it gains.</summary>
    private const int RoundsMax = 8;

    private readonly HashSet<StateMiss> _misses = [];
    private int _rounds;

    public ExecutionMemory Memory { get; } = memory;

    public IReadOnlyCollection<StateMiss> Misses => _misses;

    /// <summary>Changes of the list that this part made.</summary>
    public int ChangesFound { get; private set; }

    /// <summary>Storage that was cleared.</summary>
    public List<ListedClear> Clears { get; } = [];

    /// <summary>Slots accessed of accounts that go away in the block.</summary>
    public List<ListedTouch> Touches { get; } = [];

    protected ListedState State => state;

    protected BlockAccessList List => state.List;

    protected AccessListReader Reader { get; } = new(state.List, parent, state.Removals) { Index = state.Places };

    public abstract ExecutionStatus Run();

    public void Continue(IStateReader reader) => Reader.Parent = reader;

    protected void BeginRound()
    {
        _misses.Clear();
        if (++_rounds > RoundsMax)
        {
            state.Refuse();
        }
    }

    /// <summary>Code that isn't at hand is fetched; anything else that isn't is not in the list.</summary>
    protected void Miss()
    {
        if (Reader is { IsIncomplete: false, MissingCode: { } code })
        {
            _misses.Add(code);
        }
        else
        {
            state.Refuse();
        }
    }

    /// <summary>Compares what became of an account, whose slots are compared apart.</summary>
    protected bool FitsAccount(int place, uint index, in Outcome before, in Outcome after)
    {
        ref readonly var account = ref List.Accounts[place];
        state.MarkRead(place);
        return Fits(List.TryGetBalanceSet(in account, index, out var balance), balance == after.Balance, before.Balance != after.Balance)
            && Fits(List.TryGetNonceSet(in account, index, out var nonce), nonce == after.Nonce, before.Nonce != after.Nonce)
            && Fits(List.TryGetCodeSet(in account, index, out var code), code == after.CodeHash, before.CodeHash != after.CodeHash);
    }

    /// <summary>Compares what became of a slot.</summary>
    /// <param name="account">Its account's place.</param>
    protected bool FitsSlot(int account, in UInt256 key, uint index, in UInt256 before, in UInt256 after)
    {
        ref readonly var entry = ref List.Accounts[account];
        var at = state.Places.IndexOfSlot(account, in key);
        if (at < 0)
        {
            return false;
        }
        var slot = BlockAccessList.FirstSlotOf(in entry) + at;
        state.MarkSlotRead(slot);
        if (state.Removals.ContainsKey(account))
        {
            Touches.Add(new ListedTouch(slot, index));
        }
        return Fits(List.TryGetValueSet(in List.Slots(in entry)[at], index, out var value), value == after, before != after);
    }

    private bool Fits(bool isListed, bool isEqual, bool isChanged)
    {
        ChangesFound += isChanged ? 1 : 0;
        return isListed == isChanged && (isEqual || !isChanged);
    }

    /// <summary>What the list can say of an account's record.</summary>
    protected readonly record struct Outcome(ulong Nonce, UInt256 Balance, Hash256 CodeHash)
    {
        /// <summary>EIP-161.</summary>
        public bool IsEmpty => Nonce == 0 && Balance.IsZero && CodeHash == Keccak256.OfEmpty;
    }
}

/// <summary>Transactions of a block, each on the state that the list says was left before it; none sees what another one here did.</summary>
/// <param name="from">The first one's place in the block, from 0.</param>
/// <param name="gas">Counts the gas of all batches: more than the block's limit proves the list wrong, and bounds what it can cost.</param>
internal sealed class ListedBatch(
    ListedState state, TransactionExecutor executor, IReadOnlyList<Transaction> transactions, int from, int to, IStateReader parent, ExecutionMemory memory, ListedGas gas)
    : ListedPart(state, parent, memory)
{
    private readonly Receipt?[] _receipts = new Receipt?[to - from];
    private int[] _placeOf = new int[16];

    public int From => from;

    /// <summary>By the transactions' order; null where one has no place in the block.</summary>
    public ReadOnlySpan<Receipt?> Receipts => _receipts;

    /// <summary>How many of the transactions were executed.</summary>
    public int Executed { get; private set; }

    public override ExecutionStatus Run()
    {
        BeginRound();
        for (var i = from; i < to && !State.IsRefused; i++)
        {
            if (_receipts[i - from] is null)
            {
                Execute(i);
            }
        }
        return Misses.Count == 0 || State.IsRefused ? ExecutionStatus.Complete : ExecutionStatus.StateMiss;
    }

    private void Execute(int place)
    {
        var index = (uint)place + 1;
        Reader.MoveTo(index);
        var world = Memory.World(Reader, executor.Environment.Fork);
        var result = executor.Execute(transactions[place], world, 0, 0);
        switch (result.Outcome)
        {
            case TransactionOutcome.StateMiss:
                Miss();
                break;
            case TransactionOutcome.Executed when gas.TryUse(result.GasUsed) && Fits(index, world):
                _receipts[place - from] = result.Receipt;
                Executed++;
                break;
            default:
                State.Refuse();
                break;
        }
    }

    /// <summary>Whether all that the transaction read is in the list, and all that it left is what the list says.</summary>
    private bool Fits(uint index, TransactionWorld world)
    {
        for (var i = 0; i < world.AccessedAccountCount; i++)
        {
            var access = world.AccessedAccount(i);
            // Accounts are loaded in the order in which they are accessed, each once.
            var place = i < Reader.Places.Count ? Reader.Places[i] : -1;
            if (place < 0 || List.Accounts[place].Address != access.Address)
            {
                return false;
            }
            SetPlace(access.Index, place);
            var after = new Outcome(access.NonceAfter, access.BalanceAfter, access.CodeHashAfter);
            if (access.ExistsAfter == after.IsEmpty
                || !FitsAccount(place, index, new Outcome(access.NonceBefore, access.BalanceBefore, access.CodeHashBefore), in after))
            {
                return false;
            }
            if (access.StorageCleared)
            {
                Clears.Add(new ListedClear(place, index));
            }
        }
        for (var i = 0; i < world.AccessedSlotCount; i++)
        {
            var access = world.AccessedSlot(i);
            if (!FitsSlot(_placeOf[access.AccountIndex], access.Slot, index, access.Before, access.After))
            {
                return false;
            }
        }
        return true;
    }

    private void SetPlace(int number, int place)
    {
        if (number >= _placeOf.Length)
        {
            Array.Resize(ref _placeOf, Math.Max(number + 1, _placeOf.Length * 2));
        }
        _placeOf[number] = place;
    }
}

/// <summary>Gas that all transactions of a block used together. Any thread.</summary>
internal sealed class ListedGas(ulong limit)
{
    private ulong _used;

    /// <summary>False where it is more than the limit.</summary>
    public bool TryUse(ulong gas) => Interlocked.Add(ref _used, gas) <= limit;
}

/// <summary>What a block does before or after its transactions, on the state that the list says was left before it.</summary>
internal sealed class ListedSystemPart : ListedPart
{
    private readonly TransactionWorld _world;
    private readonly AccessListBuilder _builder;
    private readonly SystemSteps _steps;
    private readonly bool _isAfter;
    private readonly uint _index;
    private bool _hasCleared;

    /// <param name="index">0 for what comes before the first transaction, else the index after the last.</param>
    public ListedSystemPart(ListedState state, BlockEnvironment environment, BlockHeader[] ommers, uint index, IStateReader parent, ExecutionMemory memory)
        : base(state, parent, memory)
    {
        (_index, _isAfter) = (index, index > 0);
        Reader.MoveTo(index);
        _world = memory.World(Reader, environment.Fork);
        _builder = memory.Accesses();
        _steps = new SystemSteps(environment, ommers, _world, Keep);
    }

    /// <summary>EIP-7685: what the system contracts returned.</summary>
    public IReadOnlyList<byte[]> Requests => _steps.Requests;

    public override ExecutionStatus Run()
    {
        BeginRound();
        Reader.MoveTo(_index);
        switch (_isAfter ? _steps.RunAfter(_index) : _steps.RunBefore())
        {
            case ExecutionStatus.StateMiss:
                Miss();
                return State.IsRefused ? ExecutionStatus.Complete : ExecutionStatus.StateMiss;
            case ExecutionStatus.Complete when Fits(_builder.Build()):
                return ExecutionStatus.Complete;
            default:
                State.Refuse();
                return ExecutionStatus.Complete;
        }
    }

    private void Keep(uint index, Address except)
    {
        _builder.Record(index, _world, in except);
        for (var i = 0; i < _world.AccessedAccountCount; i++)
        {
            var access = _world.AccessedAccount(i);
            _hasCleared |= access is { StorageCleared: true, HadStorage: true };
        }
    }

    private bool Fits(BlockAccessList own)
    {
        foreach (ref readonly var account in own.Accounts)
        {
            var place = List.IndexOf(account.Address);
            if (place < 0)
            {
                return false;
            }
            var before = OutcomeAt(own, in account, 0);
            var after = OutcomeAt(own, in account, uint.MaxValue);
            if (account.ExistsAfter == after.IsEmpty || !FitsAccount(place, _index, in before, in after))
            {
                return false;
            }
            foreach (ref readonly var slot in own.Slots(in account))
            {
                if (!FitsSlot(place, slot.Key, _index, slot.Before, own.ValueAfter(in slot)))
                {
                    return false;
                }
            }
        }
        // No system contract destroys itself; one of a chain's own that does is for who goes in order.
        return !_hasCleared;
    }

    private static Outcome OutcomeAt(BlockAccessList list, in AccessListAccount account, uint index) =>
        new(list.NonceAt(in account, index), list.BalanceAt(in account, index), list.CodeHashAt(in account, index));
}
