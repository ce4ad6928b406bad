using Grid.Chain;
using Grid.Primitives;

namespace Grid.Grains.Pool;

/// <summary>
/// The rules of a pool without its surroundings: no I/O, no clock, no Orleans. One thread at a time.
/// </summary>
public sealed class TransactionPool(PoolOptions options)
{
    private readonly Dictionary<Address, SenderQueue> _senders = [];
    private readonly Dictionary<Hash256, PoolItem> _byHash = [];
    private readonly Dictionary<string, long> _rejected = [];
    private long _arrivals, _offers;

    public int Count => _byHash.Count;

    public bool Contains(in Hash256 hash) => _byHash.ContainsKey(hash);

    public Transaction? Find(in Hash256 hash) => _byHash.GetValueOrDefault(hash)?.Transaction;

    /// <summary>Whether the pool knows the sender's account already, so that it need not be read.</summary>
    public bool Knows(in Address sender) => _senders.ContainsKey(sender);

    /// <summary>The nonce of the sender's account; null when the pool has nothing of it.</summary>
    public ulong? AccountNonce(in Address sender) => _senders.TryGetValue(sender, out var queue) ? queue.State.Nonce : null;

    /// <summary>Whose transactions the pool has.</summary>
    public Address[] Senders => [.. _senders.Keys];

    /// <summary>Whose transactions were admitted before a moment and are still here.</summary>
    public Address[] SendersWaitingSince(long beforeUnixMs) =>
        [.. _byHash.Values.Where(item => item.AdmittedUnixMs < beforeUnixMs).Select(item => item.Transaction.Sender).Distinct()];

    /// <summary>The sender's next nonce; null when the pool has nothing of it.</summary>
    public ulong? NextNonce(in Address sender) => _senders.TryGetValue(sender, out var queue) ? queue.NextNonce : null;

    /// <summary>
    /// Checks a transaction against the account and the pool, and takes it in. Static rules of the protocol are the caller's.
    /// </summary>
    /// <param name="state">The sender's account, unless the pool knows it already.</param>
    /// <param name="stateBlock">The block after which the account is that.</param>
    /// <param name="replaced">The transaction that had to go for it.</param>
    public (PoolRefusal Refusal, TransactionError Error) Admit(
        Transaction transaction, SenderState? state, ulong stateBlock, long nowUnixMs, out Transaction? replaced)
    {
        replaced = null;
        var sender = transaction.Sender;
        if (!_senders.TryGetValue(sender, out var queue))
        {
            queue = new SenderQueue(state ?? throw new ArgumentNullException(nameof(state)), stateBlock);
        }
        var verdict = Check(transaction, queue, out var cost);
        if (verdict.Refusal != PoolRefusal.None)
        {
            var reason = verdict.Refusal == PoolRefusal.Invalid ? verdict.Error.Code.ToString() : verdict.Refusal.ToString();
            CountRejection(reason);
            return verdict;
        }
        if (queue.Find(transaction.Nonce) is { } old)
        {
            replaced = old.Transaction;
            _byHash.Remove(replaced.Hash);
        }
        var item = new PoolItem(transaction, cost, nowUnixMs, _arrivals++);
        queue.Put(item);
        _byHash[transaction.Hash] = item;
        _senders[sender] = queue;
        return verdict;
    }

    /// <summary>
    /// Takes a transaction in that was admitted before, without checks: the pool's recovery. Called in the order of admission, so that arrival counts again.
    /// </summary>
    /// <remarks>
    /// Of two with the same nonce the one stays that <see cref="IsPreferred"/> says, whichever this pool has: of two activations that find each other's in the
    /// table each would otherwise take its own out for the other's, and both would be lost.
    /// </remarks>
    /// <returns>The hash of what has no place in the pool any more: this one or the one it replaces.</returns>
    public Hash256? Restore(Transaction transaction, in SenderState state, ulong stateBlock, long admittedUnixMs)
    {
        if (transaction.Nonce < state.Nonce)
        {
            return transaction.Hash;
        }
        if (!_senders.TryGetValue(transaction.Sender, out var queue))
        {
            _senders.Add(transaction.Sender, queue = new SenderQueue(state, stateBlock));
        }
        Hash256? replaced = null;
        if (queue.Find(transaction.Nonce)?.Transaction is { } other)
        {
            if (!IsPreferred(transaction, other))
            {
                return transaction.Hash;
            }
            replaced = other.Hash;
            _byHash.Remove(other.Hash);
        }
        TryCost(transaction, out var cost);
        var item = new PoolItem(transaction, cost, admittedUnixMs, _arrivals++);
        queue.Put(item);
        _byHash[transaction.Hash] = item;
        return replaced;
    }

    public void CountRejection(string reason) => _rejected[reason] = _rejected.GetValueOrDefault(reason) + 1;

