using CsCheck;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Tests.Trie;

/// <summary>Each proof shows against the root of the content, by a verifier that knows no trie, what the content is, and no other bytes do.</summary>
public sealed class ProofTests
{
    private static readonly Gen<(Hash256 Key, ulong Nonce)[]> s_accounts =
        Gen.Select(MerkleTrieTests.s_key, Gen.ULong[1, 1000]).Array[0, 12].Select(accounts => accounts.DistinctBy(account => account.Item1).ToArray());

    [Fact]
    public void Every_key_is_proved_to_have_its_value_or_none()
    {
        Gen.Select(MerkleTrieTests.s_batch, MerkleTrieTests.s_key.Array[1, 10], Gen.Int[0, int.MaxValue]).Sample((batch, others, at) =>
        {
            var content = batch.Where(change => change.Value is not null).ToDictionary(change => change.Key, change => change.Value!);
            var trie = MerkleTrie<BytesValue>.Empty.Update(MerkleTrieTests.ToChanges(batch));
            var root = ReferenceTrie.Root(content.Select(pair => (pair.Key.ToArray(), pair.Value)));
            foreach (var key in batch.Select(change => change.Key).Concat(others))
            {
                AssertProves(root, key, TrieProof.Of(trie, in key), content.GetValueOrDefault(key), at);
            }
        }, iter: 300);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Accounts_are_proved_by_their_slice_and_the_tops_of_all_slices(int prefixNibbles)
    {
        // Few accounts, so that a slice is often empty, one leaf, or alone: each puts other nodes above it.
        Gen.Select(s_accounts, MerkleTrieTests.s_key.Array[1, 10], Gen.Int[0, int.MaxValue]).Sample((accounts, others, at) =>
        {
            var content = accounts.ToDictionary(account => account.Key, account => (AccountRecord.Empty with { Nonce = account.Nonce }).ToRlp());
            var slices = Slices(accounts, prefixNibbles);
            var root = ReferenceTrie.Root(content.Select(pair => (pair.Key.ToArray(), pair.Value)));
            SliceRoot[] tops = [.. slices.Select(slice => slice.Root())];
            Assert.Equal(root, StateRoot.Combine(tops));
            foreach (var key in accounts.Select(account => account.Key).Concat(others))
            {
                var slice = slices[key.Span[0] >> (8 - (4 * prefixNibbles))];
                AssertProves(root, key, StateRoot.Prove(tops, in key, slice.Prove(in key)), content.GetValueOrDefault(key), at);
            }
        }, iter: 200);
    }

    [Fact]
    public void Nodes_known_by_hash_are_loaded_by_place_or_missing()
    {
        MerkleTrieTests.s_batch.Where(batch => batch.Count(change => change.Value is not null) > 2).Sample(batch =>
        {
            var whole = MerkleTrie<BytesValue>.Empty.Update(MerkleTrieTests.ToChanges(batch));
            var root = whole.RootHash();
            var source = new RecordedNodes(whole.Root!);
            var pruned = new MerkleTrie<BytesValue>(new HashNode(in root), 0);
            foreach (var (key, _) in batch)
            {
                Assert.Equal(TrieProof.Of(whole, in key), TrieProof.Of(pruned, in key, source));
                Assert.Throws<MissingNodeException>(() => TrieProof.Of(pruned, in key));
            }
        }, iter: 100);
    }

    [Fact]
    public void The_empty_trie_is_proved_by_nothing()
    {
        var key = Keccak256.Hash([1]);
        Assert.Empty(TrieProof.Of(MerkleTrie<BytesValue>.Empty, in key));
        Assert.True(ProofVerifier.TryVerify(Keccak256.OfEmptyString, in key, [], out var value));
        Assert.Null(value);
        Assert.False(ProofVerifier.TryVerify(Keccak256.OfEmpty, in key, [], out _));
        // The node that an empty trie would have: its hash is right, but there is no such node.
        Assert.False(ProofVerifier.TryVerify(Keccak256.OfEmptyString, in key, [[0x80]], out _));
    }

    [Fact]
    public void The_verifier_takes_any_bytes()
    {
        Gen.Select(Gen.Byte.Array[0, 600].Array[1, 3], MerkleTrieTests.s_key).Sample((proof, key) =>
            Assert.False(ProofVerifier.TryVerify(Keccak256.OfEmpty, in key, proof, out _)), iter: 200);
        // With the right hash, so that the bytes themselves are looked at.
        Gen.Select(Gen.Byte[0xc0, 0xff], Gen.Byte.Array[0, 80], MerkleTrieTests.s_key).Sample((first, rest, key) =>
        {
            byte[] node = [first, .. rest];
            ProofVerifier.TryVerify(Keccak256.Hash(node), in key, [node], out _);
        }, iter: 2_000);
    }

    private static void AssertProves(Hash256 root, Hash256 key, byte[][] proof, byte[]? expected, int at)
    {
        Assert.True(ProofVerifier.TryVerify(in root, in key, proof, out var value), $"The proof of {key} doesn't hold.");
        Assert.Equal(expected, value);
        Assert.All(proof.Skip(1), node => Assert.True(node.Length >= Hash256.Length));
        if (proof.Length == 0)
        {
            return;
        }
        byte[][] changed = [.. proof.Select(node => node.ToArray())];
        var node = changed[at % changed.Length];
        node[at % node.Length] ^= (byte)(1 << (at & 7));
        Assert.False(ProofVerifier.TryVerify(in root, in key, changed, out _));
        Assert.False(ProofVerifier.TryVerify(in root, in key, proof[..^1], out _));
        Assert.False(ProofVerifier.TryVerify(in root, in key, [.. proof, proof[^1]], out _));
        Assert.False(ProofVerifier.TryVerify(Keccak256.Hash(root.Span), in key, proof, out _));
    }

    private static StateShard[] Slices((Hash256 Key, ulong Nonce)[] accounts, int prefixNibbles) =>
    [
        .. Enumerable.Range(0, 1 << (4 * prefixNibbles)).Select(shard =>
        {
            var prefix = TriePath.Of(new Hash256([(byte)(shard << (8 - (4 * prefixNibbles))), .. new byte[31]]), prefixNibbles);
            var changes = accounts.Where(account => prefix.Contains(in account.Key))
                .Select(account => new LeafChange(account.Key, new AccountLeaf(AccountRecord.Empty with { Nonce = account.Nonce }, null)));
            return StateShard.Empty(prefix).Apply(changes.ToArray());
        }),
    ];
}
