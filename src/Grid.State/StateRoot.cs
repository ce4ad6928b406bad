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
        if (slices.Length is not (16 or 256))
        {
            throw new ArgumentException($"{slices.Length} slices don't make a trie: 16 or 256 do.", nameof(slices));
        }
        var root = Join(slices, TriePath.Root).ToNode(0);
        if (root is { HasReference: false })
        {
            TrieHasher.HashNow(root);
        }
        return NodeEncoding.RootHash(root);
    }

    /// <summary>The top of the slices below a place; where only one has content it's that one's, which knows its nibbles.</summary>
    private static SliceRoot Join(ReadOnlySpan<SliceRoot> slices, TriePath path)
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
            var child = Join(slices.Slice(nibble * size, size), path.Append(nibble));
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
        return new SliceRoot(SliceKind.Branch, path.Nibbles, path.Length, 0, new Hash256(branch.Reference), default);
    }
}
