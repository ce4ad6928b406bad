using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Stored;

/// <summary>
/// The bytes of a trie node in a store, under the node's place. A record is a branch with its leaves, and with the paths of extensions
/// below it; each branch below has a record of its own, which this one names by hash. A leaf or an extension has a record only where it is
/// the top of its trie. So reading an account costs the records of the branches above it, and a changed leaf rewrites one small record.
/// </summary>
/// <remarks>Pinned by a test: a change needs another <see cref="Version"/>.</remarks>
public static class NodeRecord
{
    /// <summary>The high half of a record's first byte; the low half is what the node is.</summary>
    public const byte Version = 1;

    private const byte None = 0, Leaf = 1, Branch = 2, Extension = 3;

    /// <summary>A top, and which kinds sixteen children are.</summary>
    private const int HeaderLength = 1 + 4;

    /// <summary>The most that a child takes besides a leaf's value: the bytes of a key, or of an extension's path with its end and its child's hash.</summary>
    private const int MaxChildLength = 1 + (2 * Hash256.Length);

    /// <summary>The record of a node that has one.</summary>
    /// <param name="node">With its reference computed.</param>
    public static byte[] Encode<TValue>(TrieNode node, in TriePath path)
        where TValue : struct, IStoredValue<TValue>
    {
        Span<byte> room = stackalloc byte[HeaderLength + (16 * (MaxChildLength + TValue.MaxStoredLength))];
        var writer = new StoredWriter(room);
        writer.WriteByte((byte)((Version << 4) | KindOf<TValue>(node)));
        if (node is not BranchNode branch)
        {
            WriteChild<TValue>(ref writer, node, path.Length);
            return room[..writer.Length].ToArray();
        }
        uint kinds = 0;
        foreach (var child in branch.Children)
        {
            kinds = (kinds << 2) | KindOf<TValue>(child);
        }
        writer.WriteUInt16((ushort)(kinds >> 16));
        writer.WriteUInt16((ushort)kinds);
        foreach (var child in branch.Children)
        {
            WriteChild<TValue>(ref writer, child, path.Length + 1);
        }
        return room[..writer.Length].ToArray();
    }

    /// <summary>The node of a record, with its reference and those of all that the record holds.</summary>
    /// <param name="hash">The hash that names the node.</param>
    /// <returns>False when it is the record of another node: one that was in this place at another time.</returns>
    /// <exception cref="InvalidDataException">The bytes aren't a record.</exception>
    public static bool TryDecode<TValue>(ReadOnlySpan<byte> record, in TriePath path, in Hash256 hash, out TrieNode node)
        where TValue : struct, IStoredValue<TValue>
    {
        node = Decode<TValue>(record, in path);
        TrieHasher.HashNow(node);
        return NodeEncoding.RootHash(node) == hash;
    }

    private static TrieNode Decode<TValue>(ReadOnlySpan<byte> record, in TriePath path)
        where TValue : struct, IStoredValue<TValue>
    {
        var reader = new StoredReader(record);
        var first = reader.ReadByte();
        if (first >> 4 != Version)
        {
            throw new InvalidDataException($"The record of the trie node at '{path}' has version {first >> 4}, not {Version}.");
        }
        TrieNode? node;
        if ((first & 15) != Branch)
        {
            node = ReadChild<TValue>(ref reader, (byte)(first & 15), in path);
        }
        else
        {
            var kinds = ((uint)reader.ReadUInt16() << 16) | reader.ReadUInt16();
            var children = default(TrieChildren);
            var count = 0;
            for (var nibble = 0; nibble < 16; nibble++)
            {
                var kind = (byte)(kinds >> (30 - (2 * nibble)) & 3);
                count += kind == None ? 0 : 1;
                children[nibble] = kind == None ? null : ReadChild<TValue>(ref reader, kind, path.Append(nibble));
            }
            node = count > 1 ? new BranchNode(in children) : null;
        }
        return node is not null && reader.IsAtEnd ? node : throw StoredReader.NotWritten();
    }

    private static byte KindOf<TValue>(TrieNode? node)
        where TValue : struct, IStoredValue<TValue>
        => node switch
    {
        null => None,
        LeafNode<TValue> => Leaf,
        ExtensionNode => Extension,
        _ => Branch,
    };

    /// <summary>Writes what a record says of a node at this depth: the nibbles before it are known from the record's place.</summary>
    private static void WriteChild<TValue>(ref StoredWriter writer, TrieNode? node, int depth)
        where TValue : struct, IStoredValue<TValue>
    {
        switch (node)
        {
            case null:
                break;
            case LeafNode<TValue> leaf:
                WriteBytes(ref writer, in leaf.Key, depth / 2, Hash256.Length);
                writer.WriteValue(in leaf.Value);
                break;
            case ExtensionNode extension:
                writer.WriteByte(extension.End);
                var shared = TriePath.Of(in extension.Key, extension.End).Nibbles;
                WriteBytes(ref writer, in shared, depth / 2, (extension.End + 1) / 2);
                WriteHash(ref writer, extension.Child);
                break;
            default:
                WriteHash(ref writer, node);
                break;
        }
    }

    private static void WriteBytes(ref StoredWriter writer, in Hash256 key, int from, int to)
    {
        foreach (var value in key.Span[from..to])
        {
            writer.WriteByte(value);
        }
    }

    /// <summary>A branch of fewer than 32 bytes would need two Keccak hashes that share their first 55 nibbles.</summary>
    private static void WriteHash(ref StoredWriter writer, TrieNode node) => writer.WriteBytes(
        node.IsReferencedByHash ? node.Reference : throw new InvalidOperationException("Two keys of a trie share more than hashes do."));

    private static TrieNode ReadChild<TValue>(ref StoredReader reader, byte kind, in TriePath path)
        where TValue : struct, IStoredValue<TValue>
    {
        var depth = path.Length;
        switch (kind)
        {
            case Leaf:
                var key = WithTail(in path, reader.ReadBytes(Hash256.Length - (depth / 2)));
                return new LeafNode<TValue>(in key, depth, TValue.ReadStored(ref reader));
            case Extension:
                var end = reader.ReadByte();
                if (end <= depth || end > TriePath.MaxLength)
                {
                    throw StoredReader.NotWritten();
                }
                var shared = WithTail(in path, reader.ReadBytes(((end + 1) / 2) - (depth / 2)));
                return new ExtensionNode(TriePath.Of(in shared, end).Nibbles, depth, end, new HashNode(reader.ReadHash()));
            case Branch:
                return new HashNode(reader.ReadHash());
            default:
                throw StoredReader.NotWritten();
        }
    }

    /// <summary>A key of which the bytes from the one with the place's last nibble on are given.</summary>
    private static Hash256 WithTail(in TriePath path, ReadOnlySpan<byte> tail)
    {
        Span<byte> key = stackalloc byte[Hash256.Length];
        path.Nibbles.Span.CopyTo(key);
        tail.CopyTo(key[(path.Length / 2)..]);
        var whole = new Hash256(key);
        return path.Contains(in whole) ? whole : throw StoredReader.NotWritten();
    }
}
