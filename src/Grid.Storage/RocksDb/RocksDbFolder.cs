using System.Buffers.Binary;
using RocksDbSharp;
using Database = RocksDbSharp.RocksDb;

namespace Grid.Storage.RocksDb;

/// <summary>
/// A data folder: the journal and the store of one chain in one RocksDB database. It owns the database, the folder's lock and
/// the writing thread; the two are views of it and live as long.
/// </summary>
/// <remarks>
/// Safe because RocksDB lets any number of threads read beside one that writes, all writes go through <see cref="GroupWriter"/>, and the
/// database is closed only after everybody who had entered has left: a native call never meets a closed handle.
/// </remarks>
public sealed class RocksDbFolder : IDisposable
{
    /// <summary>The version of keys and values; another one is refused.</summary>
    public const byte FormatVersion = 2;

    private const ulong MiB = 1 << 20;

    /// <summary>Everything that is shared or bounded across the column families.</summary>
    private const ulong BlockCacheBytes = 64 * MiB, WriteBuffersBytes = 128 * MiB, WalBytesMax = 128 * MiB, LogFileBytes = MiB;

    private const int OpenFilesMax = 1_024, LogFilesKept = 4, BloomBitsPerKey = 10;

    private static readonly WriteOptions Durable = new WriteOptions().SetSync(true);

    private static readonly byte[] FormatKey = "format"u8.ToArray();

    private readonly FolderLock _lock;
    private readonly Database _database;
    private readonly Families _families;
    private readonly GroupWriter _writer;
    private readonly ManualResetEventSlim _isEmpty = new();
    private volatile RocksDbException? _failure;
    // Callers inside, and one for being open: who takes it to zero was the last.
    private int _inside = 1;
    private int _isDisposed;
    private volatile bool _isClosed;

    private RocksDbFolder(string path, FolderLock taken, Database database, bool keepsHistory)
    {
        (Path, _lock, _database, _families) = (path, taken, database, new Families(database));
        History = new RocksDbHistory(this, keepsHistory);
        _writer = new GroupWriter(this);
        Journal = new RocksDbJournal(this, _writer);
        Store = new RocksDbStateStore(this, _writer);
    }

    public string Path { get; }

    public RocksDbJournal Journal { get; }

    public RocksDbStateStore Store { get; }

    /// <summary>Values before, where they are kept.</summary>
    public RocksDbHistory History { get; }

    /// <summary>Opens a data folder, and makes it where there is none.</summary>
    /// <param name="keepsHistory">Whether blocks from now on add to the history of values before; without it what there was ends with the next block.</param>
    /// <exception cref="StorageException">
    /// Unavailable: another process has it, or the file system refuses. Incompatible: it is something else, or of another version of the
    /// format. Corrupt: what is there isn't what was written.
    /// </exception>
    public static RocksDbFolder Open(string path, bool keepsHistory = false)
    {
        path = System.IO.Path.GetFullPath(path);
        FolderLock? taken = null;
        Database? database = null;
        try
        {
            Directory.CreateDirectory(path);
            RefuseForeign(path);
            taken = FolderLock.Take(path);
            database = OpenDatabase(path);
            CheckFormat(path, database);
            return new RocksDbFolder(path, taken, database, keepsHistory);
        }
        catch (Exception error) when (error is StorageException || Failures.IsExpected(error))
        {
            database?.Dispose();
            taken?.Dispose();
            throw error as StorageException ?? new StorageException(Failures.KindOf(error), $"{path} can't be opened: {error.Message}", error);
        }
    }

