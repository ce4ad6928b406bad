using System.Buffers;
using System.Buffers.Binary;
using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>
/// One batch of changes on its way into a trie. Changes travel down together, divided by nibble at each branch, so that a node
/// that many changes go through is copied once; on the way up, branches that lost all but one child collapse.
/// </summary>
internal sealed class TrieUpdate<TValue>
    where TValue : struct, ITrieValue
{
    /// <summary>Fewer changes than this aren't worth a second thread.</summary>
    private const int ParallelThreshold = 512;

    /// <summary>From so many changes below a branch on, most of its children are on their way: they are asked for together.</summary>
    private const int PrefetchThreshold = 8;

    /// <summary>Fewer changes than this are sorted as they are.</summary>
    private const int PartsThreshold = 256;

    private readonly TrieChange<TValue>[] _changes;
    private readonly INodeSource? _source;
    private readonly int _parallelism;
    private readonly LeafMerge<TValue>? _merge;

    // The positions of the changes in the order of their keys, and the first 16 nibbles of each in that order. Rented: arrays of
    // this size made anew for each block would have the collector go through the whole heap.
    private readonly int[] _order;
    private readonly ulong[] _prefixes;

    private TrieUpdate(TrieChange<TValue>[] changes, int count, INodeSource? source, int parallelism, LeafMerge<TValue>? merge)
    {
        _changes = changes;
        _source = source;
        _parallelism = parallelism;
        _merge = merge;
        _order = ArrayPool<int>.Shared.Rent(count);
        _prefixes = ArrayPool<ulong>.Shared.Rent(count);
    }

    /// <summary>The root after the first <paramref name="count"/> changes.</summary>
    public static TrieNode? Apply(
        TrieNode? root, int depth, TrieChange<TValue>[] changes, int count, INodeSource? source, int parallelism, LeafMerge<TValue>? merge)
    {
        var update = new TrieUpdate<TValue>(changes, count, source, parallelism, merge);
        try
        {
            update.Sort(count, depth);
            return update.Update(root, 0, count, depth, parallelism > 1);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(update._order);
            ArrayPool<ulong>.Shared.Return(update._prefixes);
        }
    }

    /// <summary>Divides the changes by the two nibbles after the prefix that all share, then sorts each part, which is short and in the cache.</summary>
    private void Sort(int count, int depth)
    {
        if (count < PartsThreshold)
        {
            for (var i = 0; i < count; i++)
            {
                _order[i] = i;
                _prefixes[i] = Prefix(i);
            }
            SortPart(0, count);
            return;
        }
        var shift = Math.Max(0, 56 - (4 * depth));
        var ends = new int[257];
        for (var i = 0; i < count; i++)
        {
            ends[(int)(Prefix(i) >> shift & 255) + 1]++;
        }
        for (var part = 0; part < 256; part++)
        {
            ends[part + 1] += ends[part];
        }
        for (var i = 0; i < count; i++)
        {
            // Until a part is full, its place in the table is where its next change goes; then it is where the part ends.
            var place = ends[(int)(Prefix(i) >> shift & 255)]++;
            _order[place] = i;
            _prefixes[place] = Prefix(i);
        }
        WorkRanges.Run(256, count >= ParallelThreshold ? _parallelism : 1, 32, (from, to) =>
        {
            for (var part = from; part < to; part++)
            {
                SortPart(part == 0 ? 0 : ends[part - 1], ends[part]);
            }
        });
    }

    private ulong Prefix(int change) => BinaryPrimitives.ReadUInt64BigEndian(_changes[change].Key.Span);

    private void SortPart(int from, int to)
    {
        var count = to - from;
        var order = _order.AsSpan(from, count);
        var prefixes = _prefixes.AsSpan(from, count);
        prefixes.Sort(order);
        // Hashes rarely share eight bytes: those that do are put right by insertion.
        for (var i = 1; i < count; i++)
        {
            for (var j = i; j > 0 && prefixes[j] == prefixes[j - 1]; j--)
            {
                var comparison = _changes[order[j - 1]].Key.CompareTo(_changes[order[j]].Key);
                if (comparison == 0)
                {
                    throw new ArgumentException($"Two changes have the key {_changes[order[j]].Key}.");
                }
                if (comparison < 0)
                {
                    break;
                }
                (order[j - 1], order[j]) = (order[j], order[j - 1]);
            }
        }
    }

    private ref readonly TrieChange<TValue> Change(int index) => ref _changes[_order[index]];

    /// <summary>Applies changes [from, to), all of which lie below this place.</summary>
    private TrieNode? Update(TrieNode? node, int from, int to, int depth, bool inParallel = false)
    {
        if (from == to)
        {
            return node;
        }
        return node switch
        {
            null => Build(null, from, to, depth),
            LeafNode<TValue> leaf => Build(leaf, from, to, depth),
            BranchNode branch => UpdateBranch(branch, from, to, depth, inParallel),
            ExtensionNode extension => UpdateExtension(extension, from, to, depth),
            _ => Update(Load(node, TriePath.Of(in Change(from).Key, depth)), from, to, depth),
        };
    }

    /// <summary>Makes the nodes for one leaf at most and changes [from, to).</summary>
    private TrieNode? Build(LeafNode<TValue>? existing, int from, int to, int depth)
    {
        if (from == to)
        {
            return existing?.At(depth);
        }
        ref readonly var first = ref Change(from);
        if (to - from == 1 && (existing is null || existing.Key == first.Key))
        {
            return first.IsRemoval ? null
                : existing is null || _merge is null ? new LeafNode<TValue>(in first.Key, depth, in first.Value)
                : new LeafNode<TValue>(in first.Key, depth, _merge(in existing.Value, in first.Value));
        }
        var common = NibblePaths.CommonPrefix(in first.Key, in Change(to - 1).Key, depth, TriePath.MaxLength);
        if (existing is not null)
        {
            common = NibblePaths.CommonPrefix(in first.Key, in existing.Key, depth, common);
        }
        var children = default(TrieChildren);
        var existingNibble = existing?.Key.Nibble(common) ?? -1;
        if (existing is not null)
        {
            children[existingNibble] = existing;
        }
        while (from < to)
        {
            var nibble = NibbleOf(from, common);
            var end = EndOfNibble(from, to, common, nibble);
            children[nibble] = Build(nibble == existingNibble ? existing : null, from, end, common + 1);
            from = end;
        }
        if (existing is not null && ReferenceEquals(children[existingNibble], existing))
        {
            children[existingNibble] = existing.At(common + 1);
        }
        return Assemble(in children, in first.Key, depth, common);
    }

    private TrieNode? UpdateBranch(BranchNode branch, int from, int to, int depth, bool inParallel)
    {
        var children = default(TrieChildren);
        branch.Children.CopyTo(children);
        ref readonly var key = ref Change(from).Key;
        var changed = UpdateChildren(ref children, from, to, depth, inParallel);
        return changed != 0 ? Assemble(in children, in key, depth, depth, branch, changed) : branch;
    }

    private TrieNode? UpdateExtension(ExtensionNode extension, int from, int to, int depth)
    {
        var common = NibblePaths.CommonPrefix(in Change(from).Key, in extension.Key, depth, extension.End);
        common = NibblePaths.CommonPrefix(in Change(to - 1).Key, in extension.Key, depth, common);
        if (common == extension.End)
        {
            var child = Update(extension.Child, from, to, extension.End);
            return ReferenceEquals(child, extension.Child) ? extension
                : child is null ? null
                : Lift(child, TriePath.Of(in extension.Key, extension.End), depth);
        }
        var children = default(TrieChildren);
        children[extension.Key.Nibble(common)] = common + 1 == extension.End
            ? extension.Child
            : new ExtensionNode(in extension.Key, common + 1, extension.End, extension.Child);
        return UpdateChildren(ref children, from, to, common, inParallel: false) != 0 ? Assemble(in children, in extension.Key, depth, common) : extension;
    }

    /// <summary>Applies changes to the children of a branch at this depth; returns a bit for each child that is another than before.</summary>
    private int UpdateChildren(ref TrieChildren children, int from, int to, int depth, bool inParallel)
    {
        if (inParallel && to - from >= ParallelThreshold)
        {
            return UpdateChildrenInParallel(ref children, from, to, depth);
        }
        if (to - from >= PrefetchThreshold)
        {
            foreach (var child in (ReadOnlySpan<TrieNode?>)children)
            {
                child?.PrefetchWhole();
            }
        }
        var changed = 0;
        while (from < to)
        {
            var nibble = NibbleOf(from, depth);
            var end = EndOfNibble(from, to, depth, nibble);
            var before = children[nibble];
            var after = Update(before, from, end, depth + 1);
            changed |= ReferenceEquals(before, after) ? 0 : 1 << nibble;
            children[nibble] = after;
            from = end;
        }
        return changed;
    }

    /// <summary>The same with a thread for a nibble: each touches its own subtree and its own place in the array.</summary>
    private int UpdateChildrenInParallel(ref TrieChildren children, int from, int to, int depth)
    {
        var nodes = new TrieNode?[16];
        ((ReadOnlySpan<TrieNode?>)children).CopyTo(nodes);
        var bounds = new int[17];
        bounds[0] = from;
        for (var nibble = 0; nibble < 16; nibble++)
        {
            bounds[nibble + 1] = EndOfNibble(bounds[nibble], to, depth, nibble);
        }
        WorkRanges.RunEach(16, _parallelism, nibble => nodes[nibble] = Update(nodes[nibble], bounds[nibble], bounds[nibble + 1], depth + 1));
        var changed = 0;
        for (var nibble = 0; nibble < 16; nibble++)
        {
            changed |= ReferenceEquals(children[nibble], nodes[nibble]) ? 0 : 1 << nibble;
            children[nibble] = nodes[nibble];
        }
        return changed;
    }

    private int EndOfNibble(int from, int to, int depth, int nibble)
    {
        while (from < to && NibbleOf(from, depth) == nibble)
        {
            from++;
        }
        return from;
    }

    private int NibbleOf(int index, int depth) =>
        depth < 16 ? (int)(_prefixes[index] >> (60 - (4 * depth))) & 15 : Change(index).Key.Nibble(depth);

    /// <summary>
    /// The node at <paramref name="depth"/> that stands for these children of a branch at <paramref name="branchDepth"/>; the key
    /// gives the nibbles above the branch. Where they follow those of another branch, it says which aren't the same.
    /// </summary>
    private TrieNode? Assemble(in TrieChildren children, in Hash256 key, int depth, int branchDepth, BranchNode? before = null, int changed = 0)
    {
        var count = 0;
        var last = 0;
        for (var nibble = 0; nibble < 16; nibble++)
        {
            if (children[nibble] is not null)
            {
                count++;
                last = nibble;
            }
        }
        if (count < 2)
        {
            return count == 0 ? null : Lift(children[last]!, TriePath.Of(in key, branchDepth).Append(last), depth);
        }
        var branch = before is null ? new BranchNode(in children) : new BranchNode(in children, before, changed);
        return branchDepth == depth ? branch : new ExtensionNode(in key, depth, branchDepth, branch);
    }

    /// <summary>The node at this depth under which a node of a deeper place is all there is.</summary>
    private TrieNode Lift(TrieNode node, TriePath path, int depth) => node switch
    {
        LeafNode<TValue> leaf => leaf.At(depth),
        ExtensionNode extension => new ExtensionNode(in extension.Key, depth, extension.End, extension.Child),
        BranchNode => new ExtensionNode(path.Nibbles, depth, path.Length, node),
        _ => Lift(Load(node, path), path, depth),
    };

    private TrieNode Load(TrieNode node, TriePath path)
    {
        var hash = ((HashNode)node).Hash;
        return _source is not null && _source.TryLoad(in path, in hash, out var loaded) ? loaded : throw new MissingNodeException(path, hash);
    }
}
