using System.Buffers;
using System.Numerics;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.State.Trie;

/// <summary>
/// The root of a list (Yellow Paper, section 4.3.2): a trie from the RLP of each index to an item, as for transactions, receipts
/// and withdrawals.
/// </summary>
/// <remarks>
/// The keys and so the shape of the trie follow from the number of items, so no nodes are made: leaves are encoded into batches that
/// are hashed several at a time, then branches, level by level from below. A node's reference stands at the place of its first leaf: what
/// is in that place is used up when the node is made. Threads share the work by ranges of leaves, or of a level's branches, whose places are disjoint.
/// </remarks>
public static class OrderedTrieRoot
{
    /// <summary>The most leaves and branches of a range that one thread does alone.</summary>
    private const int LeavesPerRange = 256, BranchesPerRange = 64;

    /// <summary>The root hash; that of an empty trie for no items.</summary>
    /// <param name="items">The encoded items; none is empty.</param>
    public static Hash256 Compute(IReadOnlyList<ReadOnlyMemory<byte>> items)
    {
        var ranges = new MessageRange[items.Count];
        var length = 0;
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = new MessageRange(length, items[i].Length);
            length = checked(length + items[i].Length);
        }
        var bytes = new byte[length];
        for (var i = 0; i < ranges.Length; i++)
        {
            items[i].CopyTo(bytes.AsMemory(ranges[i].Offset));
        }
        return Compute(bytes, ranges);
    }

    /// <summary>The same of items that lie anywhere in one buffer.</summary>
    /// <param name="parallelism">How many threads may work at once.</param>
    public static Hash256 Compute(ReadOnlyMemory<byte> buffer, MessageRange[] items, int parallelism = 1)
    {
        if (items.Length == 0)
        {
            return Keccak256.OfEmptyString;
        }
        var references = ArrayPool<NodeReference>.Shared.Rent(items.Length);
        try
        {
            WorkRanges.Run(items.Length, parallelism, LeavesPerRange, (from, to) => HashLeaves(buffer.Span, items, references, from, to));
            foreach (var level in BranchesByDepth(items.Length))
            {
                WorkRanges.Run(level.Count, parallelism, BranchesPerRange, (from, to) => HashBranches(level, references, items.Length, from, to));
            }
            return references[0].ToRootHash();
        }
        finally
        {
            ArrayPool<NodeReference>.Shared.Return(references);
        }
    }

    private static void HashLeaves(ReadOnlySpan<byte> buffer, MessageRange[] items, NodeReference[] references, int from, int to)
    {
        var batch = ReferenceBatch.OfThread(references);
        for (var place = from; place < to; place++)
        {
            var key = IndexKey.At(place, items.Length);
            var depth = items.Length == 1 ? 0 : 1 + Math.Max(
                place == 0 ? 0 : key.CommonPrefix(IndexKey.At(place - 1, items.Length)),
                place == items.Length - 1 ? 0 : key.CommonPrefix(IndexKey.At(place + 1, items.Length)));
            var (offset, length) = items[IndexKey.IndexAt(place, items.Length)];
            var destination = batch.Reserve(length + (2 * NodeEncoding.HeaderRoom) + 10);
            batch.Add(place, WriteLeaf(destination, key, depth, buffer.Slice(offset, length)));
        }
        batch.Flush();
    }

    private static int WriteLeaf(Span<byte> destination, IndexKey key, int depth, ReadOnlySpan<byte> item)
    {
        Span<byte> path = stackalloc byte[10];
        path = path[..key.WritePath(path, depth, key.NibbleCount, isLeaf: true)];
        var isOwnEncoding = item.Length == 1 && item[0] < 0x80;
        var itemHeader = isOwnEncoding ? 0 : RlpWriter.HeaderLength(item.Length);
        var at = RlpWriter.WriteHeader(destination, path.Length + itemHeader + item.Length, 0xc0);
        path.CopyTo(destination[at..]);
        at += path.Length;
        if (!isOwnEncoding)
        {
            at += RlpWriter.WriteHeader(destination[at..], item.Length, 0x80);
        }
        item.CopyTo(destination[at..]);
        return at + item.Length;
    }

    /// <summary>Leaves [From, To) in the order of their keys, a branch at Common above them, and an extension above it where it doesn't begin at Depth.</summary>
    private readonly record struct Branch(int From, int To, int Depth, int Common);

    /// <summary>The branches of a trie with this many leaves: those of the deepest level first.</summary>
    private static IEnumerable<List<Branch>> BranchesByDepth(int count)
    {
        var levels = new List<List<Branch>>();
        if (count > 1)
        {
            Collect(levels, new Branch(0, count, 0, 0), count);
        }
        levels.Reverse();
        return levels.Where(level => level.Count > 0);
    }

    private static void Collect(List<List<Branch>> levels, Branch node, int count)
    {
        // No encoding of an index starts another's, so the first and the last key differ within both.
        var common = IndexKey.At(node.From, count).CommonPrefix(IndexKey.At(node.To - 1, count));
        while (levels.Count <= common)
        {
            levels.Add([]);
        }
        levels[common].Add(node with { Common = common });
        for (var from = node.From; from < node.To;)
        {
            var to = EndOfChild(from, node.To, common, count);
            if (to - from > 1)
            {
                Collect(levels, new Branch(from, to, common + 1, 0), count);
            }
            from = to;
        }
    }

    /// <summary>The first place after <paramref name="from"/> whose key has another nibble at this depth: keys ascend, so halving finds it.</summary>
    private static int EndOfChild(int from, int to, int depth, int count)
    {
        var nibble = IndexKey.At(from, count).Nibble(depth);
        for (var low = from + 1; low < to;)
        {
            var middle = (low + to) >>> 1;
            if (IndexKey.At(middle, count).Nibble(depth) == nibble)
            {
                low = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return to;
    }

    private static void HashBranches(List<Branch> level, NodeReference[] references, int count, int from, int to)
    {
        var batch = ReferenceBatch.OfThread(references);
        for (var i = from; i < to; i++)
        {
            var branch = level[i];
            batch.Add(branch.From, WriteBranch(batch.Reserve(BranchRoom), branch, references, count));
        }
        batch.Flush();
        for (var i = from; i < to; i++)
        {
            var branch = level[i];
            if (branch.Common > branch.Depth)
            {
                batch.Add(branch.From, WriteExtension(batch.Reserve(BranchRoom), branch, in references[branch.From], count));
            }
        }
        batch.Flush();
    }

    // Sixteen hashes of 33 bytes, an empty value, a header of three bytes.
    private const int BranchRoom = 532;

    private static int WriteBranch(Span<byte> destination, Branch branch, NodeReference[] references, int count)
    {
        var at = 3;
        var from = branch.From;
        for (var nibble = 0; nibble < 16; nibble++)
        {
            if (from < branch.To && IndexKey.At(from, count).Nibble(branch.Common) == nibble)
            {
                at += references[from].WriteTo(destination[at..]);
                from = EndOfChild(from, branch.To, branch.Common, count);
            }
            else
            {
                destination[at++] = 0x80;
            }
        }
        destination[at++] = 0x80;
        return NodeEncoding.PutHeader(destination, at - 3);
    }

    private static int WriteExtension(Span<byte> destination, Branch branch, in NodeReference child, int count)
    {
        var at = 3 + IndexKey.At(branch.From, count).WritePath(destination[3..], branch.Depth, branch.Common, isLeaf: false);
        at += child.WriteTo(destination[at..]);
        return NodeEncoding.PutHeader(destination, at - 3);
    }
}

/// <summary>The RLP of an index: the bytes at the top of the word, then zeros.</summary>
internal readonly record struct IndexKey(ulong Bytes, int NibbleCount)
{
    /// <summary>The key at a place in their order as bytes: 1 to 127 are a byte below 0x80, 0 is 0x80, the others start above.</summary>
    public static IndexKey At(int place, int count) => Of(IndexAt(place, count));

    public static int IndexAt(int place, int count)
    {
        var small = Math.Min(count, 0x80);
        return place >= small ? place : place == small - 1 ? 0 : place + 1;
    }

    private static IndexKey Of(int index)
    {
        if (index is > 0 and < 0x80)
        {
            return new IndexKey((ulong)index << 56, 2);
        }
        var length = (39 - BitOperations.LeadingZeroCount((uint)index)) >> 3;
        var bytes = ((ulong)(0x80 + length) << 56) | (length == 0 ? 0 : (ulong)index << (56 - (8 * length)));
        return new IndexKey(bytes, 2 + (2 * length));
    }

    public int Nibble(int index) => (int)(Bytes >> (60 - (4 * index))) & 15;

    /// <summary>The nibbles at the start that are equal in two different keys.</summary>
    public int CommonPrefix(IndexKey other) => BitOperations.LeadingZeroCount(Bytes ^ other.Bytes) >> 2;

    /// <summary>Writes the hex-prefix encoding (Yellow Paper, appendix C) of some nibbles as an RLP string.</summary>
    public int WritePath(Span<byte> destination, int from, int to, bool isLeaf)
    {
        var flag = isLeaf ? 0x20 : 0;
        var isOdd = ((to - from) & 1) != 0;
        var first = (byte)(isOdd ? flag | 0x10 | Nibble(from++) : flag);
        var length = 1 + ((to - from) >> 1);
        if (length == 1)
        {
            // A flag byte with at most one nibble is below 0x80: it is its own encoding.
            destination[0] = first;
            return 1;
        }
        destination[0] = (byte)(0x80 + length);
        destination[1] = first;
        for (var i = 1; i < length; i++, from += 2)
        {
            destination[1 + i] = (byte)((Nibble(from) << 4) | Nibble(from + 1));
        }
        return 1 + length;
    }
}
