using System.Text;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Tests.Trie;

/// <summary>Known roots, from ethereum/tests (TrieTests) and the Yellow Paper.</summary>
public sealed class TrieVectorTests
{
    private static byte[] Bytes(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Hex.Decode(text) : Encoding.UTF8.GetBytes(text);

    [Fact]
    public void The_root_of_nothing_is_the_hash_of_an_empty_string()
    {
        var expected = Hash256.Parse("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
        Assert.Equal(expected, MerkleTrie<BytesValue>.Empty.RootHash());
        Assert.Equal(expected, WorldTrie.Empty().Root);
        Assert.Equal(expected, OrderedTrieRoot.Compute([]));
    }

    [Theory]
    [InlineData("A aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "0xe9e2935138352776cad724d31c9fa5266a5c593bb97726dd2a908fe6d53284df")]
    [InlineData("doe reindeer dog puppy dogglesworth cat", "0xd4cd937e4a4368d7931a9cf51686b7e10abb3dce38a39000fd7902a092b64585")]
    [InlineData("do verb horse stallion doge coin dog puppy", "0x29b235a58c3c25ab83010c327d5932bcf05324b7d6b1185e650798034783ca9d")]
    public void A_secure_trie_has_the_known_root(string content, string root)
    {
        var words = content.Split(' ');
        var trie = MerkleTrie<BytesValue>.Empty;
        for (var i = 0; i < words.Length; i += 2)
        {
            trie = trie.Update([new TrieChange<BytesValue>(Keccak256.Hash(Bytes(words[i])), new BytesValue(Bytes(words[i + 1])))]);
        }
        Assert.Equal(Hash256.Parse(root), trie.RootHash());
    }

    [Theory]
    [InlineData("A aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "0xd23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab")]
    [InlineData("doe reindeer dog puppy dogglesworth cat", "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3")]
    [InlineData("do verb horse stallion doge coin dog puppy", "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84")]
    public void The_reference_that_the_tries_are_measured_by_has_the_known_root(string content, string root)
    {
        var words = content.Split(' ');
        var items = Enumerable.Range(0, words.Length / 2).Select(i => (Bytes(words[2 * i]), Bytes(words[(2 * i) + 1])));
        Assert.Equal(Hash256.Parse(root), ReferenceTrie.Root(items));
    }
}
