using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>
/// A block's access list with what was before the block, and what was found in it so far. Nothing of it is trusted: <see cref="ListedExecution"/> says how it is checked.
/// </summary>
/// <remarks>
/// Safe because loading has each account done by one thread; later all threads read the list, and write nothing but <c>1</c> into bytes of their own
/// address and a flag that is only ever raised. The threads are joined before anybody asks what was found.
/// </remarks>
internal sealed class ListedState
{
    /// <summary>
    /// Gas units that an account or slot costs at least when it is touched for the first time: EIP-2930 from Berlin on, an SLOAD of EIP-150 before. What
    /// isn't paid for (withdrawals, system contracts) is in the allowance.
    /// </summary>
    private const ulong GasPerItem = 1_900, GasPerItemBeforeBerlin = 200, ItemsAllowance = 1_024;

    /// <summary>An encoded byte costs more than this: the cheapest is a slot of 33 bytes that is loaded for 200 gas units.</summary>
    private const ulong GasPerByte = 4, BytesAllowance = 1 << 16;

    /// <summary>EIP-170. Translating more than an account can have would take what no gas pays for.</summary>
    private const int CodeBytesMax = 24_576;

    private readonly AccessListCompletion _completion;
    private readonly byte[] _readAccounts, _readSlots;
    private volatile bool _isRefused;
    private readonly Dictionary<int, uint[]> _removals = [];

    private ListedState(BlockAccessList list)
    {
        _completion = new AccessListCompletion(list);
        _readAccounts = new byte[list.Accounts.Length];
        _readSlots = new byte[list.SlotCount];
        Places = new ListedPlaces(List);
    }

    public ListedPlaces Places { get; }

    /// <summary>Shows the values before as they are loaded.</summary>
    public BlockAccessList List => _completion.List;

    /// <summary>Whether something was found that doesn't fit: all further work is wasted.</summary>
    public bool IsRefused => _isRefused;

    /// <summary>When accounts go away in between, by their places: from the list, once all is loaded.</summary>
    public IReadOnlyDictionary<int, uint[]> Removals => _removals;

    /// <summary>Decodes a list as far as the block's gas can have paid for it; null where that fails.</summary>
    /// <param name="use">Why.</param>
    public static ListedState? TryDecode(BlockEnvironment environment, ReadOnlySpan<byte> encoded, out AccessListUse use)
    {
        use = AccessListUse.TooLarge;
        var gas = environment.Context.GasLimit;
        if ((ulong)encoded.Length > (gas / GasPerByte) + BytesAllowance)
        {
            return null;
        }
        try
        {
            var list = BlockAccessList.DecodeRlp(encoded);
            var items = (gas / (environment.Fork >= Fork.Berlin ? GasPerItem : GasPerItemBeforeBerlin)) + ItemsAllowance + (ulong)environment.Withdrawals.Length;
            if ((ulong)list.Accounts.Length + (ulong)list.SlotCount > items || HasTooLongCode(list))
            {
                return null;
            }
            use = AccessListUse.Used;
            return new ListedState(list);
        }
        catch (Exception error) when (error is RlpException or AccessListFormatException)
        {
            use = AccessListUse.Malformed;
            return null;
        }
    }

    private static bool HasTooLongCode(BlockAccessList list)
    {
        foreach (ref readonly var account in list.Accounts)
        {
            foreach (ref readonly var change in list.CodeChanges(in account))
            {
                if (change.Code.Length > CodeBytesMax)
                {
                    return true;
                }
            }
        }
        return false;
    }

    public void Refuse() => _isRefused = true;

    /// <summary>Fills in what an account was before the block; false where that isn't at hand.</summary>
    public bool TryLoad(int account, IStateReader parent, HashSet<StateMiss> misses)
    {
        if (!_completion.TryLoad(account, parent, misses))
        {
            return false;
        }
        ref readonly var entry = ref List.Accounts[account];
        // EIP-161: it goes when it is touched, and no list says so. The main network has none left.
        if (entry.ExistedBefore && List.IsEmptyAt(in entry, 0))
        {
            Refuse();
        }
        return true;
    }

    /// <summary>Finds out what goes away in between, once all is loaded.</summary>
    public void FindRemovals()
    {
        for (var i = 0; i < List.Accounts.Length; i++)
        {
            if (List.RemovalsOf(in List.Accounts[i]) is { } indices)
            {
                _removals.Add(i, indices);
            }
        }
    }

    public void MarkRead(int account) => Mark(ref _readAccounts[account]);

    /// <param name="slot">By its number through all accounts.</param>
    public void MarkSlotRead(int slot) => Mark(ref _readSlots[slot]);

    private static void Mark(ref byte mark)
    {
        // What all transactions read is written once: lanes don't take the cache line from each other.
        if (mark == 0)
        {
            mark = 1;
        }
    }

    /// <summary>Whether all that the list has was found: each account and slot was read, and each change was made.</summary>
    public bool IsExact(int changesFound) =>
        !_isRefused && !_readAccounts.AsSpan().Contains((byte)0) && !_readSlots.AsSpan().Contains((byte)0) && changesFound == CountChanges();

    /// <inheritdoc cref="AccessListCompletion.SetCleared"/>
    public void SetCleared(int account, uint index) => _completion.SetCleared(account, index);

    /// <inheritdoc cref="AccessListCompletion.SetUnread"/>
    public void SetUnread(int slot) => _completion.SetUnread(slot);

    private int CountChanges()
    {
        var count = 0;
        foreach (ref readonly var account in List.Accounts)
        {
            count += List.BalanceChanges(in account).Length + List.NonceChanges(in account).Length + List.CodeChanges(in account).Length;
            foreach (ref readonly var slot in List.Slots(in account))
            {
                count += List.Changes(in slot).Length;
            }
        }
        return count;
    }
}

/// <summary>Loads what some of a list's accounts were before the block.</summary>
internal sealed class ListedLoad(ListedState state, int from, int to, IStateReader parent) : IResumable
{
    private readonly HashSet<StateMiss> _misses = [];
    private IStateReader _parent = parent;

    public IReadOnlyCollection<StateMiss> Misses => _misses;

    public ExecutionStatus Run()
    {
        _misses.Clear();
        if (from == 0 && !_parent.TryGetAccount(SystemContracts.SystemAddress, out _))
        {
            // Read by system calls, and not in the list (EIP-7928).
            _misses.Add(new StateMiss(MissKind.Account, SystemContracts.SystemAddress, default, default));
        }
        for (var i = from; i < to && !state.IsRefused; i++)
        {
            state.TryLoad(i, _parent, _misses);
        }
        return _misses.Count == 0 ? ExecutionStatus.Complete : ExecutionStatus.StateMiss;
    }

    public void Continue(IStateReader reader) => _parent = reader;
}
