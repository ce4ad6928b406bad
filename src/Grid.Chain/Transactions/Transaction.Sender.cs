using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain;

public sealed partial class Transaction
{
    /// <summary>Transactions that one thread recovers at a time: some 50 µs each.</summary>
    private const int RecoveryBatch = 16;

    /// <summary>
    /// The account that signed, recovered on first use and kept; false where the signature is nobody's. A high s is accepted here: whether
    /// it is allowed depends on the fork (<see cref="TransactionErrorCode.SignatureSTooHigh"/>).
    /// </summary>
    public bool TryGetSender(out Address sender)
    {
        if (_senderKnown)
        {
            sender = _sender;
            return true;
        }
        if (!Secp256k1.TryRecover(SigningHash, R, S, YParity, out sender))
        {
            return false;
        }
        SetSender(in sender);
        return true;
    }

    /// <summary>Recovers the senders that aren't known yet on up to this many threads. Signatures that are nobody's are left as they are.</summary>
    public static void RecoverSenders(IReadOnlyList<Transaction> transactions, int maxThreads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxThreads);
        var batches = (transactions.Count + RecoveryBatch - 1) / RecoveryBatch;
        if (maxThreads == 1 || batches <= 1)
        {
            foreach (var transaction in transactions)
            {
                transaction.TryGetSender(out _);
            }
            return;
        }
        Parallel.For(0, batches, new ParallelOptions { MaxDegreeOfParallelism = maxThreads }, batch =>
        {
            var end = Math.Min((batch + 1) * RecoveryBatch, transactions.Count);
            for (var i = batch * RecoveryBatch; i < end; i++)
            {
                transactions[i].TryGetSender(out _);
            }
        });
    }
}
