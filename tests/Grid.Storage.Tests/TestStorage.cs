using Grid.Storage.Memory;
using Grid.Storage.RocksDb;

namespace Grid.Storage.Tests;

/// <summary>What the storage tests run against.</summary>
public enum Medium
{
    Memory,
    RocksDb,
}

/// <summary>A journal and a store of one medium, and what lies under them. Disposing removes it.</summary>
internal sealed class TestStorage : IDisposable
{
    private readonly string? _path;
    private RocksDbFolder? _folder;

    /// <param name="keepsHistory">Whether blocks' access lists, which must be real ones then, go into a history.</param>
    public TestStorage(Medium medium, bool keepsHistory = false)
    {
        if (medium == Medium.RocksDb)
        {
            _path = Directory.CreateTempSubdirectory("grid-storage-").FullName;
            Open(keepsHistory);
        }
        else
        {
            var journal = new MemoryJournal(keepsHistory: keepsHistory);
            (Journal, Store, History) = (journal, new MemoryStateStore(), journal);
        }
    }

    /// <summary>One case for each medium.</summary>
    public static TheoryData<Medium> Media { get; } = [Medium.Memory, Medium.RocksDb];

    public IJournal Journal { get; private set; } = null!;

    public IStateStore Store { get; private set; } = null!;

    public IHistoryIndex History { get; private set; } = null!;

    public string Path => _path ?? throw new InvalidOperationException("Memory has no folder.");

    /// <summary>Closes and opens what can be closed; memory stays.</summary>
    public void Reopen() => Reopen(keepsHistory: false);

    /// <inheritdoc cref="Reopen()"/>
    public void Reopen(bool keepsHistory)
    {
        if (_path is not null)
        {
            Close();
            Open(keepsHistory);
        }
    }

    public void Close()
    {
        _folder?.Dispose();
        _folder = null;
    }

    public void Dispose()
    {
        Close();
        if (_path is not null)
        {
            Directory.Delete(_path, recursive: true);
        }
    }

    private void Open(bool keepsHistory)
    {
        _folder = RocksDbFolder.Open(Path, keepsHistory);
        (Journal, Store, History) = (_folder.Journal, _folder.Store, _folder.History);
    }
}
