using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;

namespace Grid.Chain;

/// <summary>
/// A block's receipts as the journal keeps them, an RLP list of byte strings of which each is a receipt's trie form, and the block's bloom. Their
/// blooms are computed together, several Keccaks at a time, and straight into the encoding: nobody asks most receipts for theirs.
/// </summary>
public sealed record EncodedReceipts(EncodedList List, Bloom LogsBloom)
{
    /// <param name="parallelism">How many threads may work at once.</param>
    public static EncodedReceipts Of(Receipt[] receipts, int parallelism = 1)
    {
        var items = new MessageRange[receipts.Length];
        WorkRanges.Run(items.Length, parallelism, EncodedList.ItemsPerRange, (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                items[i] = new MessageRange(0, ReceiptWriter.LengthOf(receipts[i]));
            }
        });
        var payload = 0;
        foreach (ref var item in items.AsSpan())
        {
            payload = checked(payload + RlpWriter.HeaderLength(item.Length));
            item = item with { Offset = payload };
            payload = checked(payload + item.Length);
        }
        var bytes = EncodedList.Allocate(payload, out var header);
        var union = new BloomUnion();
        WorkRanges.Run(items.Length, parallelism, EncodedList.ItemsPerRange, (from, to) =>
        {
            var bits = LogBits.Of(receipts.AsSpan(from, to - from));
            Span<byte> seen = stackalloc byte[Bloom.Length];
            seen.Clear();
            for (var i = from; i < to; i++)
            {
                ref var item = ref items[i];
                item = item with { Offset = item.Offset + header };
                var room = RlpWriter.HeaderLength(item.Length);
                RlpWriter.WriteHeader(bytes.AsSpan(item.Offset - room, room), item.Length, 0x80);
                ReceiptWriter.Write(bytes.AsSpan(item.Offset, item.Length), receipts[i], bits, seen);
            }
            bits.Clear();
            union.Add(seen);
        });
        return new EncodedReceipts(new EncodedList(bytes, items), union.ToBloom());
    }

    /// <summary>The blooms of ranges put together.</summary>
    private sealed class BloomUnion
    {
        private readonly Lock _lock = new();
        private readonly byte[] _bytes = new byte[Bloom.Length];

        public void Add(ReadOnlySpan<byte> bloom)
        {
            lock (_lock)
            {
                Bloom.Or(_bytes, bloom);
            }
        }

        public Bloom ToBloom() => Bloom.FromBytes(_bytes);
    }
}

/// <summary>Writes a receipt's trie form into room of exactly its length.</summary>
internal static class ReceiptWriter
{
    private const int BloomLength = 3 + Bloom.Length;

    public static int LengthOf(Receipt receipt)
    {
        var payload = PayloadLength(receipt, LogsLength(receipt.Logs));
        return (receipt.Type == TransactionType.Legacy ? 0 : 1) + RlpWriter.HeaderLength(payload) + payload;
    }

    /// <param name="bits">Those of the logs: of this receipt where it stands.</param>
    /// <param name="seen">Gets the receipt's bloom added.</param>
    public static void Write(Span<byte> destination, Receipt receipt, LogBits bits, Span<byte> seen)
    {
        var at = 0;
        if (receipt.Type != TransactionType.Legacy)
        {
            destination[at++] = (byte)receipt.Type;
        }
        var logsLength = LogsLength(receipt.Logs);
        at += RlpWriter.WriteHeader(destination[at..], PayloadLength(receipt, logsLength), 0xc0);
        at += receipt.PostStateRoot is { } root ? WriteString(destination[at..], root.Span) : WriteNumber(destination[at..], receipt.Succeeded ? 1UL : 0);
        at += WriteNumber(destination[at..], receipt.CumulativeGasUsed);
        at += RlpWriter.WriteHeader(destination[at..], Bloom.Length, 0x80);
        bits.WriteNext(destination.Slice(at, Bloom.Length), receipt, seen);
        at += Bloom.Length;
        at += RlpWriter.WriteHeader(destination[at..], logsLength, 0xc0);
        foreach (var log in receipt.Logs)
        {
            at += WriteLog(destination[at..], log);
        }
    }

    private static int WriteLog(Span<byte> destination, Log log)
    {
        var topics = log.Topics.Length * (1 + Hash256.Length);
        var at = RlpWriter.WriteHeader(destination, LogPayload(log), 0xc0);
        at += WriteString(destination[at..], log.Address.Span);
        at += RlpWriter.WriteHeader(destination[at..], topics, 0xc0);
        foreach (ref readonly var topic in log.Topics.AsSpan())
        {
            at += WriteString(destination[at..], topic.Span);
        }
        return at + WriteString(destination[at..], log.Data);
    }

    private static int PayloadLength(Receipt receipt, int logsLength) =>
        (receipt.PostStateRoot is null ? 1 : 1 + Hash256.Length) + NumberLength(receipt.CumulativeGasUsed) + BloomLength + RlpWriter.HeaderLength(logsLength) + logsLength;

    private static int LogsLength(Log[] logs)
    {
        var length = 0;
        foreach (var log in logs)
        {
            var payload = LogPayload(log);
            length = checked(length + RlpWriter.HeaderLength(payload) + payload);
        }
        return length;
    }

    private static int LogPayload(Log log)
    {
        var topics = log.Topics.Length * (1 + Hash256.Length);
        return 1 + Address.Length + RlpWriter.HeaderLength(topics) + topics + StringLength(log.Data);
    }

    private static int StringLength(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 && bytes[0] < 0x80 ? 1 : RlpWriter.HeaderLength(bytes.Length) + bytes.Length;

    private static int WriteString(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 1 && bytes[0] < 0x80)
        {
            destination[0] = bytes[0];
            return 1;
        }
        var header = RlpWriter.WriteHeader(destination, bytes.Length, 0x80);
        bytes.CopyTo(destination[header..]);
        return header + bytes.Length;
    }

    private static int NumberLength(ulong value) => value is > 0 and < 0x80 ? 1 : 1 + ByteLength(value);

    private static int WriteNumber(Span<byte> destination, ulong value)
    {
        if (value is > 0 and < 0x80)
        {
            destination[0] = (byte)value;
            return 1;
        }
        var length = ByteLength(value);
        destination[0] = (byte)(0x80 + length);
        for (var i = length; i > 0; i--, value >>= 8)
        {
            destination[i] = (byte)value;
        }
        return 1 + length;
    }

    private static int ByteLength(ulong value) => (71 - System.Numerics.BitOperations.LeadingZeroCount(value)) >> 3;
}
