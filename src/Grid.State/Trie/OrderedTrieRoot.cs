using System.Runtime.InteropServices;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.State.Trie;

/// <summary>
/// The root of a list (Yellow Paper, section 4.3.2): a trie from the RLP of each index to an item, as for transactions, receipts
/// and withdrawals.
/// </summary>
public static class OrderedTrieRoot
{
    /// <summary>The root hash; that of an empty trie for no items.</summary>
    /// <param name="items">The encoded items; none is empty.</param>
    public static Hash256 Compute(IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        var root = items.Count == 0 ? null : Build(items, InKeyOrder(items.Count), depth: 0);
        if (root is not null)
        {
            TrieHasher.HashNow(root);
        }
        return NodeEncoding.RootHash(root);
    }

    private readonly record struct IndexKey(int Index, Hash256 Key, byte NibbleCount);

    /// <summary>The keys in their order as bytes: 1 to 127 are a byte below 0x80, 0 is 0x80, the others start above.</summary>
    private static IndexKey[] InKeyOrder(int count)
    {
        var keys = new IndexKey[count];
        var at = 0;
        for (var i = 1; i < Math.Min(count, 0x80); i++)
        {
            keys[at++] = KeyOf(i);
        }
        keys[at++] = KeyOf(0);
        for (var i = 0x80; i < count; i++)
        {
            keys[at++] = KeyOf(i);
        }
        return keys;
    }

    private static IndexKey KeyOf(int index)
    {
        var key = default(Hash256);
        var bytes = MemoryMarshal.AsBytes(new Span<Hash256>(ref key));
        var length = RlpPieces.WriteInteger(bytes, new UInt256((ulong)index));
        return new IndexKey(index, key, (byte)(length * 2));
    }

    private static TrieNode Build(IReadOnlyList<ReadOnlyMemory<byte>> items, ReadOnlySpan<IndexKey> keys, int depth)
    {
        ref readonly var first = ref keys[0];
        if (keys.Length == 1)
        {
            return new ItemNode(first.Key, depth, first.NibbleCount, items[first.Index]);
        }
        // No encoding of an index starts another's, so the first and the last key differ within both.
        var common = NibblePaths.CommonPrefix(first.Key, keys[^1].Key, depth, TriePath.MaxLength);
        var children = default(TrieChildren);
        var from = 0;
        while (from < keys.Length)
        {
            var nibble = keys[from].Key.Nibble(common);
            var to = from + 1;
            while (to < keys.Length && keys[to].Key.Nibble(common) == nibble)
            {
                to++;
            }
            children[nibble] = Build(items, keys[from..to], common + 1);
            from = to;
        }
        var branch = new BranchNode(in children);
        return common == depth ? branch : new ExtensionNode(first.Key, depth, common, branch);
    }

    /// <summary>A leaf whose key ends where it does, with bytes for a value.</summary>
    private sealed class ItemNode(in Hash256 key, int depth, int end, ReadOnlyMemory<byte> item) : TrieNode
    {
        private readonly Hash256 _key = key;

        internal override int MaxEncodedLength => NodeEncoding.HeaderRoom + 34 + 5 + item.Length;

        internal override int Encode(Span<byte> destination)
        {
            var bytes = item.Span;
            var at = NodeEncoding.HeaderRoom;
            at += NodeEncoding.WritePath(destination[at..], in _key, depth, end, isLeaf: true);
            if (bytes.Length != 1 || bytes[0] >= 0x80)
            {
                at += RlpWriter.WriteHeader(destination[at..], bytes.Length, 0x80);
            }
            bytes.CopyTo(destination[at..]);
            at += bytes.Length;
            return NodeEncoding.PutHeader(destination, at - NodeEncoding.HeaderRoom, NodeEncoding.HeaderRoom);
        }
    }
}
