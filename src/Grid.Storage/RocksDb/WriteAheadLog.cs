using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics;

namespace Grid.Storage.RocksDb;

/// <summary>
/// Reads RocksDB's log before RocksDB does (the format is its wiki's "Write Ahead Log File Format"): tells a write that the end of the power cut
/// off, which nobody was told of, from damage that would take acknowledged writes away. RocksDB alone refuses some of the first, and passes
/// over some of the second without a word.
/// </summary>
/// <remarks>
/// Safe because the folder's one writer waits for each write to be durable before it makes the next one: at most one write, the last of the newest
/// log, was never acknowledged. So whatever is wrong before a later write is damage, and whatever is wrong with nothing after it is cut off;
/// whether that was acknowledged nevertheless, <see cref="AcknowledgedMark"/> tells when the database is open.
/// </remarks>
internal static class WriteAheadLog
{
    private const int BlockBytes = 32 * 1024, HeaderBytes = 7, BatchHeaderBytes = sizeof(ulong) + sizeof(uint);

    private const uint CrcMask = 0xa282ead8;

    /// <summary>A fragment's type: a whole record, or its first, a middle or its last part.</summary>
    private const byte Full = 1, First = 2, Middle = 3, Last = 4;

    /// <summary>Checks the logs of a folder that nobody has open, and cuts an interrupted write off the newest one.</summary>
    /// <exception cref="StorageException">Corrupt: something before the end of a log isn't what was written.</exception>
    public static void Check(string folder)
    {
        var logs = Directory.EnumerateFiles(folder, "*.log")
            .Select(path => (Path: path, IsNumber: ulong.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), out var number), Number: number))
            .Where(log => log.IsNumber)
            .OrderBy(log => log.Number)
            .Select(log => log.Path)
            .ToArray();
        for (var i = 0; i < logs.Length; i++)
        {
            Check(logs[i], isNewest: i == logs.Length - 1);
        }
    }

    private static void Check(string path, bool isNewest)
    {
        var length = new FileInfo(path).Length;
        if (length is 0 or > int.MaxValue)
        {
            return;
        }
        if (Judge(path, (int)length, isNewest) is { } end)
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
            file.SetLength(end);
            file.Flush(flushToDisk: true);
        }
    }

    /// <returns>Where an interrupted write begins; null where nothing has to be cut off.</returns>
    /// <exception cref="StorageException">It is damaged.</exception>
    private static unsafe int? Judge(string path, int length, bool isNewest)
    {
        using var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        using var view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            var bytes = new ReadOnlySpan<byte>(start + view.PointerOffset, length);
            var scan = Scan(bytes);
            // Zeros are room that was set aside.
            if (!scan.IsKnown || !bytes[scan.End..].ContainsAnyExcept((byte)0))
            {
                return null;
            }
            return isNewest && !scan.IsBroken && !HasLaterWrite(bytes, scan)
                ? scan.End
                : throw new StorageException(StorageError.Corrupt, $"{path} is damaged at byte {scan.End}, and what was acknowledged may be missing: restore a backup");
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>Reads writes up to the first one that isn't whole.</summary>
    private static LogScan Scan(ReadOnlySpan<byte> bytes)
    {
        var scan = new LogScan(0, 0, IsKnown: true, IsBroken: false);
        Span<byte> header = stackalloc byte[BatchHeaderBytes];
        var (isInside, headerBytes) = (false, 0);
        for (var at = 0; at < bytes.Length;)
        {
            var left = BlockBytes - (at % BlockBytes);
            if (left < HeaderBytes)
            {
                at += left;
                continue;
            }
            if (!TryRead(bytes[at..], left, out var type, out var content))
            {
                break;
            }
            if (type is < Full or > Last)
            {
                // Nothing that this version of the folder has written: RocksDB decides.
                return scan with { IsKnown = false };
            }
            if (isInside != type is Middle or Last)
            {
                return scan with { IsBroken = isInside };
            }
            // The header of a write that begins at a block's end goes on in the next block.
            var part = content[..Math.Min(content.Length, header.Length - (isInside ? headerBytes : 0))];
            headerBytes = (isInside ? headerBytes : 0) + part.Length;
            part.CopyTo(header[(headerBytes - part.Length)..]);
            if (part.Length > 0 && headerBytes == header.Length && scan.NextSequence != 0 && SequenceOf(header) is var sequence && sequence != scan.NextSequence)
            {
                // Not an interrupted write: a stale one, or writes before it are missing.
                return scan with { IsBroken = sequence > scan.NextSequence };
            }
            isInside = type is First or Middle;
            at += HeaderBytes + content.Length;
            if (!isInside)
            {
                if (headerBytes < header.Length)
                {
                    return scan with { IsBroken = true };
                }
                scan = scan with { End = at, NextSequence = SequenceOf(header) + BinaryPrimitives.ReadUInt32LittleEndian(header[sizeof(ulong)..]) };
            }
        }
        return scan;
    }

    /// <summary>
    /// Whether a write follows that was begun after the one that isn't whole. It is looked for at each byte, since where the next record begins isn't
    /// known after one that can't be read.
    /// </summary>
    private static bool HasLaterWrite(ReadOnlySpan<byte> bytes, LogScan scan)
    {
        Span<byte> header = stackalloc byte[BatchHeaderBytes];
        for (var at = scan.End + 1; at + HeaderBytes <= bytes.Length; at++)
        {
            var left = BlockBytes - (at % BlockBytes);
            if (left < HeaderBytes || bytes[at + HeaderBytes - 1] is not (Full or First) || !TryRead(bytes[at..], left, out var type, out var content))
            {
                continue;
            }
            var part = content[..Math.Min(content.Length, header.Length)];
            part.CopyTo(header);
            if (part.Length < header.Length && type == First && at + left <= bytes.Length
                && TryRead(bytes[(at + left)..], BlockBytes, out _, out var rest) && rest.Length >= header.Length - part.Length)
            {
                rest[..(header.Length - part.Length)].CopyTo(header[part.Length..]);
            }
            else if (part.Length < header.Length)
            {
                continue;
            }
            if (SequenceOf(header) > scan.NextSequence)
            {
                return true;
            }
        }
        return false;
    }

    private static ulong SequenceOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt64LittleEndian(header);

    /// <summary>One fragment: checksum of type and content, length, type, content.</summary>
    /// <param name="left">What is left of its block.</param>
    private static bool TryRead(ReadOnlySpan<byte> bytes, int left, out byte type, out ReadOnlySpan<byte> content)
    {
        type = 0;
        content = default;
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        if (HeaderBytes + length > Math.Min(left, bytes.Length) || bytes[6] == 0)
        {
            return false;
        }
        type = bytes[6];
        content = bytes.Slice(HeaderBytes, length);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Checksum(bytes.Slice(HeaderBytes - 1, length + 1));
    }

    /// <summary>CRC-32C, rotated and shifted as RocksDB stores it.</summary>
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }
        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }
        return BitOperations.RotateRight(~crc, 15) + CrcMask;
    }

    /// <summary>How far a log could be read.</summary>
    /// <param name="End">The byte after the last whole write.</param>
    /// <param name="NextSequence">The sequence number of the write after it; 0 where none was read.</param>
    /// <param name="IsKnown">Whether all records are of the kinds that the folder writes.</param>
    /// <param name="IsBroken">Whether what follows can't be an interrupted write.</param>
    private readonly record struct LogScan(int End, ulong NextSequence, bool IsKnown, bool IsBroken);
}
