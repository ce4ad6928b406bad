using System.Runtime.InteropServices;
using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>What the planner needs to know of one transaction. Its other places are in the list of its range.</summary>
internal struct Expectation
{
    /// <summary>The sender's account, where <see cref="HasSender"/>.</summary>
    public ulong Sender;

    public bool HasSender;

    /// <summary>The account that value goes to; null where none goes.</summary>
    public ulong? Paid;

    /// <summary>Gas units that it counts.</summary>
    public ulong Gas;

    /// <summary>The account that owns most of what it writes.</summary>
    public Address? Anchor;

    /// <summary>It calls what nothing is known of.</summary>
    public bool IsUnknown;

    /// <summary>Where its places begin in the list of its range, and their number.</summary>
    public int Start, Count;
}

/// <summary>What the transactions in a range of a block are expected to touch. One thread; the list is kept for the next block.</summary>
internal sealed class ExpectedRange
{
    private const ulong PlainTransferGas = 21_000;

    /// <summary>What a call of which nothing is known counts at most, in gas units.</summary>
    private const ulong UnknownGasMax = 500_000;

    private readonly Prediction _prediction = new();

    /// <summary>Places that tie the transaction to who writes them, without those of the sender and of who is paid.</summary>
    public ReadOnlySpan<PredictedAccess> AccessesOf(in Expectation expected) =>
        CollectionsMarshal.AsSpan(_prediction.Accesses).Slice(expected.Start, expected.Count);

    /// <param name="transactions">The block's.</param>
    /// <param name="start">The first transaction of the range.</param>
    /// <param name="expected">One for each transaction of the range.</param>
    /// <param name="predictor">Used by nobody else meanwhile.</param>
    public void Fill(IReadOnlyList<Transaction> transactions, int start, Span<Expectation> expected, IAccessPredictor predictor, IStateReader reader)
    {
        _prediction.Clear();
        for (var i = 0; i < expected.Length; i++)
        {
            expected[i] = new Expectation { Start = _prediction.Accesses.Count };
            Add(transactions[start + i], ref expected[i], predictor, reader);
            expected[i].Count = _prediction.Accesses.Count - expected[i].Start;
        }
    }

    private void Add(Transaction transaction, ref Expectation expected, IAccessPredictor predictor, IStateReader reader)
    {
        if (transaction.TryGetSender(out var sender))
        {
            expected.HasSender = true;
            expected.Sender = Location.OfAccount(in sender);
        }
        foreach (var authorization in transaction.AuthorizationList)
        {
            if (authorization.TryRecoverAuthority(out var authority))
            {
                Write(Location.OfAccount(in authority));
                Write(Location.OfCode(in authority));
            }
        }
        expected.Gas = Math.Max(PlainTransferGas, Math.Min(transaction.GasLimit, UnknownGasMax));
        if (transaction.To is not { } to)
        {
            if (expected.HasSender)
            {
                Write(Location.OfCode(Evm.ContractAddress.FromNonce(in sender, transaction.Nonce)));
            }
            return;
        }
        if (!transaction.Value.IsZero)
        {
            expected.Paid = Location.OfAccount(in to);
        }
        if (transaction.Data.Length == 0 && transaction.GasLimit == PlainTransferGas)
        {
            return;
        }
        _prediction.Accesses.Add(new PredictedAccess(Location.OfCode(in to), IsWrite: false));
        Predict(transaction, ref expected, predictor, reader);
    }

    private void Predict(Transaction transaction, ref Expectation expected, IAccessPredictor predictor, IStateReader reader)
    {
        _prediction.Gas = 0;
        _prediction.Anchor = null;
        if (!predictor.TryPredict(transaction, reader, _prediction))
        {
            // EIP-2930: what the sender says that it touches is what it pays for.
            foreach (var entry in transaction.AccessList)
            {
                foreach (var key in entry.StorageKeys)
                {
                    Write(Location.OfSlot(entry.Address, in key));
                }
            }
            expected.IsUnknown = transaction.AccessList.Length == 0;
            return;
        }
        if (_prediction.Gas > 0)
        {
            expected.Gas = _prediction.Gas;
        }
        expected.Anchor = _prediction.Anchor;
    }

    private void Write(ulong location) => _prediction.Accesses.Add(new PredictedAccess(location, IsWrite: true));
}
