using Grid.Storage;
using Grid.Storage.Memory;
using Grid.Storage.RocksDb;

namespace Grid.Node.Hosting;

/// <summary>Where a node keeps its chain: in a data folder, or in memory.</summary>
public sealed class NodeStorage : IDisposable
{
    private readonly RocksDbFolder? _folder;

    private NodeStorage(RocksDbFolder folder) => (_folder, Journal, Store, History) = (folder, folder.Journal, folder.Store, folder.History);

    private NodeStorage(MemoryJournal journal) => (Journal, Store, History) = (journal, new MemoryStateStore(), journal);

    public IJournal Journal { get; }

    public IStateStore Store { get; }

    /// <summary>Values before of all blocks, where they are kept.</summary>
    public IHistoryIndex History { get; }

    /// <param name="folder">Null for memory.</param>
    /// <param name="keepsHistory">Whether blocks from now on add to the history; a folder's ends with the first block without.</param>
    /// <exception cref="StorageException">The folder can't be used.</exception>
    public static NodeStorage Open(string? folder, bool keepsHistory = false) =>
        folder is null ? new(new MemoryJournal(keepsHistory: keepsHistory)) : new(RocksDbFolder.Open(folder, keepsHistory));

    /// <summary>Opens a folder that must be there already.</summary>
    /// <exception cref="StorageException">There is none, or it can't be used.</exception>
    public static NodeStorage OpenExisting(string folder) => Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()
        ? Open(folder)
        : throw new StorageException(StorageError.Incompatible, $"{folder} holds no chain");

    public void Dispose() => _folder?.Dispose();
}
