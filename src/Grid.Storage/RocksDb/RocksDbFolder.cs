using System.Buffers.Binary;
using RocksDbSharp;
using Database = RocksDbSharp.RocksDb;

namespace Grid.Storage.RocksDb;

/// <summary>
/// A data folder: the journal and the store of one chain in one RocksDB database. It owns the database, the folder's lock and
/// the writing thread; the two are views of it and live as long.
/// After a write that fails nothing more is written by that opening of the database; what was durable before it is still read, until the medium takes writes
/// and the folder opens the database again by itself.
/// </summary>
/// <remarks>
/// Safe because RocksDB lets any number of threads read beside one that writes, all writes go through <see cref="GroupWriter"/>, and the
/// database is closed only after everybody who had entered has left: a native call never meets a closed handle. Only the writing
/// thread ends an opening and begins another one, and with it forgets what journal and store had read; the lock stays all the while.
/// <para>
/// Reading on after a failure is safe because RocksDB shows a batch only when its log has taken it durably. A batch whose log failed may come back when the log is read
/// again, so a reader may see the last block, and a writer the next fencing number, only later; both is what they see of another process on a database, too, and whoever
/// decides something by what he read writes it in a batch that is compared with the head again.
/// </para>
/// </remarks>
public sealed class RocksDbFolder : IBackup, IDisposable
{
    /// <summary>The version of keys and values; another one is refused.</summary>
    public const byte FormatVersion = 2;

    /// <summary>What RocksDB's cache and write buffers take unless told otherwise.</summary>
    public const long DefaultMemoryBytes = 192 << 20;

    private const ulong MiB = 1 << 20;

    /// <summary>Everything that is shared or bounded across the column families.</summary>
    private const ulong WalBytesMax = 128 * MiB, LogFileBytes = MiB;

    private const int OpenFilesMax = 1_024, LogFilesKept = 4, BloomBitsPerKey = 10;

    /// <summary>
    /// What must be free on the disk beyond the log that is read back, before the database is opened again: enough not to fail at the next write,
    /// and more than closing it gave back.
    /// </summary>
    private const ulong ReopenBytesMin = 16 * MiB;

    private const string ProbeName = "grid.probe", CheckpointName = "grid.backup";

    /// <summary>The least time between two tries to open the database again; what is corrupt seldom gets well by itself, and is long to read.</summary>
    private static readonly TimeSpan ReopenInterval = TimeSpan.FromSeconds(1), CorruptReopenInterval = TimeSpan.FromSeconds(30);

    private static readonly WriteOptions Durable = new WriteOptions().SetSync(true);

    private static readonly byte[] FormatKey = "format"u8.ToArray();

    private readonly FolderLock _lock;
    private readonly long _memoryBytes;
    private readonly TimeProvider _time;
    private readonly IIndexWatch? _watch;
    private readonly GroupWriter _writer;
    private int _isDisposed;
    private int _isBackingUp;
    // Set by the writing thread, read by all. Null from the end of an opening to the beginning of the next one. A failure refuses writes, and no opening reads.
    private volatile Opening? _opening;
    private volatile StorageException? _failure;
    // The writing thread's, but for the look of others whether it is time to wake it.
    private long _lastTry;

    private RocksDbFolder(string path, FolderLock taken, Opening opening, bool keepsHistory, long memoryBytes, TimeProvider time, IIndexWatch? watch)
    {
        (Path, _lock, _opening, _memoryBytes, _time, _watch) = (path, taken, opening, memoryBytes, time, watch);
        History = new RocksDbHistory(this, keepsHistory);
        _writer = new GroupWriter(this);
        Journal = new RocksDbJournal(this, _writer);
        Store = new RocksDbStateStore(this, _writer);
    }

    public string Path { get; }

    /// <summary>Lets a test have the next write fail.</summary>
    internal WriteFault NextWriteFails { get; set; }

    /// <summary>Lets a test see a block whose rows aren't written yet.</summary>
    internal bool HoldsIndexBack { get; set; }

    public RocksDbJournal Journal { get; }

    public RocksDbStateStore Store { get; }

    /// <summary>Values before, where they are kept.</summary>
    public RocksDbHistory History { get; }

