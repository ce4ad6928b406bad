using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.State.Trie;

/// <summary>
/// A node of a Merkle-Patricia trie (Yellow Paper, appendix D) whose keys all have 32 bytes, so that no value sits in a
/// branch. A node knows its absolute place: its depth, and the nibbles of a key below it.
/// <para>
/// Why many threads may use a node: everything but the reference is set by the constructor. The reference is a pure function
/// of the node; two threads that compute it write the same bytes, and its length is published after the bytes.
/// </para>
/// <para>
/// A child that is a <see cref="HashNode"/> may be replaced by the node that it stands for, and such a node by its hash, at any time
/// (<see cref="BranchNode.Exchange"/>). Both say the same, the reference to either is written whole, and a node is complete before it is put in
/// place; so a reader finds one or the other, and two that load the same node at once put in equal ones.
/// </para>
/// </summary>
public abstract class TrieNode
{
    private static byte s_round;

    private Hash256 _reference;
    private byte _referenceLength;
    private byte _usedIn = s_round;

    /// <summary>
    /// Begins a new round of use: what isn't read or made from here on is older than what is. Rounds are counted in a byte, so that very old use
    /// may look like new for one round, which costs memory for as long.
    /// </summary>
    public static void BeginRound() => s_round++;

    /// <summary>Notes that the node is read. On the cache line of the reference; written only when it changes.</summary>
    internal void Use()
    {
        if (_usedIn != s_round)
        {
            _usedIn = s_round;
        }
    }

    /// <summary>Whether the node was neither made nor read in this round and the one before.</summary>
    internal bool IsUnused => (byte)(s_round - _usedIn) > 1;

    /// <summary>About how much memory the node takes, without what is below it.</summary>
    internal abstract int MemoryBytes { get; }

    /// <summary>Whether <see cref="TrieHasher"/> has been here.</summary>
    public bool HasReference => Volatile.Read(ref _referenceLength) != 0;

    /// <summary>Whether the parent names this node by its hash, rather than holding its encoding of less than 32 bytes.</summary>
    public bool IsReferencedByHash => Volatile.Read(ref _referenceLength) == Hash256.Length;

    /// <summary>How a parent names this node: its hash, or its encoding when that is shorter than 32 bytes.</summary>
    /// <exception cref="InvalidOperationException">The reference isn't computed yet.</exception>
    public ReadOnlySpan<byte> Reference
    {
        get
        {
            var length = Volatile.Read(ref _referenceLength);
            return length != 0
                ? MemoryMarshal.AsBytes(new ReadOnlySpan<Hash256>(in _reference))[..length]
                : throw new InvalidOperationException("The node's reference was asked for before it was computed.");
        }
    }

    /// <summary>An upper bound of what <see cref="Encode"/> writes.</summary>
    internal abstract int MaxEncodedLength { get; }

    /// <summary>Writes the node's RLP, in which each child is its reference; returns the length.</summary>
    internal abstract int Encode(Span<byte> destination);

    internal void SetHash(in Hash256 hash)
    {
        _reference = hash;
        Volatile.Write(ref _referenceLength, Hash256.Length);
    }

    internal void SetInline(ReadOnlySpan<byte> encoding)
    {
        encoding.CopyTo(MemoryMarshal.AsBytes(new Span<Hash256>(ref _reference)));
        Volatile.Write(ref _referenceLength, (byte)encoding.Length);
    }

    /// <summary>Writes how a parent names this node: a string of 32 bytes, or the encoding as it stands.</summary>
    internal int WriteReference(Span<byte> destination)
    {
        if (IsReferencedByHash)
        {
            destination[0] = 0x80 + Hash256.Length;
            MemoryMarshal.Write(destination[1..], in _reference);
            return Hash256.Length + 1;
        }
        var reference = Reference;
        reference.CopyTo(destination);
        return reference.Length;
    }

    /// <summary>Where the reference lies now; the collector may move it at any time.</summary>
    internal unsafe void* ReferencePlace => Unsafe.AsPointer(ref _reference);

    /// <summary>
    /// Asks the processor for the node, which lies anywhere in the memory. Not pinned: should the collector move it meanwhile, useless lines
    /// are fetched, nothing else.
    /// </summary>
    internal unsafe void PrefetchWhole()
    {
        if (Sse.IsSupported)
        {
            var place = (byte*)ReferencePlace;
            Sse.Prefetch0(place);
            Sse.Prefetch0(place + 64);
            Sse.Prefetch0(place + 128);
        }
    }
}

