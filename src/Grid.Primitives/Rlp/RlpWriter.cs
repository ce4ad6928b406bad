using System.Buffers.Binary;
using System.Numerics;

namespace Grid.Primitives.Rlp;

/// <summary>
/// Writes canonical RLP (Yellow Paper, appendix B) into one growing buffer. A list's header is put before its payload when
/// the list ends: <c>var mark = writer.BeginList(); …; writer.EndList(mark);</c>. Reusable through <see cref="Clear"/>.
/// </summary>
public sealed class RlpWriter(int capacity = 256)
{
    private byte[] _buffer = new byte[capacity];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public byte[] ToArray() => Written.ToArray();

    /// <summary>Starts a list; hand the result to <see cref="EndList"/>.</summary>
    public int BeginList() => _length;

    public void EndList(int mark)
    {
        var payload = _length - mark;
        var header = HeaderLength(payload);
        Reserve(header);
        Buffer.BlockCopy(_buffer, mark, _buffer, mark + header, payload);
        WriteHeader(_buffer.AsSpan(mark), payload, 0xc0);
        _length += header;
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 1 && bytes[0] < 0x80)
        {
            WriteRaw(bytes);
            return;
        }
        var header = HeaderLength(bytes.Length);
        Reserve(header + bytes.Length);
        WriteHeader(_buffer.AsSpan(_length), bytes.Length, 0x80);
        bytes.CopyTo(_buffer.AsSpan(_length + header));
        _length += header + bytes.Length;
    }

    public void WriteUInt64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        WriteBytes(bytes[(BitOperations.LeadingZeroCount(value) >> 3)..]);
    }

    public void WriteUInt256(in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[32];
        value.WriteBigEndian(bytes);
        WriteBytes(bytes[(32 - value.ByteLength)..]);
    }

    public void WriteAddress(in Address address) => WriteBytes(address.Span);

    /// <summary>The address, or an empty string for none.</summary>
    public void WriteOptionalAddress(Address? address)
    {
        if (address is { } value)
        {
            WriteAddress(in value);
        }
        else
        {
            WriteBytes([]);
        }
    }

    public void WriteHash256(in Hash256 hash) => WriteBytes(hash.Span);

    /// <summary>Appends bytes that are RLP already (or a transaction's type byte).</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public void WriteEmptyList() => WriteRaw([0xc0]);

    /// <summary>The bytes of the header before a payload of this length (of two bytes or more, or of a list).</summary>
    public static int HeaderLength(int payloadLength) =>
        payloadLength <= 55 ? 1 : 1 + LengthOfLength(payloadLength);

    /// <summary>Writes a header: base 0x80 for a string, 0xc0 for a list. Returns its length.</summary>
    public static int WriteHeader(Span<byte> destination, int payloadLength, byte @base)
    {
        if (payloadLength <= 55)
        {
            destination[0] = (byte)(@base + payloadLength);
            return 1;
        }
        var count = LengthOfLength(payloadLength);
        destination[0] = (byte)(@base + 55 + count);
        for (var i = 0; i < count; i++)
        {
            destination[1 + i] = (byte)(payloadLength >> (8 * (count - 1 - i)));
        }
        return 1 + count;
    }

    private static int LengthOfLength(int length) => (39 - BitOperations.LeadingZeroCount((uint)length)) >> 3;

    private void Reserve(int more)
    {
        if (_length + more > _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + more));
        }
    }
}
