namespace Grid.Storage;

/// <summary>Why the storage medium refused.</summary>
public enum StorageError
{
    /// <summary>The medium can't be reached now; the same call may succeed later.</summary>
    Unavailable,

    /// <summary>What was read isn't what was written.</summary>
    Corrupt,

    /// <summary>The data belongs to another chain or another version of the format.</summary>
    Incompatible,

    /// <summary>The tables that the data is kept in aren't there yet, or are those of an earlier version: whoever may has to make them.</summary>
    NotPrepared,
}

/// <summary>A failure of the storage medium.</summary>
public sealed class StorageException(StorageError error, string detail, Exception? inner = null)
    : Exception($"Storage failed ({error}): {detail}", inner)
{
    public StorageError Error { get; } = error;

    /// <summary>The sentence without its beginning.</summary>
    public string Detail { get; } = detail;
}