    /// <summary>
    /// The best transactions that may run next: by what they pay the beneficiary, then by arrival, each sender's in nonce order.
    /// </summary>
    /// <param name="pending">What a block does that the pool hasn't been told of, because it isn't committed yet: what it uses isn't offered.</param>
    public Transaction[] Offer(in OfferRequest request, BlockAccessList? pending = null)
    {
        var heads = new PriorityQueue<(SenderQueue Queue, int Index), (UInt256 Negated, long Arrival)>();
        foreach (var (sender, queue) in _senders)
        {
            Push(heads, queue, Used(in sender, queue, pending), in request);
        }
        var offer = new List<Transaction>();
        _offers++;
        ulong gas = 0;
        while (offer.Count < request.CountMax && heads.TryDequeue(out var head, out _))
        {
            var item = head.Queue.Items[head.Index];
            var transaction = item.Transaction;
            if (transaction.GasLimit > request.GasLimit - gas)
            {
                continue; // what follows it in the sender's order can't run either
            }
            gas += transaction.GasLimit;
            offer.Add(transaction);
            item.OfferedIn = _offers;
            Push(heads, head.Queue, head.Index + 1, in request);
        }
        return [.. offer];
    }

    /// <summary>
    /// Takes in what a block did to the pool's senders; returns the transactions that left because their nonce is used, and that can't be in the block because the
    /// last offer didn't have them: they came in the place of one that is.
    /// </summary>
    /// <param name="number">The block.</param>
    /// <param name="changes">Accounts after it: those of the pool's shard at least.</param>
    public List<Hash256> Included(ulong number, BlockAccessList changes)
    {
        var gone = new List<Hash256>();
        foreach (var (sender, queue) in _senders.ToArray())
        {
            var place = changes.IndexOf(in sender);
            if (place < 0)
            {
                continue;
            }
            ref readonly var account = ref changes.Accounts[place];
            foreach (var item in Advance(queue, new SenderState(sender, changes.NonceAfter(in account), changes.BalanceAfter(in account)), number))
            {
                if (item.OfferedIn == 0 || item.OfferedIn < _offers)
                {
                    gone.Add(item.Transaction.Hash);
                }
            }
        }
        return gone;
    }

    /// <summary>Takes the senders' accounts after a block over; returns the transactions that left because their nonce is used.</summary>
    public List<Hash256> Refresh(IReadOnlyDictionary<Address, SenderState> states, ulong number)
    {
        var gone = new List<Hash256>();
        foreach (var (sender, state) in states)
        {
            if (_senders.TryGetValue(sender, out var queue))
            {
                gone.AddRange(Advance(queue, state, number).Select(item => item.Transaction.Hash));
            }
        }
        return gone;
    }

    /// <summary>Stops offering the senders of these transactions until something about them changes.</summary>
    public void Postpone(ReadOnlySpan<Hash256> hashes)
    {
        foreach (ref readonly var hash in hashes)
        {
            if (_byHash.TryGetValue(hash, out var item))
            {
                _senders[item.Transaction.Sender].Postpone();
            }
        }
    }

    /// <summary>Offers senders once more that a block refused: it may have been told late, of an account that was another one.</summary>
    public void TryAgain(ReadOnlySpan<Address> senders)
    {
        foreach (ref readonly var sender in senders)
        {
            if (_senders.TryGetValue(sender, out var queue))
            {
                queue.TryAgain();
            }
        }
    }

    /// <summary>Drops what was admitted before a moment; returns the hashes.</summary>
    public List<Hash256> Expire(long beforeUnixMs)
    {
        var expired = _byHash.Values.Where(item => item.AdmittedUnixMs < beforeUnixMs).ToList();
        foreach (var item in expired)
        {
            var sender = item.Transaction.Sender;
            _byHash.Remove(item.Transaction.Hash);
            _senders[sender].Remove(item.Transaction.Nonce);
            Forget(sender, _senders[sender]);
        }
        return [.. expired.Select(item => item.Transaction.Hash)];
    }

    public PoolDescription Describe()
    {
        var pending = _senders.Values.Sum(queue => queue.PendingCount);
        long? oldest = _byHash.Count == 0 ? null : _byHash.Values.Min(item => item.AdmittedUnixMs);
        return new PoolDescription(pending, _byHash.Count - pending, options.LimitPerPool, oldest, new Dictionary<string, long>(_rejected));
    }

    private List<PoolItem> Advance(SenderQueue queue, in SenderState state, ulong number)
    {
        var used = queue.Advance(in state, number);
        foreach (var item in used)
        {
            _byHash.Remove(item.Transaction.Hash);
        }
        Forget(state.Address, queue);
        return used;
    }