/// <summary>A node of which only the hash is known. A resolver loads it by its place, see <see cref="INodeSource"/>.</summary>
public sealed class HashNode : TrieNode
{
    public HashNode(in Hash256 hash) => SetHash(in hash);

    public Hash256 Hash => new(Reference);

    internal override int MemoryBytes => 56;

    internal override int MaxEncodedLength => throw NotAtHand();

    internal override int Encode(Span<byte> destination) => throw NotAtHand();

    private static InvalidOperationException NotAtHand() => new("The encoding of a node that isn't at hand was asked for.");
}

/// <summary>Sixteen places for nodes.</summary>
[InlineArray(16)]
public struct TrieChildren
{
    private TrieNode? _first;
}

/// <summary>A node with two or more children, one for each next nibble.</summary>
public sealed class BranchNode : TrieNode
{
    private TrieChildren _children;
    private readonly ushort _changed = ushort.MaxValue;

    public BranchNode(in TrieChildren children) => _children = children;

    /// <summary>The branch that follows another; bit n of <paramref name="changed"/> says that child n isn't the same.</summary>
    internal BranchNode(in TrieChildren children, BranchNode before, int changed)
    {
        _children = children;
        if (before.HasReference)
        {
            _changed = (ushort)changed;
        }
    }

    /// <summary>The children by nibble; null where no key continues so.</summary>
    public ReadOnlySpan<TrieNode?> Children => _children;

    /// <summary>Puts a node in the place of its hash, or its hash in its place.</summary>
    internal void Exchange(int nibble, TrieNode same) => Volatile.Write(ref _children[nibble], same);

    /// <summary>
    /// A bit for each child that may lack its reference: the others had theirs when this branch was made, so that hashing needn't
    /// visit them all over the memory to find out.
    /// </summary>
    internal int Changed => _changed;

    internal override int MemoryBytes => 192;

    // Sixteen hashes of 33 bytes, an empty value, a header of three bytes.
    internal override int MaxEncodedLength => 532;

    internal override int Encode(Span<byte> destination)
    {
        var at = 3;
        foreach (var child in Children)
        {
            if (child is null)
            {
                destination[at++] = 0x80;
            }
            else
            {
                at += child.WriteReference(destination[at..]);
            }
        }
        destination[at++] = 0x80;
        return NodeEncoding.PutHeader(destination, at - 3);
    }

    /// <summary>
    /// Asks the processor for the children's references: they lie anywhere in the memory, and waiting for one after the other is
    /// most of the work of encoding a branch.
    /// </summary>
    internal unsafe void PrefetchReferences()
    {
        if (!Sse.IsSupported)
        {
            return;
        }
        foreach (var child in Children)
        {
            if (child is not null)
            {
                // Not pinned: should the collector move the child meanwhile, a useless line is fetched, nothing else.
                Sse.Prefetch0(child.ReferencePlace);
            }
        }
    }
}

/// <summary>
/// Nibbles that all keys below share, then a branch. The nibbles are those of <see cref="Key"/> from <see cref="Depth"/> to
/// <see cref="End"/>; what follows in that key means nothing.
/// </summary>
public sealed class ExtensionNode(in Hash256 key, int depth, int end, TrieNode child) : TrieNode
{
    private readonly Hash256 _key = key;
    private TrieNode _child = child;

    public ref readonly Hash256 Key => ref _key;

    /// <summary>The place of this node, in nibbles from the root.</summary>
    public byte Depth { get; } = (byte)depth;

    /// <summary>The place of the child, in nibbles from the root.</summary>
    public byte End { get; } = (byte)end;

    /// <summary>A branch, or a node that isn't at hand.</summary>
    public TrieNode Child => _child;

    /// <inheritdoc cref="BranchNode.Exchange"/>
    internal void Exchange(TrieNode same) => Volatile.Write(ref _child, same);

    internal override int MemoryBytes => 104;

    internal override int MaxEncodedLength => 3 + 34 + 33;

