using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Chain;

/// <summary>
/// An RLP list in one array, and where the items lie in it that a root is made of: encoded once, for the root and for the journal. Immutable.
/// </summary>
/// <param name="Bytes">The list with its header.</param>
/// <param name="Items">The bytes that are the leaves' values: where an item stands as a string, what is inside of it.</param>
public sealed record EncodedList(byte[] Bytes, MessageRange[] Items)
{
    /// <summary>The fewest items that are worth a second thread.</summary>
    internal const int ItemsPerRange = 256;

    /// <summary>The root of the trie from index to item.</summary>
    /// <param name="parallelism">How many threads may work at once.</param>
    public Hash256 ComputeRoot(int parallelism = 1) => OrderedTrieRoot.Compute(Bytes, Items, parallelism);

    /// <summary>A block's list of transactions.</summary>
    /// <param name="parallelism">How many threads may work at once.</param>
    public static EncodedList Of(Transaction[] transactions, int parallelism = 1)
    {
        var items = new MessageRange[transactions.Length];
        WorkRanges.Run(items.Length, parallelism, ItemsPerRange, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var length = transactions[i].Encoded.Length;
                items[i] = new MessageRange(StringHeader(transactions[i], length), length);
            }
        });
        var payload = 0;
        foreach (ref var item in items.AsSpan())
        {
            payload = checked(payload + item.Offset);
            item = item with { Offset = payload };
            payload = checked(payload + item.Length);
        }
        var bytes = Allocate(payload, out var header);
        WorkRanges.Run(items.Length, parallelism, ItemsPerRange, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                ref var item = ref items[i];
                item = item with { Offset = item.Offset + header };
                transactions[i].Encoded.CopyTo(bytes.AsSpan(item.Offset));
                if (StringHeader(transactions[i], item.Length) is > 0 and var room)
                {
                    RlpWriter.WriteHeader(bytes.AsSpan(item.Offset - room), item.Length, 0x80);
                }
            }
        });
        return new EncodedList(bytes, items);
    }

    /// <summary>An array for a list with this payload, its header written.</summary>
    internal static byte[] Allocate(int payload, out int header)
    {
        header = RlpWriter.HeaderLength(payload);
        var bytes = GC.AllocateUninitializedArray<byte>(checked(header + payload));
        RlpWriter.WriteHeader(bytes, payload, 0xc0);
        return bytes;
    }

    /// <summary>A legacy transaction is a list itself; a typed one stands as a string.</summary>
    private static int StringHeader(Transaction transaction, int length) =>
        transaction.Type == TransactionType.Legacy ? 0 : RlpWriter.HeaderLength(length);
}
