using Grid.Primitives;
using Grid.State.Stored;
using Grid.State.Trie;

namespace Grid.State;

/// <summary>What becomes of one account in a shard: its leaf, or its removal.</summary>
/// <param name="Key">Keccak-256 of the address.</param>
/// <param name="Leaf">
/// The record with its storage root, and the storage trie where it is here; or <see cref="AccountLeaf.KeepingStorage"/>; null removes
/// the account.
/// </param>
public readonly record struct LeafChange(Hash256 Key, AccountLeaf? Leaf);

/// <summary>
/// The slice of the account trie below a prefix. Immutable: applying a batch makes a new shard, and the old one stays what it
/// was, so rolling back is keeping it.
/// </summary>
public sealed class StateShard
{
    private readonly MerkleTrie<AccountLeaf> _accounts;

    private StateShard(TriePath prefix, MerkleTrie<AccountLeaf> accounts, IShardNodes? nodes)
    {
        Prefix = prefix;
        Nodes = nodes;
        _accounts = accounts;
    }

    /// <summary>A shard without accounts.</summary>
    /// <param name="nodes">Where nodes come from later that aren't in memory.</param>
    public static StateShard Empty(TriePath prefix, IShardNodes? nodes = null) => new(prefix, new MerkleTrie<AccountLeaf>(null, prefix.Length), nodes);

    /// <summary>A stored shard, of which no more than the top is in memory yet.</summary>
    /// <param name="root">The top of its slice.</param>
    /// <exception cref="MissingNodeException">The store hasn't got the top.</exception>
    public static StateShard Stored(TriePath prefix, in SliceRoot root, IShardNodes nodes)
    {
        var top = root.Kind switch
        {
            SliceKind.Empty => null,
            SliceKind.Leaf => new LeafNode<AccountLeaf>(root.Key, prefix.Length, AccountLeaf.Stored(root.Record)),
            SliceKind.Extension => root.ToNode(prefix.Length),
            _ => nodes.TryLoad(in prefix, root.Hash, out var branch) ? branch : throw new MissingNodeException(prefix, root.Hash),
        };
        if (top is { HasReference: false })
        {
            TrieHasher.HashNow(top);
        }
        return new StateShard(prefix, new MerkleTrie<AccountLeaf>(top, prefix.Length), nodes);
    }

    /// <summary>The nibbles that the keys of all its accounts start with.</summary>
    public TriePath Prefix { get; }

    public MerkleTrie<AccountLeaf> Accounts => _accounts;

    /// <summary>Where nodes come from that aren't in memory; null when all are.</summary>
    public IShardNodes? Nodes { get; }

    /// <summary>Looks an account up by the hash of its address; null when there is none. False when it isn't at hand.</summary>
    public bool TryGet(in Hash256 key, out AccountLeaf? leaf)
    {
        var complete = _accounts.TryFind(in key, out var node) || (Nodes is not null && _accounts.TryFind(in key, Nodes, out node));
        leaf = node?.Value;
        return complete;
    }

    /// <summary>Looks a slot up by the hashes of an address and of the slot; zero where there is none. False when it isn't at hand.</summary>
    public bool TryGetSlot(in Hash256 key, in Hash256 slot, out UInt256 value)
    {
        value = default;
        if (!TryGet(in key, out var found))
        {
            return false;
        }
        if (found is not { Record.HasStorage: true } account)
        {
            return true;
        }
        if (account.Storage is not { } storage
            || (!storage.TryFind(in slot, out var leaf) && (Nodes is null || !storage.TryFind(in slot, Nodes.StorageOf(in key), out leaf))))
        {
            return false;
        }
        value = leaf?.Value.Value ?? default;
        return true;
    }

    /// <summary>
    /// Brings the leaves of accounts into the processor's cache: goes down with several keys at once, so that the waits for memory overlap, of
    /// which a look-up has one after the other for each level. What isn't in memory is loaded, of all keys together.
    /// </summary>
    /// <param name="shards">By prefix; null for one that isn't here.</param>
    /// <param name="prefixNibbles">1 or 2.</param>
    /// <param name="keys">Keccak-256 of the addresses.</param>
    public static void Warm(ReadOnlySpan<StateShard?> shards, int prefixNibbles, ReadOnlySpan<Hash256> keys)
    {
        const int Together = 16;
        List<(StateShard Shard, Hash256 Key)>? unloaded = null;
        while (!keys.IsEmpty)
        {
            var count = Math.Min(Together, keys.Length);
            var nodes = default(TrieChildren);
            for (var i = 0; i < count; i++)
            {
                nodes[i] = shards[keys[i].Span[0] >> (8 - (4 * prefixNibbles))]?._accounts.Root;
            }
            var isGoingOn = true;
            for (var depth = prefixNibbles; isGoingOn; depth++)
            {
                isGoingOn = false;
                for (var i = 0; i < count; i++)
                {
                    if (nodes[i] is BranchNode branch)
                    {
                        nodes[i] = branch.Children[keys[i].Nibble(depth)];
                        isGoingOn = true;
                    }
                    else if (nodes[i] is LeafNode<AccountLeaf> leaf)
                    {
                        leaf.Prefetch();
                        nodes[i] = null;
                    }
                    else if (nodes[i] is HashNode && shards[keys[i].Span[0] >> (8 - (4 * prefixNibbles))] is { Nodes: not null } shard)
                    {
                        (unloaded ??= []).Add((shard, keys[i]));
                        nodes[i] = null;
                    }
                }
            }
            keys = keys[count..];
        }
        if (unloaded is not null)
        {
            foreach (var group in unloaded.GroupBy(x => x.Shard.Nodes!))
            {
                NodeBatch<AccountLeaf>.Load(group.Key, group.Select(x => (x.Shard._accounts, x.Key)));
            }
        }
    }

