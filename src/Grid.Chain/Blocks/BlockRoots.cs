using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State.Trie;

namespace Grid.Chain;

/// <summary>The roots of a block's lists (Yellow Paper, section 4.4.3).</summary>
public static class BlockRoots
{
    public static Hash256 OfTransactions(IReadOnlyList<Transaction> transactions)
    {
        var items = new ReadOnlyMemory<byte>[transactions.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = transactions[i].EncodedMemory;
        }
        return OrderedTrieRoot.Compute(items);
    }

    public static Hash256 OfReceipts(IReadOnlyList<Receipt> receipts) => OfEncoded(receipts, static (receipt, writer) => receipt.Encode(writer));

    public static Hash256 OfWithdrawals(IReadOnlyList<Withdrawal> withdrawals) => OfEncoded(withdrawals, static (withdrawal, writer) => withdrawal.Encode(writer));

    /// <summary>Encodes all items into one buffer, of which each is a slice.</summary>
    private static Hash256 OfEncoded<T>(IReadOnlyList<T> list, Action<T, RlpWriter> encode)
    {
        if (list.Count == 0)
        {
            return OrderedTrieRoot.Compute([]);
        }
        var writer = RlpBuffers.Rent();
        var item = RlpBuffers.Rent();
        var ends = new int[list.Count];
        for (var i = 0; i < ends.Length; i++)
        {
            item.Clear();
            encode(list[i], item);
            writer.WriteRaw(item.Written);
            ends[i] = writer.Length;
        }
        var bytes = writer.ToArray();
        RlpBuffers.Return(item);
        RlpBuffers.Return(writer);
        var items = new ReadOnlyMemory<byte>[ends.Length];
        for (var i = 0; i < ends.Length; i++)
        {
            var start = i == 0 ? 0 : ends[i - 1];
            items[i] = bytes.AsMemory(start, ends[i] - start);
        }
        return OrderedTrieRoot.Compute(items);
    }
}
