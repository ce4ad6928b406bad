using RocksDbSharp;

namespace Grid.Storage.RocksDb;

/// <summary>Says what a failure of RocksDB or of the file system means to who asked.</summary>
internal static class Failures
{
    public static StorageException Of(RocksDbException error) => new(KindOf(error), error.Message, error);

    /// <summary>RocksDB's status is told apart by how its text begins (Status::ToString): the C interface has nothing else.</summary>
    public static StorageError KindOf(Exception error) =>
        error is RocksDbException && error.Message.StartsWith("Corruption", StringComparison.Ordinal) ? StorageError.Corrupt : StorageError.Unavailable;

    /// <summary>What opening, reading or writing a folder may throw.</summary>
    public static bool IsExpected(Exception error) => error is RocksDbSharpException or IOException or UnauthorizedAccessException;
}