    private (PoolRefusal Refusal, TransactionError Error) Check(Transaction transaction, SenderQueue queue, out UInt256 cost)
    {
        cost = default;
        var nonce = queue.State.Nonce;
        if (transaction.Nonce < nonce)
        {
            return Invalid(TransactionErrorCode.NonceTooLow, transaction.Nonce, nonce);
        }
        if (transaction.MaxPriorityFeePerGas < options.PriorityFeePerGasMin)
        {
            return (PoolRefusal.Underpriced, TransactionError.None with { Have = transaction.MaxPriorityFeePerGas, Want = options.PriorityFeePerGasMin });
        }
        if (transaction.Nonce - nonce >= (ulong)options.LimitPerSender)
        {
            return (PoolRefusal.NonceTooFarAhead, TransactionError.None with { Have = transaction.Nonce, Want = nonce + (ulong)options.LimitPerSender - 1 });
        }
        if (!TryCost(transaction, out cost))
        {
            return Invalid(TransactionErrorCode.CostOverflow, UInt256.MaxValue, UInt256.MaxValue);
        }
        var others = queue.CostWithout(transaction.Nonce);
        if (UInt256.AddOverflow(in others, in cost, out var total) || queue.State.Balance < total)
        {
            return Invalid(TransactionErrorCode.InsufficientFunds, queue.State.Balance, UInt256.AddOverflow(in others, in cost, out total) ? UInt256.MaxValue : total);
        }
        if (queue.Find(transaction.Nonce) is { } old)
        {
            return IsEnoughMore(transaction, old.Transaction) ? default : (PoolRefusal.ReplacementUnderpriced, default);
        }
        if (queue.Count >= options.LimitPerSender)
        {
            return (PoolRefusal.SenderLimitReached, TransactionError.None with { Want = (ulong)options.LimitPerSender });
        }
        return _byHash.Count >= options.LimitPerPool ? (PoolRefusal.PoolFull, TransactionError.None with { Want = (ulong)options.LimitPerPool }) : default;
    }

    private bool IsEnoughMore(Transaction transaction, Transaction old)
    {
        var percent = (ulong)(old.Type == TransactionType.Blob ? options.BlobReplacementPercent : options.ReplacementPercent);
        return Covers(transaction.MaxFeePerGas, old.MaxFeePerGas) && Covers(transaction.MaxPriorityFeePerGas, old.MaxPriorityFeePerGas)
            && (old.Type != TransactionType.Blob || Covers(transaction.MaxFeePerBlobGas, old.MaxFeePerBlobGas));

        bool Covers(in UInt256 price, in UInt256 oldPrice) =>
            UInt256.MultiplyOverflow(oldPrice, 100 + percent, out var wanted) || UInt256.MultiplyOverflow(price, 100, out var offered)
                ? price > oldPrice && price == UInt256.MaxValue
                : offered >= wanted && price > oldPrice;
    }

    /// <summary>
    /// Which of two transactions with one nonce stays where nobody was asked. It follows from the two alone, and what may replace another is preferred to it, so that
    /// all activations of a pool come to the same.
    /// </summary>
    private static bool IsPreferred(Transaction transaction, Transaction other)
    {
        var order = transaction.MaxFeePerGas.CompareTo(other.MaxFeePerGas);
        order = order != 0 ? order : transaction.MaxPriorityFeePerGas.CompareTo(other.MaxPriorityFeePerGas);
        return (order != 0 ? order : transaction.Hash.CompareTo(other.Hash)) > 0;
    }

    /// <summary>How many of a sender's next nonces a block uses.</summary>
    private static int Used(in Address sender, SenderQueue queue, BlockAccessList? pending)
    {
        var place = pending?.IndexOf(in sender) ?? -1;
        if (place < 0)
        {
            return 0;
        }
        var nonce = pending!.NonceAfter(in pending.Accounts[place]);
        return nonce <= queue.State.Nonce ? 0 : (int)Math.Min(nonce - queue.State.Nonce, (ulong)queue.Count);
    }

    private static (PoolRefusal Refusal, TransactionError Error) Invalid(TransactionErrorCode code, in UInt256 have, in UInt256 want) =>
        (PoolRefusal.Invalid, new TransactionError(code, have, want));

    private static bool TryCost(Transaction transaction, out UInt256 cost)
    {
        cost = UInt256.MaxValue;
        if (UInt256.MultiplyOverflow(transaction.MaxFeePerGas, transaction.GasLimit, out var gas)
            || UInt256.MultiplyOverflow(transaction.MaxFeePerBlobGas, transaction.BlobGas, out var blobs)
            || UInt256.AddOverflow(in gas, in blobs, out var fees)
            || UInt256.AddOverflow(in fees, transaction.Value, out var sum))
        {
            return false;
        }
        cost = sum;
        return true;
    }

    private static void Push(
        PriorityQueue<(SenderQueue Queue, int Index), (UInt256 Negated, long Arrival)> heads, SenderQueue queue, int index, in OfferRequest request)
    {
        if (queue.IsPostponed || index >= queue.Count)
        {
            return;
        }
        var item = queue.Items[index];
        var transaction = item.Transaction;
        if (transaction.Nonce == queue.State.Nonce + (ulong)index && transaction.MaxFeePerGas >= request.BaseFeePerGas
            && (transaction.Type != TransactionType.Blob || transaction.MaxFeePerBlobGas >= request.BlobBaseFee))
        {
            // The queue gives the smallest first, and the highest price is wanted.
            heads.Enqueue((queue, index), (~transaction.EffectivePriorityFee(request.BaseFeePerGas), item.Arrival));
        }
    }

    private void Forget(in Address sender, SenderQueue queue)
    {
        if (queue.Count == 0)
        {
            _senders.Remove(sender);
        }
    }
}
