using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State;

/// <summary>Puts the slices of an account trie together.</summary>
public static class StateRoot
{
    /// <summary>The state root of the slices of all prefixes of one length, in order: 16 of one nibble, or 256 of two.</summary>
    /// <exception cref="ArgumentException">Neither 16 nor 256 slices.</exception>
    public static Hash256 Combine(ReadOnlySpan<SliceRoot> slices)
    {
        ThrowUnlessAll(slices);
        var root = Join(slices, TriePath.Root).ToNode(0);
        if (root is { HasReference: false })
        {
            TrieHasher.HashNow(root);
        }
        return NodeEncoding.RootHash(root);
    }

    /// <summary>The proof of an account in the state trie: the nodes above its slice, then those in it.</summary>
    /// <param name="slices">The tops of all slices, as for <see cref="Combine"/>.</param>
    /// <param name="key">Keccak-256 of the address.</param>
    /// <param name="inSlice">What <see cref="StateShard.Prove"/> of the key's slice gave.</param>
    /// <exception cref="ArgumentException">Neither 16 nor 256 slices.</exception>
    public static byte[][] Prove(ReadOnlySpan<SliceRoot> slices, in Hash256 key, IReadOnlyList<byte[]> inSlice)
    {
        ThrowUnlessAll(slices);
        var made = new Dictionary<Hash256, BranchNode>();
        var node = Join(slices, TriePath.Root, made).ToNode(0);
        var proof = new List<byte[]>();
        var depth = 0;
        while (node is not null)
        {
            if (node is HashNode known)
            {
                if (!made.TryGetValue(known.Hash, out var branch))
                {
                    // The slice's own: it and what is below.
                    proof.AddRange(inSlice);
                    break;
                }
                node = branch;
            }
            node = TrieProof.AtHand(node, depth, in key, source: null);
            proof.Add(TrieProof.Encode(node));
            node = TrieProof.Next(node, in key, ref depth);
        }
        return [.. proof];
    }

    private static void ThrowUnlessAll(ReadOnlySpan<SliceRoot> slices)
    {
        if (slices.Length is not (16 or 256))
        {
            throw new ArgumentException($"{slices.Length} slices don't make a trie: 16 or 256 do.", nameof(slices));
        }
    }

    /// <summary>The top of the slices below a place; where only one has content it's that one's, which knows its nibbles.</summary>
    /// <param name="made">Takes the branches that are made above the slices, by their hashes.</param>
    private static SliceRoot Join(ReadOnlySpan<SliceRoot> slices, TriePath path, Dictionary<Hash256, BranchNode>? made = null)
    {
        if (slices.Length == 1)
        {
            return slices[0];
        }
        var children = default(TrieChildren);
        var only = SliceRoot.Empty;
        var count = 0;
        var size = slices.Length / 16;
        for (var nibble = 0; nibble < 16; nibble++)
        {
            var child = Join(slices.Slice(nibble * size, size), path.Append(nibble), made);
            if (child.Kind != SliceKind.Empty)
            {
                children[nibble] = child.ToNode(path.Length + 1);
                only = child;
                count++;
            }
        }
        if (count < 2)
        {
            return only;
        }
        var branch = new BranchNode(in children);
        TrieHasher.HashNow(branch);
        var hash = new Hash256(branch.Reference);
        made?.TryAdd(hash, branch);
        return new SliceRoot(SliceKind.Branch, path.Nibbles, path.Length, 0, hash, default);
    }
}
