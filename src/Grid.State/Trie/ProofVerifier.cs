using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.State.Trie;

/// <summary>Checks Merkle proofs against a root, without a trie. What proves is the bytes alone: each is part of what some hash on the way is of.</summary>
public static class ProofVerifier
{
    /// <summary>Whether the nodes are the proof of what a trie with this root has at a key.</summary>
    /// <param name="proof">The encoded nodes from the root on, no more and no fewer than the way to the key has.</param>
    /// <param name="value">The bytes that the leaf holds; null where the trie lacks the key.</param>
    public static bool TryVerify(in Hash256 root, in Hash256 key, IReadOnlyList<byte[]> proof, out byte[]? value)
    {
        value = null;
        if (proof.Count == 0)
        {
            return root == Keccak256.OfEmptyString;
        }
        try
        {
            return new Walk(key, proof).Run(in root, out value);
        }
        catch (RlpException)
        {
            value = null;
            return false;
        }
    }

    private ref struct Walk(Hash256 key, IReadOnlyList<byte[]> proof)
    {
        private int _used;
        private int _depth;

        public bool Run(in Hash256 root, out byte[]? value)
        {
            value = null;
            var node = ReadOnlySpan<byte>.Empty;
            if (!TryTake(in root, ref node))
            {
                return false;
            }
            while (true)
            {
                if (!TryStep(node, out var next, out value))
                {
                    return false;
                }
                if (next.Length == 0)
                {
                    return _used == proof.Count;
                }
                if (next[0] >= 0xc0)
                {
                    // A node that is shorter than a hash stands here itself.
                    if (next.Length >= Hash256.Length)
                    {
                        return false;
                    }
                    node = next;
                }
                else if (!TryTake(new Hash256(new RlpReader(next).ReadBytes(Hash256.Length)), ref node))
                {
                    return false;
                }
            }
        }

        /// <summary>The next node of the proof, which must have this hash.</summary>
        private bool TryTake(in Hash256 hash, ref ReadOnlySpan<byte> node)
        {
            if (_used == proof.Count || Keccak256.Hash(proof[_used]) != hash)
            {
                return false;
            }
            node = proof[_used++];
            return true;
        }

        /// <summary>Goes through one node: either to the encoded name of the next one, or to the end of the way, where nothing is next.</summary>
        private bool TryStep(ReadOnlySpan<byte> node, out ReadOnlySpan<byte> next, out byte[]? value)
        {
            next = default;
            value = null;
            var outer = new RlpReader(node);
            var items = outer.ReadList();
            outer.ExpectEnd();
            switch (items.CountItems())
            {
                case 17 when _depth < TriePath.MaxLength:
                    for (var nibble = key.Nibble(_depth++); nibble > 0; nibble--)
                    {
                        items.ReadRaw();
                    }
                    next = items.ReadRaw();
                    // An empty string: no key goes on so.
                    next = next[0] == 0x80 ? default : next;
                    return true;
                case 2:
                    var path = items.ReadBytes();
                    if (!TryFollow(path, out var isLeaf, out var matches))
                    {
                        return false;
                    }
                    if (isLeaf && matches && _depth != TriePath.MaxLength)
                    {
                        return false;
                    }
                    if (isLeaf)
                    {
                        value = matches ? items.ReadBytes().ToArray() : null;
                    }
                    else if (matches)
                    {
                        next = items.ReadRaw();
                    }
                    return true;
                default:
                    return false;
            }
        }

        /// <summary>Goes along a hex-prefix path (Yellow Paper, appendix C) as far as the key does; false where it isn't one.</summary>
        private bool TryFollow(ReadOnlySpan<byte> path, out bool isLeaf, out bool matches)
        {
            isLeaf = matches = false;
            if (path.IsEmpty || path[0] >= 0x40 || (path[0] & 0x1f) is > 0 and < 0x10)
            {
                return false;
            }
            isLeaf = (path[0] & 0x20) != 0;
            var isOdd = (path[0] & 0x10) != 0;
            var count = (2 * (path.Length - 1)) + (isOdd ? 1 : 0);
            if (_depth + count > TriePath.MaxLength || (count == 0 && !isLeaf))
            {
                return false;
            }
            for (var i = 0; i < count; i++)
            {
                var at = i + (isOdd ? 1 : 2);
                var nibble = (at & 1) == 0 ? path[at >> 1] >> 4 : path[at >> 1] & 15;
                if (nibble != key.Nibble(_depth + i))
                {
                    return true;
                }
            }
            _depth += count;
            matches = true;
            return true;
        }
    }
}
