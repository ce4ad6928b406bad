using CsCheck;
using Grid.Primitives;
using Grid.State.Stored;
using Grid.State.Trie;

namespace Grid.State.Tests.Stored;

/// <summary>Stored nodes follow a shard through random changes: what is loaded from them is the shard, and nothing is left over.</summary>
public sealed class ShardChangesTests
{
    private static readonly TriePath Prefix = TriePath.Root.Append(5);

    // Few keys that share long beginnings, so that extensions come and go.
    private static readonly Hash256[] s_keys = [.. Enumerable.Range(0, 60).Select(i => Key(i))];

    [Fact]
    public void Stored_nodes_are_those_of_the_shard() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var nodes = new StoredNodes();
            var whole = StateShard.Empty(Prefix);
            StateShard? before = null;
            var lazy = StateShard.Empty(Prefix, nodes);
            for (var version = 0; version < 15; version++)
            {
                for (var block = 0; block < random.Next(1, 4); block++)
                {
                    var changes = random.GetItems(s_keys, random.Next(1, 40)).Distinct().Select(key => (Key: key, Seed: random.Next())).ToArray();
                    whole = whole.Apply([.. changes.Select(x => Change(whole, x.Key, x.Seed))]);
                    lazy = lazy.Apply([.. changes.Select(x => Change(lazy, x.Key, x.Seed))]);
                    Assert.Equal(whole.Root(), lazy.Root());
                    if (before is not null)
                    {
                        lazy.Evict(before);
                    }
                    TrieNode.BeginRound();
                }
                nodes.Apply(ShardChanges.Between(before, lazy));
                // All that is stored is what a store would get that starts with this version: no record is missing, none is left over.
                var fresh = new StoredNodes();
                fresh.Apply(ShardChanges.Between(null, whole));
                Assert.Equal(fresh.Describe(), nodes.Describe());
                before = random.Next(3) == 0 ? StateShard.Stored(Prefix, lazy.Root(), nodes) : lazy;
                lazy = before;
            }
        },
        iter: 200);

    [Fact]
    public void What_is_unused_goes_and_what_is_used_stays()
    {
        var nodes = new StoredNodes();
        var shard = StateShard.Empty(Prefix, nodes).Apply([.. s_keys.Select(key => new LeafChange(key, Leaf(1, 20)))]);
        shard.Root();
        nodes.Apply(ShardChanges.Between(null, shard));
        var before = shard.Evict(shard);
        Assert.Equal(0, nodes.Loads);
        TrieNode.BeginRound();
        TrieNode.BeginRound();
        shard.TryGetSlot(in s_keys[0], KeyHashes.Of((UInt256)3), out _);
        var after = shard.Evict(shard);
        Assert.True(after < before / 4, $"{after} of {before} bytes stayed");
        Assert.True(shard.TryGetSlot(in s_keys[0], KeyHashes.Of((UInt256)3), out var value));
        Assert.Equal((0, (UInt256)4), (nodes.Loads, value));
        Assert.All(s_keys, key =>
        {
            Assert.True(shard.TryGetSlot(in key, KeyHashes.Of((UInt256)19), out var slot));
            Assert.Equal((UInt256)20, slot);
        });
        Assert.True(nodes.Loads > s_keys.Length);
    }

    [Fact]
    public void What_the_store_hasnt_got_stays()
    {
        var nodes = new StoredNodes();
        var stored = StateShard.Empty(Prefix, nodes).Apply([.. s_keys.Select(key => new LeafChange(key, Leaf(1, 0)))]);
        stored.Root();
        nodes.Apply(ShardChanges.Between(null, stored));
        var current = stored.Apply([.. s_keys.Take(30).Select(key => new LeafChange(key, Leaf(2, 3)))]);
        current.Root();
        TrieNode.BeginRound();
        TrieNode.BeginRound();
        current.Evict(stored);
        foreach (var key in s_keys)
        {
            Assert.True(current.TryGet(in key, out var leaf));
            Assert.Equal(Array.IndexOf(s_keys, key) < 30 ? 2UL : 1UL, leaf!.Value.Record.Nonce);
            Assert.True(stored.TryGet(in key, out leaf));
            Assert.Equal(1UL, leaf!.Value.Record.Nonce);
        }
    }

    private static LeafChange Change(StateShard shard, Hash256 key, int seed)
    {
        var random = new Random(seed);
        Assert.True(shard.TryGet(in key, out var before));
        return random.Next(6) switch
        {
            0 or 1 => new LeafChange(key, null),
            2 => new LeafChange(key, Leaf((ulong)random.Next(3), random.Next(12))),
            3 => new LeafChange(key, before is null ? Leaf(1, 0) : AccountLeaf.KeepingStorage(AccountRecord.Empty with { Nonce = 7 })),
            _ => new LeafChange(key, Leaf((ulong)random.Next(3), before?.Storage, shard.Nodes?.StorageOf(in key), random)),
        };
    }

    private static AccountLeaf Leaf(ulong nonce, int slots) => Leaf(
        nonce, MerkleTrie<SlotValue>.Empty, null, [.. Enumerable.Range(0, slots).Select(i => new SlotChange((UInt256)i, default, (UInt256)(i + 1)))]);

    private static AccountLeaf Leaf(ulong nonce, MerkleTrie<SlotValue>? before, INodeSource? source, Random random) => Leaf(
        nonce, before ?? MerkleTrie<SlotValue>.Empty, source,
        [.. Enumerable.Range(0, 8).Select(_ => random.Next(20)).Distinct().Select(i => new SlotChange((UInt256)i, default, (UInt256)random.Next(3)))]);

    private static AccountLeaf Leaf(ulong nonce, MerkleTrie<SlotValue> before, INodeSource? source, SlotChange[] slots)
    {
        var storage = StorageChanges.Apply(before, cleared: false, slots, source);
        return new AccountLeaf(AccountRecord.Empty with { Nonce = nonce, StorageRoot = storage.RootHash() }, storage.Root is null ? null : storage);
    }

    private static Hash256 Key(int i)
    {
        var bytes = new byte[32];
        bytes[0] = 0x50;
        bytes[1 + (i % 3)] = (byte)(i / 3);
        bytes[31] = (byte)i;
        return new Hash256(bytes);
    }

    /// <summary>A store of nothing but records.</summary>
    private sealed class StoredNodes : IShardNodes
    {
        private readonly Dictionary<NodePlace, byte[]> _records = [];

        /// <summary>Records that were read.</summary>
        public int Loads { get; private set; }

        public void Apply(ShardChanges changes)
        {
            foreach (var account in changes.ClearedStorage)
            {
                foreach (var place in _records.Keys.Where(place => place.Account == account).ToList())
                {
                    _records.Remove(place);
                }
            }
            Assert.Equal(changes.Nodes.Count, changes.Nodes.Select(x => x.Place).Distinct().Count());
            foreach (var (place, record) in changes.Nodes)
            {
                if (record is null)
                {
                    _records.Remove(place);
                }
                else
                {
                    _records[place] = record;
                }
            }
        }

        public string[] Describe() => [.. _records.Select(x => $"{x.Key.Account} {x.Key.Path} {Convert.ToHexStringLower(x.Value)}").Order(StringComparer.Ordinal)];

        public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node) => TryLoad<AccountLeaf>(new NodePlace(null, path), in hash, out node);

        public INodeSource StorageOf(in Hash256 account) => new Storage(this, account);

        private bool TryLoad<TValue>(NodePlace place, in Hash256 hash, out TrieNode node)
            where TValue : struct, IStoredValue<TValue>
        {
            node = null!;
            Loads++;
            return _records.TryGetValue(place, out var record) && NodeRecord.TryDecode<TValue>(record, place.Path, in hash, out node);
        }

        private sealed class Storage(StoredNodes nodes, Hash256 account) : INodeSource
        {
            public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node) => nodes.TryLoad<SlotValue>(new NodePlace(account, path), in hash, out node);
        }
    }
}
