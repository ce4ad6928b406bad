using Grid.Chain;
using Grid.Grains.Placement;
using Grid.Primitives;

namespace Grid.Grains.Pool;

/// <summary>What became of one submitted raw transaction.</summary>
/// <param name="Hash">Null where the bytes are no transaction.</param>
public readonly record struct IntakeResult(Hash256? Hash, SubmitStatus Status, PoolRefusal Refusal, TransactionError Error);

/// <summary>
/// The way in, at the client's side: decodes raw transactions and recovers their senders on all cores, and hands them to the
/// pools of their senders, one message per pool.
/// </summary>
/// <param name="batchLimit">The most transactions of one batch.</param>
public sealed class TransactionIntake(IGrainFactory grains, ShardLayout layout, int batchLimit = TransactionIntake.DefaultBatchLimit)
{
    public const int DefaultBatchLimit = 10_000;

    /// <summary>Below this, a batch is decoded on the calling thread: starting others would cost more.</summary>
    private const int ParallelFrom = 8;

    private readonly ITransactionPoolGrain[] _pools =
        [.. Enumerable.Range(0, layout.Count).Select(shard => grains.GetGrain<ITransactionPoolGrain>(shard))];

    public int BatchLimit => batchLimit;

    /// <summary>Submits the transactions and returns one result each, in order. What is accepted is durable.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More transactions than <see cref="BatchLimit"/>.</exception>
    public async Task<IntakeResult[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> raw)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(raw.Count, batchLimit, nameof(raw));
        var results = new IntakeResult[raw.Count];
        var transactions = new Transaction?[raw.Count];
        if (raw.Count < ParallelFrom)
        {
            for (var i = 0; i < raw.Count; i++)
            {
                transactions[i] = Decode(raw[i], out results[i]);
            }
        }
        else
        {
            Parallel.For(0, raw.Count, i => transactions[i] = Decode(raw[i], out results[i]));
        }
        await Task.WhenAll(
            Enumerable.Range(0, raw.Count)
                .Where(i => transactions[i] is not null)
                .GroupBy(i => layout.ShardOf(transactions[i]!.Sender))
                .Select(async group =>
                {
                    var indices = group.ToArray();
                    var answers = await _pools[group.Key].Submit(new TransactionBatch([.. indices.Select(i => transactions[i]!)]));
                    for (var k = 0; k < indices.Length; k++)
                    {
                        results[indices[k]] = new IntakeResult(answers[k].Hash, answers[k].Status, answers[k].Refusal, answers[k].Error);
                    }
                }));
        return results;
    }

    /// <summary>The pool that has, or would have, the transactions of a sender.</summary>
    public ITransactionPoolGrain PoolOf(in Address sender) => _pools[layout.ShardOf(in sender)];

    private static Transaction? Decode(ReadOnlyMemory<byte> raw, out IntakeResult result)
    {
        if (!Transaction.TryDecode(raw.Span, out var transaction, out var error))
        {
            result = new IntakeResult(null, SubmitStatus.Rejected, PoolRefusal.Invalid, error);
            return null;
        }
        result = default;
        if (transaction.TryGetSender(out _))
        {
            return transaction;
        }
        result = new IntakeResult(transaction.Hash, SubmitStatus.Rejected, PoolRefusal.Invalid, new TransactionError(TransactionErrorCode.InvalidSignature));
        return null;
    }
}
