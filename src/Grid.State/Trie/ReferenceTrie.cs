using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.State.Trie;

/// <summary>
/// The root of a sorted dictionary, written down from the Yellow Paper's appendix D: keys of any length, no cleverness. An oracle: it shares
/// nothing with <see cref="MerkleTrie{TValue}"/>, which tests measure by it, and which can't hold what the official trie tests with plain keys ask for.
/// </summary>
public static class ReferenceTrie
{
    /// <param name="content">Each key once, in any order.</param>
    public static Hash256 Root(IEnumerable<(byte[] Key, byte[] Value)> content)
    {
        var items = content.Select(item => (Nibbles(item.Key), item.Value)).OrderBy(item => item.Item1, NibbleOrder.Instance).ToList();
        return items.Count == 0 ? Keccak256.OfEmptyString : Keccak256.Hash(Encode(items, 0));
    }

    private static byte[] Nibbles(byte[] key) => [.. key.SelectMany(b => new[] { (byte)(b >> 4), (byte)(b & 15) })];

    private static byte[] Encode(List<(byte[] Nibbles, byte[] Value)> items, int depth)
    {
        var writer = new RlpWriter();
        var mark = writer.BeginList();
        if (items.Count == 1)
        {
            writer.WriteBytes(HexPrefix(items[0].Nibbles.AsSpan(depth), true));
            writer.WriteBytes(items[0].Value);
            writer.EndList(mark);
            return writer.ToArray();
        }
        var shared = items.Min(item => item.Nibbles.AsSpan(depth).CommonPrefixLength(items[0].Nibbles.AsSpan(depth)));
        if (shared > 0)
        {
            writer.WriteBytes(HexPrefix(items[0].Nibbles.AsSpan(depth, shared), false));
            WriteReference(writer, Encode(items, depth + shared));
            writer.EndList(mark);
            return writer.ToArray();
        }
        for (var nibble = 0; nibble < 16; nibble++)
        {
            var below = items.Where(item => item.Nibbles.Length > depth && item.Nibbles[depth] == nibble).ToList();
            if (below.Count == 0)
            {
                writer.WriteBytes([]);
            }
            else
            {
                WriteReference(writer, Encode(below, depth + 1));
            }
        }
        writer.WriteBytes(items.Where(item => item.Nibbles.Length == depth).Select(item => item.Value).SingleOrDefault([]));
        writer.EndList(mark);
        return writer.ToArray();
    }

    private static void WriteReference(RlpWriter writer, byte[] encoding)
    {
        if (encoding.Length < 32)
        {
            writer.WriteRaw(encoding);
        }
        else
        {
            writer.WriteHash256(Keccak256.Hash(encoding));
        }
    }

    /// <summary>The hex-prefix encoding (Yellow Paper, appendix C).</summary>
    public static byte[] HexPrefix(ReadOnlySpan<byte> nibbles, bool isLeaf)
    {
        var flag = (isLeaf ? 2 : 0) + (nibbles.Length & 1);
        List<byte> all = (nibbles.Length & 1) == 1 ? [(byte)flag] : [(byte)flag, 0];
        all.AddRange(nibbles);
        return [.. all.Chunk(2).Select(pair => (byte)((pair[0] << 4) | pair[1]))];
    }

    private sealed class NibbleOrder : IComparer<byte[]>
    {
        public static readonly NibbleOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
