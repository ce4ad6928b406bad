using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.Chain;

/// <summary>The roots of a block's lists (Yellow Paper, section 4.4.3). Who keeps the encodings too takes them from <see cref="EncodedList"/>.</summary>
public static class BlockRoots
{
    public static Hash256 OfTransactions(Transaction[] transactions) => EncodedList.Of(transactions).ComputeRoot();

    public static Hash256 OfReceipts(Receipt[] receipts) => EncodedReceipts.Of(receipts).List.ComputeRoot();

    public static Hash256 OfWithdrawals(IReadOnlyList<Withdrawal> withdrawals)
    {
        if (withdrawals.Count == 0)
        {
            return Keccak256.OfEmptyString;
        }
        var writer = RlpBuffers.Rent();
        var items = new MessageRange[withdrawals.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var start = writer.Length;
            withdrawals[i].Encode(writer);
            items[i] = new MessageRange(start, writer.Length - start);
        }
        var root = OrderedTrieRoot.Compute(writer.ToArray(), items);
        RlpBuffers.Return(writer);
        return root;
    }
}
