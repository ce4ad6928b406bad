using Grid.Storage;
using Grid.Storage.Memory;
using Grid.Storage.RocksDb;

namespace Grid.Node.Hosting;

/// <summary>Where a node keeps its chain: in a data folder, or in memory.</summary>
public sealed class NodeStorage : IDisposable
{
    private readonly RocksDbFolder? _folder;

    private NodeStorage(RocksDbFolder? folder)
    {
        _folder = folder;
        (Journal, Store) = folder is null ? ((IJournal)new MemoryJournal(), (IStateStore)new MemoryStateStore()) : (folder.Journal, folder.Store);
    }

    public IJournal Journal { get; }

    public IStateStore Store { get; }

    /// <param name="folder">Null for memory.</param>
    /// <exception cref="StorageException">The folder can't be used.</exception>
    public static NodeStorage Open(string? folder) => new(folder is null ? null : RocksDbFolder.Open(folder));

    /// <summary>Opens a folder that must be there already.</summary>
    /// <exception cref="StorageException">There is none, or it can't be used.</exception>
    public static NodeStorage OpenExisting(string folder) => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()
        ? Open(folder)
        : throw new StorageException(StorageError.Incompatible, $"{folder} holds no chain");

    public void Dispose() => _folder?.Dispose();
}