    /// <summary>Finishes the writes that are queued, waits for readers, and lets the folder go.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }
        // What is queued is still written, and may read what it depends on.
        _writer.Dispose();
        _isClosed = true;
        Leave();
        _isEmpty.Wait();
        _database.Dispose();
        _lock.Dispose();
        _isEmpty.Dispose();
    }

    /// <summary>Lets a caller in, who uses the database until it disposes the visit.</summary>
    /// <exception cref="StorageException">The folder is closed, or a write has failed.</exception>
    internal Visit Enter()
    {
        ThrowIfFailed();
        int inside;
        do
        {
            inside = Volatile.Read(ref _inside);
            if (inside == 0 || _isClosed)
            {
                throw Closed();
            }
        }
        while (Interlocked.CompareExchange(ref _inside, inside + 1, inside) != inside);
        return new Visit(this);
    }

    /// <summary>The value of a key; null where there is none.</summary>
    internal byte[]? Get(ReadOnlySpan<byte> key, Func<Families, ColumnFamilyHandle> family)
    {
        using var visit = Enter();
        try
        {
            return visit.Database.Get(key, family(visit.Families));
        }
        catch (RocksDbException error)
        {
            throw Failures.Of(error);
        }
    }

    /// <summary>Writes a batch, durably when this returns. Called by the writing thread only, which ends before the database does.</summary>
    internal void Write(WriteBatch batch)
    {
        ThrowIfFailed();
        try
        {
            _database.Write(batch, Durable);
        }
        catch (RocksDbException error)
        {
            _failure = error;
            ThrowIfFailed();
        }
    }

    internal StorageException Closed() => new(StorageError.Unavailable, $"{Path} is closed");

    /// <summary>
    /// A write that failed ends this opening. Nobody knows whether it is in the log and comes back when the log is read next time, so
    /// nothing may be answered or built on either assumption until then.
    /// </summary>
    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            throw new StorageException(Failures.KindOf(failure), $"{Path}: a write failed, and the folder must be opened again: {failure.Message}", failure);
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _inside) == 0)
        {
            _isEmpty.Set();
        }
    }

    /// <summary>A wrong path must not fill somebody's folder with files.</summary>
    private static void RefuseForeign(string path)
    {
        if (!File.Exists(System.IO.Path.Combine(path, "CURRENT"))
            && Directory.EnumerateFileSystemEntries(path).Select(System.IO.Path.GetFileName).FirstOrDefault(IsForeign) is { } found)
        {
            throw new StorageException(StorageError.Incompatible, $"{path} isn't a data folder of Grid: it holds {found}");
        }

        // What is left when a first opening is interrupted: our own files, and those that RocksDB writes before CURRENT.
        static bool IsForeign(string? name) =>
            name is not (null or FolderLock.LockName or FolderLock.HolderName or "LOCK" or "LOG" or "IDENTITY" or "lost+found")
            && !name.StartsWith("LOG.", StringComparison.Ordinal) && !name.StartsWith("MANIFEST-", StringComparison.Ordinal)
            && !name.EndsWith(".dbtmp", StringComparison.Ordinal) && !name.EndsWith(".log", StringComparison.Ordinal);
    }

    private static Database OpenDatabase(string path)
    {
        var table = new BlockBasedTableOptions().SetBlockCache(Cache.CreateLru(BlockCacheBytes)).SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false));
        var options = new DbOptions()
            .SetCreateIfMissing()
            .SetCreateMissingColumnFamilies()
            // A write that was cut off by the end of the process or of the power was never acknowledged: dropped. Damage before the log's end
            // would take acknowledged blocks away without a word: refused, unlike by the default.
            .SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords)
            .SetMaxTotalWalSize(WalBytesMax)
            .SetDbWriteBufferSize(WriteBuffersBytes)
            .SetMaxOpenFiles(OpenFilesMax)
            .SetMaxLogFileSize(LogFileBytes)
            .SetKeepLogFileNum(LogFilesKept);
        options.SetInfoLogLevel(InfoLogLevel.Warn);
        if (File.Exists(System.IO.Path.Combine(path, "CURRENT")))
        {
            var unknown = Database.ListColumnFamilies(options, path).Except(Families.Names).FirstOrDefault();
            if (unknown is not null)
            {
                throw new StorageException(StorageError.Incompatible, $"{path} holds a column family '{unknown}' that this version doesn't know");
            }
        }
        return Database.Open(options, path, Families.Describe(table));
    }

    private static void CheckFormat(string path, Database database)
    {
        var found = database.Get(FormatKey);
        if (found is null)
        {
            foreach (var name in Families.Names)
            {
                using var iterator = database.NewIterator(database.GetColumnFamily(name));
                if (iterator.SeekToFirst().Valid())
                {
                    throw new StorageException(StorageError.Incompatible, $"{path} doesn't say which version of the format it has");
                }
            }
            database.Put(FormatKey, new byte[] { FormatVersion }, null, Durable);
        }
        else if (found is not [FormatVersion])
        {
            throw new StorageException(StorageError.Incompatible, $"{path} has version {Convert.ToHexStringLower(found)} of the format, not {FormatVersion:x2}");
        }
    }

    /// <summary>One caller's use of the database.</summary>
    internal readonly struct Visit(RocksDbFolder folder) : IDisposable
    {
        public Database Database => folder._database;

        public Families Families => folder._families;

        public void Dispose() => folder.Leave();
    }
}
