using System.Buffers.Binary;

namespace Grid.Storage.RocksDb;

/// <summary>
/// The sequence number of the last write that was acknowledged, in a file beside the database: what a log that was cut short must still have. It
/// is written after the write is durable and isn't flushed itself, so it is exact when the process ends and may be somewhat older when the power
/// does, but never newer than the log.
/// </summary>
/// <remarks>Safe because only the thread that has the database to itself uses it: the opening one, then the writing one.</remarks>
internal sealed class AcknowledgedMark : IDisposable
{
    public const string Name = "grid.acked";

    /// <summary>The number, and its complement.</summary>
    private const int ValueBytes = sizeof(ulong), TotalBytes = 2 * ValueBytes;

    private readonly FileStream _file;
    private readonly byte[] _bytes = new byte[TotalBytes];

    private AcknowledgedMark(FileStream file) => _file = file;

    /// <summary>Compares the mark with the database that was opened, and keeps it from then on.</summary>
    /// <param name="sequence">The database's last write.</param>
    /// <exception cref="StorageException">Corrupt: acknowledged writes are missing.</exception>
    public static AcknowledgedMark Open(string folder, ulong sequence)
    {
        var path = Path.Combine(folder, Name);
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        var mark = new AcknowledgedMark(file);
        try
        {
            if (mark.Read() is { } acknowledged && acknowledged > sequence)
            {
                throw new StorageException(
                    StorageError.Corrupt,
                    $"{folder} has lost acknowledged writes: its log ends at write {sequence}, and write {acknowledged} was acknowledged; restore a backup, or remove {path} to go on without them");
            }
            mark.Write(sequence);
            return mark;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Write(ulong sequence)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes, sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(ValueBytes), ~sequence);
        RandomAccess.Write(_file.SafeFileHandle, _bytes, 0);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Null where nothing was marked, or not whole: one that can't be read says nothing about the log.</summary>
    private ulong? Read() =>
        RandomAccess.Read(_file.SafeFileHandle, _bytes, 0) == TotalBytes
        && BinaryPrimitives.ReadUInt64LittleEndian(_bytes) is var sequence && sequence == ~BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(ValueBytes))
            ? sequence
            : null;
}
