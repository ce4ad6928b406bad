using Grid.Grains;
using Grid.Grains.Faults;
using Grid.Storage;
using Grid.Storage.Memory;
using Grid.Storage.Postgres;
using Grid.Storage.RocksDb;

namespace Grid.Node.Hosting;

/// <summary>Where a chain is kept: in a data folder, in a PostgreSQL database, or, when both are null, in memory.</summary>
public sealed record StorageLocation(string? Folder = null, PostgresOptions? Database = null)
{
    /// <summary>For people, and without any secret.</summary>
    /// <exception cref="StorageException">The connection string can't be read.</exception>
    public string Describe() => Folder ?? Database?.Describe() ?? "memory";
}

/// <summary>The journal and the store of a node.</summary>
public sealed class NodeStorage : IDisposable
{
    private readonly IDisposable? _opened;

    private NodeStorage(IJournal journal, IStateStore store, IHistoryIndex history, IDisposable? opened, IFaultPoints? faults)
    {
        (Journal, Store) = faults is null ? (journal, store) : (new JournalWithFaults(journal, faults), new StateStoreWithFaults(store, faults));
        (History, _opened) = (history, opened);
    }

    public IJournal Journal { get; }

    public IStateStore Store { get; }

    /// <summary>Null where it can't be backed up.</summary>
    public IBackup? Backup => _opened as IBackup;

    /// <summary>Values before of all blocks, where they are kept.</summary>
    public IHistoryIndex History { get; }

    /// <summary>Has one process at a time do something that several may start at once; where only one can be on the data, it is at once at it.</summary>
    /// <exception cref="StorageException">The database can't be reached.</exception>
    public async Task<IAsyncDisposable?> LockAsync(string name, CancellationToken cancellation) =>
        _opened is PostgresDatabase database ? await database.LockAsync(name, cancellation) : null;

    /// <param name="keepsHistory">Whether blocks from now on add to the history; it ends with the first block without.</param>
    /// <param name="memory">What a data folder may take; null for the preset.</param>
    /// <param name="faults">What is told of each durable write; null for nobody.</param>
    /// <param name="schema">What to do with a database that hasn't our tables, or not all of them.</param>
    /// <exception cref="StorageException">The folder or the database can't be used, or not so.</exception>
    public static async Task<NodeStorage> OpenAsync(
        StorageLocation location, CancellationToken cancellation, bool keepsHistory = false, MemoryPlan? memory = null, IFaultPoints? faults = null,
        SchemaRule schema = SchemaRule.Create)
    {
        var watch = faults is null ? null : new IndexFaults(faults);
        if (location.Database is { } options)
        {
            var database = await PostgresDatabase.OpenAsync(options, cancellation, schema, keepsHistory, watch);
            return new NodeStorage(database.Journal, database.Store, database.History, database, faults);
        }
        if (location.Folder is { } path)
        {
            var folder = RocksDbFolder.Open(path, keepsHistory, memory?.DatabaseBytes ?? RocksDbFolder.DefaultMemoryBytes, watch: watch);
            return new NodeStorage(folder.Journal, folder.Store, folder.History, folder, faults);
        }
        var journal = new MemoryJournal(keepsHistory: keepsHistory);
        return new NodeStorage(journal, new MemoryStateStore(), journal, null, faults);
    }

    /// <summary>Opens where a chain must be kept already.</summary>
    /// <exception cref="StorageException">There is none, or the folder or the database can't be used.</exception>
    public static async Task<NodeStorage> OpenExistingAsync(StorageLocation location, CancellationToken cancellation)
    {
        if (location.Folder is { } path && !(Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            // Opening would make one.
            throw NoChain(location);
        }
        var storage = await OpenAsync(location, cancellation, schema: SchemaRule.Update);
        if (await storage.Journal.ReadHeadAsync(cancellation) is null)
        {
            storage.Dispose();
            throw NoChain(location);
        }
        return storage;
    }

    private static StorageException NoChain(StorageLocation location) => new(StorageError.Incompatible, $"{location.Describe()} holds no chain");

    public void Dispose() => _opened?.Dispose();
}