    internal override int Encode(Span<byte> destination)
    {
        var at = 3 + NodeEncoding.WritePath(destination[3..], in _key, Depth, End, isLeaf: false);
        at += Child.WriteReference(destination[at..]);
        return NodeEncoding.PutHeader(destination, at - 3);
    }
}

/// <summary>A key with its decoded value.</summary>
public sealed class LeafNode<TValue>(in Hash256 key, int depth, in TValue value) : TrieNode
    where TValue : struct, ITrieValue
{
    private readonly Hash256 _key = key;
    private readonly TValue _value = value;

    public ref readonly Hash256 Key => ref _key;

    public ref readonly TValue Value => ref _value;

    /// <summary>The place of this node, in nibbles from the root: the nibbles before it are in the nodes above.</summary>
    public byte Depth { get; } = (byte)depth;

    /// <summary>Asks the processor for the value, which lies on the cache lines after the node's first.</summary>
    internal unsafe void Prefetch()
    {
        if (Sse.IsSupported)
        {
            // Not pinned: should the collector move the leaf meanwhile, useless lines are fetched, nothing else.
            var place = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in _key));
            Sse.Prefetch0(place + 64);
            Sse.Prefetch0(place + 128);
        }
    }

    internal override int MemoryBytes => 88 + Unsafe.SizeOf<TValue>();

    /// <summary>The same leaf at another depth.</summary>
    internal LeafNode<TValue> At(int depth) => depth == Depth ? this : new LeafNode<TValue>(in _key, depth, in _value);

    internal override int MaxEncodedLength => NodeEncoding.HeaderRoom + 34 + 5 + _value.MaxEncodedLength;

    internal override int Encode(Span<byte> destination)
    {
        var at = NodeEncoding.HeaderRoom + NodeEncoding.WritePath(destination[NodeEncoding.HeaderRoom..], in _key, Depth, TriePath.MaxLength, isLeaf: true);
        at += NodeEncoding.WriteValue(destination[at..], in _value);
        return NodeEncoding.PutHeader(destination, at - NodeEncoding.HeaderRoom, NodeEncoding.HeaderRoom);
    }
}

/// <summary>Pieces of the encoding of nodes.</summary>
internal static class NodeEncoding
{
    /// <summary>Room for the header of any list: its length fits 32 bits.</summary>
    public const int HeaderRoom = 5;

    /// <summary>Writes a hex-prefix path as an RLP string.</summary>
    public static int WritePath(Span<byte> destination, in Hash256 key, int from, int to, bool isLeaf)
    {
        var length = NibblePaths.WriteHexPrefix(destination[1..], in key, from, to, isLeaf);
        if (length == 1)
        {
            // A flag byte with at most one nibble is below 0x80: it is its own encoding.
            destination[0] = destination[1];
            return 1;
        }
        destination[0] = (byte)(0x80 + length);
        return length + 1;
    }

    /// <summary>Writes a value's encoding as an RLP string.</summary>
    public static int WriteValue<TValue>(Span<byte> destination, in TValue value)
        where TValue : struct, ITrieValue
    {
        var room = RlpWriter.HeaderLength(value.MaxEncodedLength);
        var length = value.Encode(destination[room..]);
        if (length == 1 && destination[room] < 0x80)
        {
            destination[0] = destination[room];
            return 1;
        }
        var header = RlpWriter.HeaderLength(length);
        if (header != room)
        {
            destination.Slice(room, length).CopyTo(destination[header..]);
        }
        return RlpWriter.WriteHeader(destination, length, 0x80) + length;
    }

    /// <summary>Puts a list's header in front of a payload that starts at <paramref name="room"/>; returns the length of all.</summary>
    public static int PutHeader(Span<byte> destination, int payloadLength, int room = 3)
    {
        var header = RlpWriter.HeaderLength(payloadLength);
        if (header != room)
        {
            destination.Slice(room, payloadLength).CopyTo(destination[header..]);
        }
        return RlpWriter.WriteHeader(destination, payloadLength, 0xc0) + payloadLength;
    }

    /// <summary>The hash of a trie by its root node.</summary>
    public static Hash256 RootHash(TrieNode? root) =>
        root is null ? Keccak256.OfEmptyString
        : root.IsReferencedByHash ? new Hash256(root.Reference)
        : Keccak256.Hash(root.Reference);
}
