using Grid.Chain;
using Grid.Primitives;

namespace Grid.Grains.Pool;

/// <summary>A transaction in the pool.</summary>
/// <param name="Cost">The most it may cost its sender, in wei.</param>
/// <param name="AdmittedUnixMs">When it was admitted, in milliseconds since 1970.</param>
/// <param name="Arrival">Ascending in the order of admission: the earlier goes first at equal price.</param>
internal sealed record PoolItem(Transaction Transaction, UInt256 Cost, long AdmittedUnixMs, long Arrival)
{
    /// <summary>The pool's count of offers at the last one that had it; 0 for none.</summary>
    public long OfferedIn { get; set; }
}

/// <summary>The transactions of one sender in nonce order, on top of the sender's account after a block.</summary>
internal sealed class SenderQueue(SenderState state, ulong stateBlock)
{
    private readonly SortedList<ulong, PoolItem> _items = [];

    /// <summary>The account after <see cref="StateBlock"/>.</summary>
    public SenderState State { get; private set; } = state;

    public ulong StateBlock { get; private set; } = stateBlock;

    /// <summary>
    /// Set when a block refused the sender's next transaction: nothing is offered until the account or that transaction changes.
    /// </summary>
    public bool IsPostponed { get; private set; }

    public int Count => _items.Count;

    public IList<PoolItem> Items => _items.Values;

    /// <summary>The first nonce that neither the account nor a transaction in unbroken order has used.</summary>
    public ulong NextNonce
    {
        get
        {
            var next = State.Nonce;
            while (_items.ContainsKey(next))
            {
                next++;
            }
            return next;
        }
    }

    /// <summary>Transactions in unbroken order from the account's nonce.</summary>
    public int PendingCount => (int)(NextNonce - State.Nonce);

    public PoolItem? Find(ulong nonce) => _items.GetValueOrDefault(nonce);

    /// <summary>What all transactions but the one of this nonce may cost at most; saturated.</summary>
    public UInt256 CostWithout(ulong nonce)
    {
        var sum = UInt256.Zero;
        foreach (var (key, item) in _items)
        {
            if (key != nonce && UInt256.AddOverflow(in sum, item.Cost, out sum))
            {
                return UInt256.MaxValue;
            }
        }
        return sum;
    }

    public void Put(PoolItem item)
    {
        _items[item.Transaction.Nonce] = item;
        IsPostponed &= item.Transaction.Nonce != State.Nonce;
    }

    public void Remove(ulong nonce) => _items.Remove(nonce);

    public void Postpone() => IsPostponed = true;

    /// <summary>Offers the sender's next transaction once more.</summary>
    public void TryAgain() => IsPostponed = false;

    /// <summary>Takes the account after a later block over; returns the transactions whose nonces it has used.</summary>
    public List<PoolItem> Advance(in SenderState state, ulong block)
    {
        var used = new List<PoolItem>();
        if (block <= StateBlock)
        {
            return used;
        }
        State = state;
        StateBlock = block;
        IsPostponed = false;
        while (_items.Count > 0 && _items.Keys[0] < state.Nonce)
        {
            used.Add(_items.Values[0]);
            _items.RemoveAt(0);
        }
        return used;
    }
}
