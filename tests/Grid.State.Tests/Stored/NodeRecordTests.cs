using Grid.Primitives;
using Grid.State.Stored;
using Grid.State.Trie;

namespace Grid.State.Tests.Stored;

/// <summary>The bytes of stored nodes. When one of these fails, stored tries can't be read any more: raise <see cref="NodeRecord.Version"/>.</summary>
public sealed class NodeRecordTests
{
    private static readonly string Zeros = new('0', 64);

    private static readonly AccountRecord Contract = new(2, 0x1234, Hash256.FromWord(0x5107), Hash256.FromWord(0xc0de));

    [Fact]
    public void A_branch_holds_its_leaves_and_names_its_branches()
    {
        var trie = Trie((Key("ab1"), 1), (Key("ab2"), 0xabcd), (Key("abc1"), 3), (Key("abc2"), 4), (Key("abd123"), 5), (Key("abd124"), 6));
        var top = (BranchNode)((ExtensionNode)trie.Root!).Child;
        var bytes = Convert.ToHexStringLower(NodeRecord.Encode<SlotValue>(top, TriePath.Of(Key("ab"), 2)));
        // A leaf at nibbles 1 and 2, a branch at c, an extension at d.
        Assert.StartsWith("12" + "140000b0" + "10" + Zeros[..60] + "0101" + "20" + Zeros[..60] + "02abcd", bytes, StringComparison.Ordinal);
        var branch = new Hash256(top.Children[12]!.Reference).ToString()[2..];
        var below = new Hash256(((ExtensionNode)top.Children[13]!).Child.Reference).ToString()[2..];
        Assert.EndsWith(branch + "05" + "d120" + below, bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void A_leaf_and_an_extension_have_records_at_the_top_only()
    {
        Assert.Equal("11" + "ab" + Zeros[..62] + "0107", Convert.ToHexStringLower(NodeRecord.Encode<SlotValue>(Trie((Key("ab"), 7)).Root!, TriePath.Root)));
        var extension = (ExtensionNode)Trie((Key("ab1"), 1), (Key("ab2"), 2)).Root!;
        Assert.Equal(
            "13" + "02" + "ab" + new Hash256(extension.Child.Reference).ToString()[2..], Convert.ToHexStringLower(NodeRecord.Encode<SlotValue>(extension, TriePath.Root)));
    }

    [Fact]
    public void An_account_has_only_the_hashes_that_it_needs()
    {
        var plain = AccountRecord.Empty with { Nonce = 0x99, Balance = 0x1234 };
        AssertLeaf("11" + "a" + Zeros[..63] + "00" + "0199" + "021234", plain);
        AssertLeaf("11" + "a" + Zeros[..63] + "00" + "00" + "00", AccountRecord.Empty);
        AssertLeaf("11" + "a" + Zeros[..63] + "03" + "0102" + "021234" + Zeros[..60] + "c0de" + Zeros[..60] + "5107", Contract);
        AssertLeaf("11" + "a" + Zeros[..63] + "01" + "00" + "00" + Zeros[..60] + "c0de", AccountRecord.Empty with { CodeHash = Contract.CodeHash });
    }

    [Fact]
    public void A_node_comes_back_with_its_hash()
    {
        var random = new Random(3);
        for (var size = 1; size < 200; size += 7)
        {
            var trie = Trie([.. Enumerable.Range(0, size).Select(_ => (RandomKey(random), (UInt256)(ulong)(random.Next() + 1L)))]);
            var root = trie.RootHash();
            Assert.True(NodeRecord.TryDecode<SlotValue>(NodeRecord.Encode<SlotValue>(trie.Root!, TriePath.Root), TriePath.Root, in root, out var node));
            Assert.Equal(root, new MerkleTrie<SlotValue>(node, 0).RootHash());
            Assert.False(NodeRecord.TryDecode<SlotValue>(NodeRecord.Encode<SlotValue>(trie.Root!, TriePath.Root), TriePath.Root, Hash256.FromWord(1), out _));
        }
    }

    [Fact]
    public void Bytes_that_are_no_record_are_refused_whatever_is_changed()
    {
        var trie = Trie((Key("ab1"), 1), (Key("ab2"), 0xabcd), (Key("bc1"), 3), (Key("c"), 4));
        var root = trie.RootHash();
        var record = NodeRecord.Encode<SlotValue>(trie.Root!, TriePath.Root);
        for (var length = 0; length < record.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => NodeRecord.TryDecode<SlotValue>(record.AsSpan(0, length), TriePath.Root, in root, out _));
        }
        Assert.Throws<InvalidDataException>(() => NodeRecord.TryDecode<SlotValue>([.. record, 0], TriePath.Root, in root, out _));
        var random = new Random(4);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = record.ToArray();
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Assert.False(NodeRecord.TryDecode<SlotValue>(bytes, TriePath.Root, in root, out _));
            }
            catch (InvalidDataException)
            {
                // As good.
            }
        }
    }

    private static void AssertLeaf(string expected, AccountRecord record)
    {
        var shard = StateShard.Empty(TriePath.Root.Append(10)).Apply([new LeafChange(Key("a"), new AccountLeaf(in record, null))]);
        shard.Root();
        var bytes = NodeRecord.Encode<AccountLeaf>(shard.Accounts.Root!, shard.Prefix);
        Assert.Equal(expected, Convert.ToHexStringLower(bytes));
        var hash = shard.Accounts.RootHash();
        Assert.True(NodeRecord.TryDecode<AccountLeaf>(bytes, shard.Prefix, in hash, out var node));
        var leaf = ((LeafNode<AccountLeaf>)node).Value;
        Assert.Equal(record, leaf.Record);
        Assert.Equal(record.HasStorage ? record.StorageRoot : null, leaf.Storage?.RootHash());
    }

    private static MerkleTrie<SlotValue> Trie(params (Hash256 Key, UInt256 Value)[] slots)
    {
        var trie = MerkleTrie<SlotValue>.Empty.Update([.. slots.Select(x => new TrieChange<SlotValue>(x.Key, new SlotValue(x.Value)))]);
        trie.RootHash();
        return trie;
    }

    /// <summary>A key that begins with these nibbles, then zeros.</summary>
    private static Hash256 Key(string nibbles) => new(Convert.FromHexString(nibbles.PadRight(64, '0')));

    private static Hash256 RandomKey(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return new Hash256(bytes);
    }
}
