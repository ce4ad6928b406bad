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

    private NodeStorage(IJournal journal, IStateStore store, IDisposable? opened) => (Journal, Store, _opened) = (journal, store, opened);

    public IJournal Journal { get; }

    public IStateStore Store { get; }

    /// <exception cref="StorageException">The folder or the database can't be used.</exception>
    public static async Task<NodeStorage> OpenAsync(StorageLocation location, CancellationToken cancellation)
    {
        if (location.Database is null)
        {
            return Open(location.Folder);
        }
        var database = await PostgresDatabase.OpenAsync(location.Database, cancellation);
        return new NodeStorage(database.Journal, database.Store, database);
    }

    /// <summary>Opens what must be there already.</summary>
    /// <exception cref="StorageException">There is no chain, or it can't be used.</exception>
    public static async Task<NodeStorage> OpenExistingAsync(StorageLocation location, CancellationToken cancellation)
    {
        if (location.Database is null)
        {
            return OpenExisting(location.Folder!);
        }
        var database = await PostgresDatabase.OpenAsync(location.Database, cancellation, create: false);
        return new NodeStorage(database.Journal, database.Store, database);
    }

    /// <param name="folder">Null for memory.</param>
    /// <exception cref="StorageException">The folder can't be used.</exception>
    public static NodeStorage Open(string? folder)
    {
        if (folder is null)
        {
            return new NodeStorage(new MemoryJournal(), new MemoryStateStore(), null);
        }
        var opened = RocksDbFolder.Open(folder);
        return new NodeStorage(opened.Journal, opened.Store, opened);
    }

    /// <summary>Opens a folder that must be there already.</summary>
    /// <exception cref="StorageException">There is none, or it can't be used.</exception>
    public static NodeStorage OpenExisting(string folder) => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()
        ? Open(folder)
        : throw new StorageException(StorageError.Incompatible, $"{folder} holds no chain");

    public void Dispose() => _opened?.Dispose();
}
