using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State.Trie;

namespace Grid.State;

/// <summary>What the top of a slice is.</summary>
public enum SliceKind : byte
{
    Empty = 0,
    Leaf = 1,
    Extension = 2,
    Branch = 3,
}

/// <summary>
/// The top node of an account-trie slice, as much of it as the nodes above need: with one slice alone, a leaf or an
/// extension takes the slice's prefix into its path; beside others it is a child of a branch. At most 180 bytes encoded.
/// </summary>
/// <param name="Kind">The top node's type.</param>
/// <param name="Key">For a leaf the key, for an extension or a branch a key's nibbles down to <see cref="End"/>.</param>
/// <param name="Depth">The place of the node, in nibbles from the root.</param>
/// <param name="End">For an extension the place of its child.</param>
/// <param name="Hash">For an extension its child's hash, for a branch its own.</param>
/// <param name="Record">For a leaf the account.</param>
public readonly record struct SliceRoot(SliceKind Kind, Hash256 Key, byte Depth, byte End, Hash256 Hash, AccountRecord Record)
{
    /// <summary>The longest encoding, in bytes.</summary>
    public const int MaxEncodedLength = 180;

    public static readonly SliceRoot Empty;

    /// <summary>The top of a slice whose references are computed.</summary>
    public static SliceRoot Of(TrieNode? root, TriePath prefix) => root switch
    {
        null => Empty,
        LeafNode<AccountLeaf> leaf => new(SliceKind.Leaf, leaf.Key, prefix.Length, 0, default, leaf.Value.Record),
        // An account's leaf is longer than 32 bytes, so every node above it is named by its hash.
        ExtensionNode extension => new(SliceKind.Extension, TriePath.Of(in extension.Key, extension.End).Nibbles, prefix.Length, extension.End, new Hash256(extension.Child.Reference), default),
        BranchNode => new(SliceKind.Branch, prefix.Nibbles, prefix.Length, 0, new Hash256(root.Reference), default),
        _ => throw new MissingNodeException(prefix, NodeEncoding.RootHash(root)),
    };

    /// <summary>The node that this describes, in a trie whose root is <paramref name="depth"/> nibbles down.</summary>
    internal TrieNode? ToNode(int depth) => Kind switch
    {
        SliceKind.Empty => null,
        SliceKind.Leaf => new LeafNode<AccountLeaf>(Key, depth, new AccountLeaf(Record, null)),
        SliceKind.Extension => new ExtensionNode(Key, depth, End, new HashNode(Hash)),
        _ when depth == Depth => new HashNode(Hash),
        _ => new ExtensionNode(Key, depth, Depth, new HashNode(Hash)),
    };

    /// <summary>The RLP list of what the kind needs.</summary>
    public byte[] Encode()
    {
        var writer = new RlpWriter(MaxEncodedLength);
        var mark = writer.BeginList();
        writer.WriteUInt64((ulong)Kind);
        if (Kind != SliceKind.Empty)
        {
            writer.WriteHash256(Key);
            writer.WriteUInt64(Depth);
        }
        if (Kind == SliceKind.Extension)
        {
            writer.WriteUInt64(End);
        }
        if (Kind is SliceKind.Extension or SliceKind.Branch)
        {
            writer.WriteHash256(Hash);
        }
        if (Kind == SliceKind.Leaf)
        {
            writer.WriteRaw(Record.ToRlp());
        }
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <exception cref="RlpException">Not a canonical encoding, or a value out of its range.</exception>
    public static SliceRoot Decode(ReadOnlySpan<byte> bytes)
    {
        var outer = new RlpReader(bytes);
        var list = outer.ReadList();
        outer.ExpectEnd();
        var kind = ReadUpTo(ref list, (byte)SliceKind.Branch);
        if (kind == (byte)SliceKind.Empty)
        {
            list.ExpectEnd();
            return Empty;
        }
        var key = list.ReadHash256();
        var depth = ReadUpTo(ref list, TriePath.MaxLength);
        byte end = 0;
        Hash256 hash = default;
        AccountRecord record = default;
        switch ((SliceKind)kind)
        {
            case SliceKind.Leaf:
                record = AccountRecord.DecodeRlp(list.ReadRaw());
                break;
            case SliceKind.Extension:
                end = ReadUpTo(ref list, TriePath.MaxLength);
                hash = list.ReadHash256();
                break;
            default:
                hash = list.ReadHash256();
                break;
        }
        list.ExpectEnd();
        return new SliceRoot((SliceKind)kind, key, depth, end, hash, record);
    }

    private static byte ReadUpTo(ref RlpReader reader, byte limit)
    {
        var at = reader.Position;
        var value = reader.ReadUInt64();
        return value <= limit ? (byte)value : throw new RlpException(RlpError.TooWide, at);
    }
}
