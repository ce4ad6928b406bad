using CsCheck;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Tests.Trie;

public sealed class MerkleTrieTests
{
    // Keys that share long prefixes, so that extensions, inline nodes and collapses are common.
    internal static readonly Gen<Hash256> s_key =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 60], (a, b, c, at) =>
        {
            var bytes = new byte[32];
            bytes[0] = (byte)((a << 4) | b);
            bytes[at >> 1] |= (byte)(c << (4 * (at & 1)));
            bytes[31] |= (byte)(c << 2 | a);
            return new Hash256(bytes);
        });

    private static readonly Gen<byte[]> s_value = Gen.OneOf(Gen.Byte.Select(b => new[] { (byte)(b | 1) }), Gen.Byte.Array[1, 40], Gen.Byte.Array[50, 300]);

    internal static readonly Gen<(Hash256 Key, byte[]? Value)[]> s_batch =
        Gen.Select(s_key, s_value, Gen.Int[0, 2], (key, value, kind) => (key, kind == 0 ? null : value)).Array[0, 30]
            .Select(batch => batch.DistinctBy(change => change.key).ToArray());

    internal static TrieChange<BytesValue>[] ToChanges((Hash256 Key, byte[]? Value)[] batch) =>
        [.. batch.Select(change => new TrieChange<BytesValue>(change.Key, new BytesValue(change.Value ?? []), change.Value is null))];

    private static void Apply(Dictionary<Hash256, byte[]> model, (Hash256 Key, byte[]? Value)[] batch)
    {
        foreach (var (key, value) in batch)
        {
            if (value is null)
            {
                model.Remove(key);
            }
            else
            {
                model[key] = value;
            }
        }
    }

    private static Hash256 RootOf(Dictionary<Hash256, byte[]> model) => ReferenceTrie.Root(model.Select(pair => (pair.Key.ToArray(), pair.Value)));

    [Fact]
    public void Batches_of_changes_give_the_root_of_the_content()
    {
        s_batch.Array[1, 6].Sample(batches =>
        {
            var model = new Dictionary<Hash256, byte[]>();
            var trie = MerkleTrie<BytesValue>.Empty;
            foreach (var batch in batches)
            {
                var before = trie;
                Apply(model, batch);
                // Every other version gets its references only when a later one has taken over its nodes, or never.
                if (model.Count % 2 == 0)
                {
                    var rootBefore = before.RootHash();
                    trie = trie.Update(ToChanges(batch));
                    Assert.Equal(rootBefore, new MerkleTrie<BytesValue>(before.Root, 0).RootHash());
                    Assert.Equal(RootOf(model), trie.RootHash());
                }
                else
                {
                    trie = trie.Update(ToChanges(batch));
                }
                Assert.Equal(model.Keys.Order(), trie.Leaves().Select(leaf => leaf.Key));
                foreach (var (key, _) in batch)
                {
                    Assert.True(trie.TryGet(in key, out var found, out var value));
                    Assert.Equal(model.TryGetValue(key, out var expected), found);
                    Assert.Equal(expected, found ? value.Bytes : null);
                }
            }
            Assert.Equal(RootOf(model), trie.RootHash());
        }, iter: 300);
    }

    [Fact]
    public void Removing_everything_leaves_the_empty_trie()
    {
        s_batch.Sample(batch =>
        {
            var trie = MerkleTrie<BytesValue>.Empty.Update(ToChanges(batch));
            var removals = trie.Leaves().Select(leaf => TrieChange<BytesValue>.Remove(leaf.Key)).ToArray();
            Assert.Null(trie.Update(removals).Root);
        }, iter: 300);
    }

    [Fact]
    public void Removing_what_is_not_there_keeps_every_node()
    {
        var trie = MerkleTrie<BytesValue>.Empty.Update([new(Key(0x10), new BytesValue([1])), new(Key(0x11), new BytesValue([2]))]);
        Assert.Same(trie, trie.Update([TrieChange<BytesValue>.Remove(Key(0x12)), TrieChange<BytesValue>.Remove(Key(0x22))]));
    }

    [Fact]
    public void A_key_twice_in_a_batch_is_refused() =>
        Assert.Throws<ArgumentException>(() =>
            MerkleTrie<BytesValue>.Empty.Update([new(Key(1), new BytesValue([1])), new(Key(1), new BytesValue([2]))]));

    [Fact]
    public void Many_changes_on_several_threads_give_the_same_root()
    {
        var random = new Random(7);
        var changes = Enumerable.Range(0, 5000).Select(_ => new TrieChange<BytesValue>(RandomKey(random), new BytesValue([1, 2, 3]))).ToArray();
        var trie = MerkleTrie<BytesValue>.Empty.Update(changes[..2500]);
        Assert.Equal(trie.Update(changes[2500..]).RootHash(), trie.Update(changes[2500..], parallelism: 4).RootHash());
    }

    [Fact]
    public void Nodes_known_by_hash_are_misses_to_reads_and_are_loaded_by_place_for_updates()
    {
        s_batch.Where(batch => batch.Count(change => change.Value is not null) > 2).Sample(batch =>
        {
            var whole = MerkleTrie<BytesValue>.Empty.Update(ToChanges(batch));
            var root = whole.RootHash();
            var source = new RecordedNodes(whole.Root!);
            var pruned = new MerkleTrie<BytesValue>(new HashNode(in root), 0);
            var leaves = whole.Leaves().ToList();
            Assert.False(pruned.TryGet(in leaves[0].Key, out _, out _));
            Assert.Throws<MissingNodeException>(() => pruned.Update([TrieChange<BytesValue>.Remove(leaves[0].Key)]));
            var left = pruned;
            for (var i = 0; i < leaves.Count; i++)
            {
                left = left.Update([TrieChange<BytesValue>.Remove(leaves[i].Key)], source);
                Assert.Equal(ReferenceTrie.Root(leaves.Skip(i + 1).Select(leaf => (leaf.Key.ToArray(), leaf.Value.Bytes))), left.RootHash());
            }
        }, iter: 100);
    }

    private static Hash256 Key(byte first) => new([first, .. new byte[31]]);

    private static Hash256 RandomKey(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return new Hash256(bytes);
    }
}
