using CsCheck;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State.Trie;

namespace Grid.State.Tests.Trie;

public sealed class OrderedTrieRootTests
{
    [Fact]
    public void A_list_has_the_root_of_the_trie_from_encoded_index_to_item()
    {
        Gen.Select(Gen.OneOf(Gen.Int[0, 20], Gen.Int[120, 140], Gen.Int[250, 300]), Gen.Int[1, 200], Gen.Int[0, 1000]).Sample((count, length, seed) =>
        {
            var random = new Random(seed);
            var items = new ReadOnlyMemory<byte>[count];
            for (var i = 0; i < count; i++)
            {
                var item = new byte[random.Next(1, length + 1)];
                random.NextBytes(item);
                items[i] = item;
            }
            var expected = ReferenceTrie.Root(items.Select((item, i) => (KeyOf(i), item.ToArray())));
            Assert.Equal(expected, OrderedTrieRoot.Compute(items));
        }, iter: 60);
    }

    [Fact]
    public void Several_threads_make_the_same_root()
    {
        Gen.Select(Gen.OneOf(Gen.Int[500, 3000], Gen.Int[65_500, 66_500]), Gen.Int[1, 100], Gen.Int).Sample((count, length, seed) =>
        {
            var random = new Random(seed);
            var buffer = new byte[count + length];
            random.NextBytes(buffer);
            var items = new MessageRange[count];
            for (var i = 0; i < count; i++)
            {
                items[i] = new MessageRange(i, random.Next(1, length + 1));
            }
            var expected = ReferenceTrie.Root(items.Select((item, i) => (KeyOf(i), buffer[item.Offset..(item.Offset + item.Length)])));
            Assert.Equal(expected, OrderedTrieRoot.Compute(buffer, items));
            Assert.Equal(expected, OrderedTrieRoot.Compute(buffer, items, parallelism: 3));
        }, iter: 6);
    }

    [Fact]
    public void Items_of_many_kilobytes_are_hashed()
    {
        ReadOnlyMemory<byte>[] items = [new byte[200_000], new byte[70_000], new byte[1]];
        Assert.Equal(ReferenceTrie.Root(items.Select((item, i) => (KeyOf(i), item.ToArray()))), OrderedTrieRoot.Compute(items));
    }

    private static byte[] KeyOf(int index)
    {
        var writer = new RlpWriter();
        writer.WriteUInt64((ulong)index);
        return writer.ToArray();
    }
}
