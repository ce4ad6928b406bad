using Grid.Storage;
using Grid.Storage.RocksDb;

namespace Grid.Node.Hosting;

/// <summary>A data folder for commands that make none.</summary>
internal static class DataFolder
{
    /// <exception cref="StorageException">There is none, or it can't be used.</exception>
    public static RocksDbFolder OpenExisting(string path) => Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()
        ? RocksDbFolder.Open(path)
        : throw new StorageException(StorageError.Incompatible, $"{path} holds no chain");
}
