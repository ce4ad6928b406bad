using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Stored;
using Grid.State.Trie;

namespace Grid.State.Tests.Stored;

/// <summary>Many accounts are loaded with one question a level, whatever else happens to the store.</summary>
public sealed class NodeBatchTests
{
    private const int Accounts = 4_000, Warmed = 100;

    private static readonly TriePath Prefix = TriePath.Root.Append(3);

    private readonly Hash256[] _keys = [.. Enumerable.Range(0, Accounts).Select(i => KeyOf((ulong)i))];

    [Fact]
    public void A_level_of_all_ways_is_asked_for_at_once()
    {
        var nodes = new CountedNodes();
        var slice = Store(nodes);
        StateShard.Warm(Shards(slice), 1, _keys.AsSpan(0, Warmed));
        // Below the top, branches for two more nibbles, and some for a third one.
        Assert.InRange(nodes.Questions, 2, 4);
        var asked = nodes.Asked;
        foreach (var key in _keys.Take(Warmed))
        {
            Assert.True(slice.Accounts.TryFind(in key, out var leaf));
            Assert.Equal(Array.IndexOf(_keys, key), (int)leaf!.Value.Record.Nonce);
        }
        // Nothing twice, and nothing more when it is there.
        StateShard.Warm(Shards(slice), 1, _keys.AsSpan(0, Warmed));
        Assert.Equal(asked, nodes.Asked);
        Assert.Equal(nodes.Asked, nodes.Places.Count);
    }

    [Fact]
    public void What_the_store_hasnt_got_is_left_to_the_reader()
    {
        var nodes = new CountedNodes();
        var slice = Store(nodes);
        // Below the second nibble of one half there is nothing any more.
        foreach (var path in nodes.Records.Keys.Where(path => path.Length == 2 && path[1] < 8).ToList())
        {
            nodes.Records.Remove(path);
        }
        StateShard.Warm(Shards(slice), 1, _keys.AsSpan(0, Warmed));
        foreach (var key in _keys.Take(Warmed))
        {
            Assert.Equal(key.Nibble(1) >= 8, slice.TryGet(in key, out _));
        }
    }

    private StateShard Store(CountedNodes nodes)
    {
        var slice = StateShard.Empty(Prefix).Apply(
            [.. _keys.Select((key, i) => new LeafChange(key, new AccountLeaf(AccountRecord.Empty with { Nonce = (ulong)i }, null)))]);
        var root = slice.Root();
        foreach (var (place, record) in ShardChanges.Between(null, slice).Nodes)
        {
            nodes.Records[place.Path] = record!;
        }
        var stored = StateShard.Stored(Prefix, in root, nodes);
        nodes.Places.Clear();
        nodes.Asked = 0;
        return stored;
    }

    private static StateShard?[] Shards(StateShard slice)
    {
        var shards = new StateShard?[16];
        shards[Prefix[0]] = slice;
        return shards;
    }

    private static Hash256 KeyOf(ulong value)
    {
        var bytes = Keccak256.Hash(BitConverter.GetBytes(value)).ToArray();
        bytes[0] = (byte)((Prefix[0] << 4) | (bytes[0] & 15));
        return new Hash256(bytes);
    }

    private sealed class CountedNodes : IShardNodes
    {
        public Dictionary<TriePath, byte[]> Records { get; } = [];

        public HashSet<TriePath> Places { get; } = [];

        public int Questions { get; private set; }

        public int Asked { get; set; }

        public bool TryLoad(in TriePath path, in Hash256 hash, out TrieNode node)
        {
            node = null!;
            Asked++;
            Places.Add(path);
            return Records.TryGetValue(path, out var record) && NodeRecord.TryDecode<AccountLeaf>(record, in path, in hash, out node!);
        }

        public TrieNode?[] LoadAll(IReadOnlyList<UnloadedNode> wanted)
        {
            Questions++;
            return [.. wanted.Select(x => TryLoad(x.Path, x.Hash, out var node) ? node : null)];
        }

        public INodeSource StorageOf(in Hash256 account) => throw new InvalidOperationException("No account has storage here.");
    }
}
