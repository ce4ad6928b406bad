using Grid.Chain;
using Grid.Primitives;

namespace Grid.Grains.Coordinator;

/// <summary>Makes one order out of what the pools offer.</summary>
public static class OfferMerge
{
    /// <summary>
    /// By what a transaction pays the beneficiary, then by the pool's number; within one pool the pool's own order, which has each
    /// sender's nonces ascending. Ends at the count; the gas limit is the executor's.
    /// </summary>
    public static Transaction[] Merge(IReadOnlyList<Transaction[]> offers, UInt256 baseFeePerGas, int countMax)
    {
        var total = Math.Min(countMax, offers.Sum(offer => offer.Length));
        var merged = new Transaction[total];
        var heads = new PriorityQueue<(int Pool, int Index), (UInt256 Negated, int Pool)>(offers.Count);
        for (var pool = 0; pool < offers.Count; pool++)
        {
            Push(pool, 0);
        }
        for (var i = 0; i < total; i++)
        {
            var (pool, index) = heads.Dequeue();
            merged[i] = offers[pool][index];
            Push(pool, index + 1);
        }
        return merged;

        void Push(int pool, int index)
        {
            if (index < offers[pool].Length)
            {
                // The queue gives the smallest first, and the highest price is wanted.
                heads.Enqueue((pool, index), (~offers[pool][index].EffectivePriorityFee(in baseFeePerGas), pool));
            }
        }
    }
}