    /// <summary>Has accounts at hand before they are looked at one by one, where the store is some way off: asks it for all of them together.</summary>
    /// <param name="keys">Keccak-256 of the addresses, all below the prefix.</param>
    public void LoadDistant(ReadOnlySpan<Hash256> keys) => NodeBatch<AccountLeaf>.LoadDistant(Nodes, _accounts, keys);

    /// <summary>The same with slots of one account; nothing where it has no storage.</summary>
    /// <param name="key">Keccak-256 of the address.</param>
    /// <param name="slots">Keccak-256 of the slots.</param>
    public void LoadDistant(in Hash256 key, ReadOnlySpan<Hash256> slots)
    {
        if (Nodes is { IsDistant: true } nodes && TryGet(in key, out var leaf) && leaf is { Storage: { } storage })
        {
            NodeBatch<SlotValue>.LoadDistant(nodes.StorageOf(in key), storage, slots);
        }
    }

    /// <summary>This shard with changes applied.</summary>
    /// <param name="changes">In any order, each key once, all below the prefix.</param>
    /// <exception cref="ArgumentException">A key occurs twice, or belongs to another shard.</exception>
    /// <exception cref="MissingNodeException">A node was needed that neither memory nor <see cref="Nodes"/> had.</exception>
    public StateShard Apply(ReadOnlySpan<LeafChange> changes)
    {
        if (changes.IsEmpty)
        {
            return this;
        }
        var batch = new TrieChange<AccountLeaf>[changes.Length];
        for (var i = 0; i < changes.Length; i++)
        {
            ref readonly var change = ref changes[i];
            batch[i] = new TrieChange<AccountLeaf>(change.Key, change.Leaf.GetValueOrDefault(), change.Leaf is null);
        }
        return Apply(batch, batch.Length);
    }

    /// <summary>The same with the first changes of a rented array.</summary>
    /// <exception cref="ArgumentException">A key occurs twice, or belongs to another shard.</exception>
    /// <exception cref="MissingNodeException">A node was needed that neither memory nor <see cref="Nodes"/> had.</exception>
    public StateShard Apply(TrieChange<AccountLeaf>[] changes, int count)
    {
        if (count == 0)
        {
            return this;
        }
        foreach (ref readonly var change in changes.AsSpan(0, count))
        {
            if (!Prefix.Contains(in change.Key))
            {
                throw new ArgumentException($"The key {change.Key} doesn't belong to shard '{Prefix}'.", nameof(changes));
            }
        }
        var after = _accounts.Update(changes, count, Nodes, parallelism: 1, AccountLeaf.Merge);
        return ReferenceEquals(after, _accounts) ? this : new StateShard(Prefix, after, Nodes);
    }

    /// <summary>
    /// The slice's part of an account's proof, which <see cref="StateRoot.Prove"/> puts behind the nodes above the slice: the first branch on the way
    /// to the key, and what follows it. A leaf or an extension at the slice's top is among the nodes above, because its path begins there.
    /// </summary>
    /// <param name="key">Keccak-256 of the address.</param>
    /// <exception cref="MissingNodeException">A node on the way was needed that neither memory nor <see cref="Nodes"/> had.</exception>
    public byte[][] Prove(in Hash256 key)
    {
        var proof = new List<byte[]>();
        var depth = (int)Prefix.Length;
        if (_accounts.Root is { } root)
        {
            var top = TrieProof.AtHand(root, depth, in key, Nodes);
            var below = top is BranchNode ? top : TrieProof.Next(top, in key, ref depth);
            TrieProof.Collect(below, depth, in key, Nodes, isRoot: false, proof);
        }
        return [.. proof];
    }

    /// <summary>All storage of an account as a trie, and where those of its nodes come from that aren't in memory.</summary>
    /// <param name="key">Keccak-256 of the address.</param>
    /// <exception cref="MissingNodeException">The way to the account leads through a node that neither memory nor <see cref="Nodes"/> had.</exception>
    public MerkleTrie<SlotValue> StorageOf(in Hash256 key, out INodeSource? source)
    {
        source = Nodes?.StorageOf(in key);
        if (!TryGet(in key, out var leaf))
        {
            throw new MissingNodeException(TriePath.Of(in key, TriePath.MaxLength), key);
        }
        return leaf switch
        {
            { Storage: { } storage } => storage,
            { Record: { HasStorage: true } record } => throw new MissingNodeException(TriePath.Root, record.StorageRoot),
            _ => MerkleTrie<SlotValue>.Empty,
        };
    }

    /// <summary>
    /// Lets go of what the store has and nobody has used lately: this round of use or the last one (<see cref="TrieNode.BeginRound"/>). Versions
    /// that share nodes with this one let go of the same.
    /// </summary>
    /// <param name="stored">The version that the store has: what is the same in both can be loaded again.</param>
    /// <returns>About how many bytes the shard takes in memory afterwards.</returns>
    public long Evict(StateShard stored) => Nodes is null ? 0 : TrieEviction.Run(stored, this);

    /// <summary>The slice's top, from which <see cref="StateRoot.Combine"/> makes the state root. Computes what isn't computed yet.</summary>
    public SliceRoot Root()
    {
        var root = _accounts.Root;
        if (root is { HasReference: false })
        {
            TrieHasher.HashNow(root);
        }
        return SliceRoot.Of(root, Prefix);
    }
}