    /// <summary>Opens a data folder, and makes it where there is none.</summary>
    /// <exception cref="StorageException">
    /// Unavailable: another process has it, or the file system refuses. Incompatible: it is something else, or of another version of the
    /// format. Corrupt: what is there isn't what was written.
    /// </exception>
    /// <param name="keepsHistory">Whether blocks from now on add to the history; it ends with the first block without.</param>
    /// <param name="memoryBytes">What RocksDB's cache and write buffers may take together.</param>
    /// <param name="time">What the tries to open the database again are timed by; null for the system's.</param>
    /// <param name="watch">Is told of what is written behind the answers; null for nobody.</param>
    public static RocksDbFolder Open(
        string path, bool keepsHistory = false, long memoryBytes = DefaultMemoryBytes, TimeProvider? time = null, IIndexWatch? watch = null)
    {
        path = System.IO.Path.GetFullPath(path);
        FolderLock? taken = null;
        try
        {
            Directory.CreateDirectory(path);
            RefuseForeign(path);
            taken = FolderLock.Take(path);
            RemoveCheckpoint(System.IO.Path.Combine(path, CheckpointName));
            return new RocksDbFolder(path, taken, Opening.Begin(path, memoryBytes, watch), keepsHistory, memoryBytes, time ?? TimeProvider.System, watch);
        }
        catch (Exception error) when (error is StorageException || Failures.IsExpected(error))
        {
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
        _failure = Closed();
        _opening?.Close();
        _lock.Dispose();
    }

    /// <inheritdoc/>
    public async Task BackUpAsync(Stream output, CancellationToken cancellation)
    {
        if (Interlocked.Exchange(ref _isBackingUp, 1) != 0)
        {
            throw new StorageException(StorageError.Unavailable, $"{Path}: another backup is being made");
        }
        // Below the folder, because hard links don't reach another disk: they keep the database's files from going while they are read.
        var checkpoint = System.IO.Path.Combine(Path, CheckpointName);
        try
        {
            await Task.Run(() => MakeCheckpoint(checkpoint), CancellationToken.None);
            await BackupArchive.WriteAsync(checkpoint, output, cancellation);
        }
        finally
        {
            RemoveCheckpoint(checkpoint);
            Volatile.Write(ref _isBackingUp, 0);
        }
    }

    /// <summary>Rewrites the files without what is deleted and overwritten in them. It takes as long as reading and writing everything; others go on meanwhile.</summary>
    /// <returns>The bytes of the folder's files before and after.</returns>
    /// <exception cref="StorageException">The storage can't be read or written.</exception>
    public (long Before, long After) Compact()
    {
        using var visit = Enter();
        var before = SizeBytes();
        try
        {
            foreach (var name in Families.Names)
            {
                visit.Database.CompactRange((byte[]?)null, null, visit.Database.GetColumnFamily(name));
            }
        }
        catch (RocksDbException error)
        {
            throw Failures.Of(error);
        }
        return (before, SizeBytes());
    }

    /// <summary>Lets a caller in, who reads the database until it disposes the visit.</summary>
    /// <exception cref="StorageException">The folder is closed, or the database is just being opened again, or can't be.</exception>
    internal Visit Enter()
    {
        if (_failure is not null && Volatile.Read(ref _isDisposed) == 0 && _time.GetElapsedTime(Volatile.Read(ref _lastTry)) >= ReopenInterval)
        {
            _writer.Wake();
        }
        return _opening is { } opening && opening.TryEnter() ? new Visit(opening) : throw Again(_failure);
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

    /// <summary>Writes a batch, durably when this returns. Called by the writing thread only.</summary>
    /// <exception cref="StorageException">
    /// The write failed, and this opening writes nothing more. Nobody knows whether it is in the log and comes back when the log is read next time, so
    /// nothing may be acknowledged or built on either assumption until then.
    /// </exception>
    /// <param name="isAnswered">Whether somebody is told that it is there.</param>
    internal void Write(WriteBatch batch, bool isAnswered = true)
    {
        try
        {
            var fault = NextWriteFails;
            NextWriteFails = WriteFault.None;
            if (fault != WriteFault.BeforeIt)
            {
                _opening!.Write(batch, isAnswered);
            }
            if (fault != WriteFault.None)
            {
                throw new IOException("a test has it fail");
            }
        }
        catch (Exception error) when (Failures.IsExpected(error))
        {
            throw Fail(error, "a write failed, and nothing is written until the folder takes writes again; reading goes on");
        }
    }

    /// <summary>Writes what follows from the blocks that were appended. Called by the writing thread only, when nobody waits for it.</summary>
    internal void WriteIndex()
    {
        using var batch = new WriteBatch();
        if (HoldsIndexBack || Journal.FillIndex(batch, _opening!.Families) is not { } last)
        {
            return;
        }
        try
        {
            _watch?.Writing(last);
            Write(batch, isAnswered: false);
            _watch?.Written(last);
            Journal.HideIndexed();
        }
        catch (StorageException)
        {
            // Where the write failed, the folder opens again and does it then; otherwise it is done, or done once more, after the next request.
        }
    }

    /// <summary>
    /// Opens the database again after a write has failed, if it is time and the medium takes writes. Called by the writing thread only.
    /// </summary>
    /// <returns>Null when the folder takes writes; otherwise why not.</returns>
    internal StorageException? TryRecover()
    {
        if (_failure is not { } failure)
        {
            return null;
        }
        var interval = failure.Error == StorageError.Corrupt && _opening is null ? CorruptReopenInterval : ReopenInterval;
        if (_time.GetElapsedTime(_lastTry) < interval)
        {
            return Again(failure);
        }
        try
        {
            // First, because readers use the opening that there is for as long as the medium refuses.
            Probe();
        }
        catch (Exception error) when (Failures.IsExpected(error))
        {
            return Fail(error, $"it takes no writes, and none is made until it does{(_opening is null ? "" : "; reading goes on")}");
        }
        // Who still reads must leave first, and may be waiting for an answer that only the writing thread can give.
        if (_opening?.TryClose() == false)
        {
            return Again(failure);
        }
        Volatile.Write(ref _lastTry, _time.GetTimestamp());
        _opening = null;
        try
        {
            var opening = Opening.Begin(Path, _memoryBytes, _watch);
            Journal.Forget();
            Store.Forget();
            History.Forget();
            _opening = opening;
            _failure = null;
            return null;
        }
        catch (Exception error) when (error is StorageException || Failures.IsExpected(error))
        {
            return Fail(error, "it can't be opened again, and nothing is read or written until that succeeds");
        }
    }

    internal StorageException Closed() => new(StorageError.Unavailable, $"{Path} is closed");

    private long SizeBytes() => Directory.EnumerateFiles(Path).Sum(file => new FileInfo(file).Length);

    private void MakeCheckpoint(string path)
    {
        RemoveCheckpoint(path);
        using var visit = Enter();
        try
        {
            using var checkpoint = visit.Database.Checkpoint();
            checkpoint.Save(path);
        }
        catch (RocksDbException error)
        {
            throw Failures.Of(error);
        }
    }

    /// <summary>Also what a crash has left of one, and of one that wasn't finished.</summary>
    private static void RemoveCheckpoint(string path)
    {
        foreach (var folder in (string[])[path, path + ".tmp"])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private StorageException Fail(Exception error, string what)
    {
        Volatile.Write(ref _lastTry, _time.GetTimestamp());
        var kind = error is StorageException storage ? storage.Error : Failures.KindOf(error);
        return _failure = new StorageException(kind, $"{Path}: {what}: {error.Message}", error);
    }

    /// <summary>For another caller: an exception that was thrown isn't thrown twice.</summary>
    private StorageException Again(StorageException? failure) =>
        failure is null ? Closed() : new StorageException(failure.Error, failure.Detail, failure.InnerException);

    /// <summary>
    /// Makes sure that what the log holds fits on the disk once more, because opening writes it there. A try that fails half-way would leave files.
    /// </summary>
    private void Probe()
    {
        var path = System.IO.Path.Combine(Path, ProbeName);
        var bytes = ReopenBytesMin + (ulong)Directory.EnumerateFiles(Path, "*.log").Sum(file => new FileInfo(file).Length);
        try
        {
            using var probe = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, PreallocationSize = (long)bytes });
            probe.WriteByte(1);
            probe.Flush(flushToDisk: true);
        }
        finally
        {
            File.Delete(path);
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
            name is not (null or FolderLock.LockName or FolderLock.HolderName or AcknowledgedMark.Name or ProbeName or "LOCK" or "LOG" or "IDENTITY" or "lost+found")
            && !name.StartsWith("LOG.", StringComparison.Ordinal) && !name.StartsWith("MANIFEST-", StringComparison.Ordinal)
            && !name.EndsWith(".dbtmp", StringComparison.Ordinal) && !name.EndsWith(".log", StringComparison.Ordinal);
    }

    private static Database OpenDatabase(string path, long memoryBytes)
    {
        var cacheBytes = (ulong)memoryBytes / 3;
        var table = new BlockBasedTableOptions().SetBlockCache(Cache.CreateLru(cacheBytes)).SetFilterPolicy(BloomFilterPolicy.Create(BloomBitsPerKey, false));
        // Outside of the cache they would grow with the chain: a byte and a half for each transaction.
        table.SetCacheIndexAndFilterBlocks(true).SetPinL0FilterAndIndexBlocksInCache(true);
        var options = new DbOptions()
            .SetCreateIfMissing()
            .SetCreateMissingColumnFamilies()
            // A write that was cut off by the end of the process or of the power was never acknowledged: dropped. Damage before the log's end
            // would take acknowledged blocks away without a word: refused, unlike by the default.
            .SetWalRecoveryMode(Recovery.TolerateCorruptedTailRecords)
            .SetMaxTotalWalSize(WalBytesMax)
            .SetDbWriteBufferSize((ulong)memoryBytes - cacheBytes)
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
    internal readonly struct Visit(Opening opening) : IDisposable
    {
        public Database Database => opening.Database;

        public Families Families => opening.Families;

        public void Dispose() => opening.Leave();
    }

    /// <summary>The database from one opening to its end.</summary>
    internal sealed class Opening
    {
        private readonly AcknowledgedMark _mark;
        private readonly ManualResetEventSlim _isEmpty = new();
        // Callers inside, and one for being open: who takes it to zero was the last.
        private int _inside = 1;
        private volatile bool _isClosing;

        private Opening(Database database, AcknowledgedMark mark) => (Database, Families, _mark) = (database, new Families(database), mark);

        public Database Database { get; }

        public Families Families { get; }

        /// <exception cref="StorageException">What is there can't be used, or lacks what was acknowledged.</exception>
        public static Opening Begin(string path, long memoryBytes, IIndexWatch? watch)
        {
            WriteAheadLog.Check(path);
            var database = OpenDatabase(path, memoryBytes);
            try
            {
                CheckFormat(path, database);
                var mark = AcknowledgedMark.Open(path, SequenceOf(database));
                try
                {
                    var opening = new Opening(database, mark);
                    // After the mark was compared, which says how far the log must reach.
                    RocksDbJournal.CompleteIndex(opening, watch);
                    return opening;
                }
                catch
                {
                    mark.Dispose();
                    throw;
                }
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }

        /// <summary>Writes durably. Called by the writing thread only.</summary>
        /// <param name="isAnswered">Whether somebody is told that it is there.</param>
        public void Write(WriteBatch batch, bool isAnswered = true)
        {
            Database.Write(batch, Durable);
            if (isAnswered)
            {
                _mark.Write(SequenceOf(Database));
            }
        }

        /// <summary>False once the opening ends. After true, <see cref="Leave"/> must follow.</summary>
        public bool TryEnter()
        {
            int inside;
            do
            {
                inside = Volatile.Read(ref _inside);
                if (inside == 0 || _isClosing)
                {
                    return false;
                }
            }
            while (Interlocked.CompareExchange(ref _inside, inside + 1, inside) != inside);
            return true;
        }

        public void Leave()
        {
            if (Interlocked.Decrement(ref _inside) == 0)
            {
                _isEmpty.Set();
            }
        }

        /// <summary>Lets nobody in any more; closes the database if nobody is inside. True when it is closed.</summary>
        public bool TryClose()
        {
            BeginClosing();
            if (!_isEmpty.IsSet)
            {
                return false;
            }
            End();
            return true;
        }

        /// <summary>Lets nobody in any more, waits for those who are inside, and closes the database.</summary>
        public void Close()
        {
            BeginClosing();
            _isEmpty.Wait();
            End();
            _isEmpty.Dispose();
        }

        private static ulong SequenceOf(Database database) => Native.Instance.rocksdb_get_latest_sequence_number(database.Handle);

        private void End()
        {
            Database.Dispose();
            _mark.Dispose();
        }

        private void BeginClosing()
        {
            if (!_isClosing)
            {
                _isClosing = true;
                Leave();
            }
        }
    }
}

/// <summary>How a write fails in a test: of one that fails nobody knows whether it was made.</summary>
internal enum WriteFault
{
    None,
    BeforeIt,
    AfterIt,
}
