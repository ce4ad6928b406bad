using System.Runtime.InteropServices;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>The three bits that an address or a topic sets in a bloom (Yellow Paper, section 4.4.3), as their numbers from the filter's end.</summary>
internal readonly record struct BloomBits(ushort First, ushort Second, ushort Third)
{
    /// <summary>The low 11 bits of the first three pairs of bytes of the value's hash.</summary>
    public static BloomBits Of(in Hash256 hash)
    {
        var bytes = hash.Span;
        return new BloomBits(Pair(bytes, 0), Pair(bytes, 2), Pair(bytes, 4));
    }

    public void SetIn(Span<byte> bloom)
    {
        Set(bloom, First);
        Set(bloom, Second);
        Set(bloom, Third);
    }

    private static ushort Pair(ReadOnlySpan<byte> bytes, int at) => (ushort)(((bytes[at] << 8) | bytes[at + 1]) & 2047);

    private static void Set(Span<byte> bloom, int bit) => bloom[Bloom.Length - 1 - (bit >> 3)] |= (byte)(1 << (bit & 7));
}

/// <summary>
/// The bits of all addresses and topics of some receipts' logs, in their order, and the blooms of these receipts one after the other. What occurs
/// again is hashed once where a small table remembers it, the rest many at a time. Each thread has one, and uses it again.
/// </summary>
internal sealed class LogBits
{
    private const int MemoSize = 1024;

    /// <summary>Logs of a range beyond this many values leave no arrays behind.</summary>
    private const int KeptValues = 1 << 16;

    [ThreadStatic]
    private static LogBits? s_ofThread;

    // For each value in order, the place of its hash. Addresses are hashed apart from topics: they have another length.
    private readonly List<int> _places = [];
    private readonly List<Bloom?> _known = [];
    private readonly List<Address> _addresses = [];
    private readonly List<Hash256> _topics = [];
    private readonly int[] _addressMemo = new int[MemoSize];
    private readonly int[] _topicMemo = new int[MemoSize];
    private Hash256[] _hashes = [];
    private int _next, _nextReceipt;

    /// <summary>This thread's, with the bits of these receipts.</summary>
    public static LogBits Of(ReadOnlySpan<Receipt> receipts)
    {
        var bits = s_ofThread is { _places.Count: <= KeptValues } kept ? kept : s_ofThread = new LogBits();
        bits.Read(receipts);
        return bits;
    }

    /// <summary>Writes the bloom of the next receipt, and adds it to the block's.</summary>
    public void WriteNext(Span<byte> bloom, Receipt receipt, Span<byte> union)
    {
        if (_known[_nextReceipt++] is { } known)
        {
            known.Span.CopyTo(bloom);
        }
        else
        {
            bloom.Clear();
            foreach (var log in receipt.Logs)
            {
                for (var i = 0; i <= log.Topics.Length; i++)
                {
                    var place = _places[_next++];
                    BloomBits.Of(in _hashes[place >= 0 ? place : _topics.Count + ~place]).SetIn(bloom);
                }
            }
        }
        if (receipt.Logs.Length > 0)
        {
            Bloom.Or(union, bloom);
        }
    }

    /// <summary>Lets go of what belongs to the receipts.</summary>
    public void Clear() => _known.Clear();

    private void Read(ReadOnlySpan<Receipt> receipts)
    {
        _known.Clear();
        _places.Clear();
        _addresses.Clear();
        _topics.Clear();
        (_next, _nextReceipt) = (0, 0);
        foreach (var receipt in receipts)
        {
            // Asked once: somebody else may compute it meanwhile.
            var known = receipt.KnownBloom;
            _known.Add(known);
            if (known is not null)
            {
                continue;
            }
            foreach (var log in receipt.Logs)
            {
                _places.Add(~PlaceOf(_addresses, _addressMemo, log.Address));
                foreach (ref readonly var topic in log.Topics.AsSpan())
                {
                    _places.Add(PlaceOf(_topics, _topicMemo, in topic));
                }
            }
        }
        var count = _topics.Count + _addresses.Count;
        if (_hashes.Length < count)
        {
            _hashes = new Hash256[Math.Max(count, 256)];
        }
        Keccak256Batch.Hash32(CollectionsMarshal.AsSpan(_topics), _hashes);
        Keccak256Batch.Hash20(CollectionsMarshal.AsSpan(_addresses), _hashes.AsSpan(_topics.Count));
    }

    /// <summary>The place of a value in the list: that where it stands already, if the table remembers it.</summary>
    private static int PlaceOf<T>(List<T> values, int[] memo, in T value)
        where T : struct, IEquatable<T>
    {
        ref var remembered = ref memo[value.GetHashCode() & (MemoSize - 1)];
        // The table isn't cleared between blocks: what it says is compared.
        if ((uint)remembered < (uint)values.Count && values[remembered].Equals(value))
        {
            return remembered;
        }
        remembered = values.Count;
        values.Add(value);
        return remembered;
    }
}
