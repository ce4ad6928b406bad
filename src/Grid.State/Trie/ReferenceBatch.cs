using System.Runtime.InteropServices;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State.Trie;

/// <summary>How a parent names a node: its hash, or its encoding where that is shorter than 32 bytes.</summary>
internal struct NodeReference
{
    private Hash256 _bytes;
    private byte _length;

    public void SetHash(in Hash256 hash)
    {
        _bytes = hash;
        _length = Hash256.Length;
    }

    public void SetInline(ReadOnlySpan<byte> encoding)
    {
        encoding.CopyTo(MemoryMarshal.AsBytes(new Span<Hash256>(ref _bytes)));
        _length = (byte)encoding.Length;
    }

    /// <summary>Writes what stands in the parent; returns its length, at most 33 bytes.</summary>
    public readonly int WriteTo(Span<byte> destination)
    {
        if (_length == Hash256.Length)
        {
            destination[0] = 0x80 + Hash256.Length;
            MemoryMarshal.Write(destination[1..], in _bytes);
            return Hash256.Length + 1;
        }
        _bytes.Span[.._length].CopyTo(destination);
        return _length;
    }

    /// <summary>The hash of the trie that has this node at its top.</summary>
    public readonly Hash256 ToRootHash() => _length == Hash256.Length ? _bytes : Keccak256.Hash(_bytes.Span[.._length]);
}

/// <summary>
/// Encodings that wait for being hashed several at a time, and the places that their references go to. Each thread has one, and
/// uses it again; a longer encoding than the buffer makes a larger one, which isn't kept beyond <see cref="KeptBytes"/>.
/// </summary>
internal sealed class ReferenceBatch
{
    /// <summary>Messages in one call of the batch hash: many, so that few lanes stay empty; few enough to stay in the cache.</summary>
    private const int BatchSize = 128;

    private const int KeptBytes = 1 << 20;

    [ThreadStatic]
    private static ReferenceBatch? s_ofThread;

    private readonly MessageRange[] _messages = new MessageRange[BatchSize];
    private readonly int[] _places = new int[BatchSize];
    private readonly Hash256[] _hashes = new Hash256[BatchSize];
    private NodeReference[] _references = [];
    private byte[] _buffer = new byte[BatchSize * 544];
    private int _length;
    private int _count;

    /// <summary>This thread's batch, for these references; empty.</summary>
    public static ReferenceBatch OfThread(NodeReference[] references)
    {
        var batch = s_ofThread ??= new ReferenceBatch();
        // What a failure left behind isn't anybody's.
        (batch._references, batch._count, batch._length) = (references, 0, 0);
        return batch;
    }

    /// <summary>Room to write the next encoding into, before <see cref="Add"/>.</summary>
    public Span<byte> Reserve(int room)
    {
        if (_length + room > _buffer.Length)
        {
            FlushMessages();
            if (room > _buffer.Length)
            {
                _buffer = new byte[room];
            }
        }
        return _buffer.AsSpan(_length);
    }

    /// <summary>Adds the encoding of this length that was written into the reserved room.</summary>
    public void Add(int place, int length)
    {
        if (length < Hash256.Length)
        {
            _references[place].SetInline(_buffer.AsSpan(_length, length));
            return;
        }
        _messages[_count] = new MessageRange(_length, length);
        _places[_count++] = place;
        _length += length;
        if (_count == BatchSize)
        {
            FlushMessages();
        }
    }

    /// <summary>Computes the references of all that was added.</summary>
    public void Flush()
    {
        FlushMessages();
        if (_buffer.Length > KeptBytes)
        {
            _buffer = new byte[BatchSize * 544];
        }
    }

    private void FlushMessages()
    {
        Keccak256Batch.Hash(_buffer, _messages.AsSpan(0, _count), _hashes);
        for (var i = 0; i < _count; i++)
        {
            _references[_places[i]].SetHash(in _hashes[i]);
        }
        _count = 0;
        _length = 0;
    }
}
