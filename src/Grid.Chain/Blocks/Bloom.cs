using System.Runtime.InteropServices;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>
/// The 2048-bit filter over the addresses and topics of logs (Yellow Paper, section 4.4.3). Immutable; the empty one is one
/// shared instance, because most receipts have no logs.
/// </summary>
public sealed class Bloom : IEquatable<Bloom>
{
    public const int Length = 256;

    public static readonly Bloom Empty = new(new byte[Length]);

    private readonly byte[] _bytes;

    private Bloom(byte[] bytes) => _bytes = bytes;

    /// <exception cref="ArgumentException">The span isn't 256 bytes long.</exception>
    public static Bloom FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A bloom has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        }
        return bytes.ContainsAnyExcept((byte)0) ? new Bloom(bytes.ToArray()) : Empty;
    }

    public static Bloom Of(ReadOnlySpan<Log> logs)
    {
        if (logs.IsEmpty)
        {
            return Empty;
        }
        var bytes = new byte[Length];
        foreach (var log in logs)
        {
            Add(bytes, log.Address.Span);
            foreach (ref readonly var topic in log.Topics.AsSpan())
            {
                Add(bytes, topic.Span);
            }
        }
        return new Bloom(bytes);
    }

    /// <summary>Adds the bits of one filter to another.</summary>
    internal static void Or(Span<byte> bloom, ReadOnlySpan<byte> other)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bloom);
        var others = MemoryMarshal.Cast<byte, ulong>(other);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] |= others[i];
        }
    }

    public static Bloom Union(IEnumerable<Bloom> blooms)
    {
        ulong[]? union = null;
        foreach (var bloom in blooms)
        {
            if (ReferenceEquals(bloom, Empty))
            {
                continue;
            }
            union ??= new ulong[Length / 8];
            var words = MemoryMarshal.Cast<byte, ulong>(bloom._bytes);
            for (var i = 0; i < union.Length; i++)
            {
                union[i] |= words[i];
            }
        }
        return union is null ? Empty : new Bloom(MemoryMarshal.AsBytes(union.AsSpan()).ToArray());
    }

    public ReadOnlySpan<byte> Span => _bytes;

    public bool IsEmpty => ReferenceEquals(this, Empty);

    /// <summary>Whether a log with this address or topic may be inside; false is certain.</summary>
    public bool MayContain(ReadOnlySpan<byte> addressOrTopic)
    {
        Span<byte> other = stackalloc byte[Length];
        other.Clear();
        Add(other, addressOrTopic);
        for (var i = 0; i < Length; i++)
        {
            if ((_bytes[i] & other[i]) != other[i])
            {
                return false;
            }
        }
        return true;
    }

    public bool Equals(Bloom? other) => other is not null && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => Equals(obj as Bloom);

    public override int GetHashCode() => MemoryMarshal.Read<int>(_bytes.AsSpan(Length - 4));

    public override string ToString() => Hex.Encode(_bytes);

    private static void Add(Span<byte> bloom, ReadOnlySpan<byte> value) => BloomBits.Of(Keccak256.Hash(value)).SetIn(bloom);
}
