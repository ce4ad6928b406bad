using Grid.Storage.Memory;
using Grid.Storage.Postgres;
using Grid.Storage.RocksDb;
using Grid.Storage.Tests.Postgres;

namespace Grid.Storage.Tests;

/// <summary>What the storage tests run against.</summary>
public enum Medium
{
    Memory,
    RocksDb,
    Postgres,
}

/// <summary>A journal and a store of one medium, and what lies under them. Disposing closes it, and removes it where nobody else does.</summary>
internal sealed class TestStorage : IDisposable
{
    private readonly string? _path;
    private readonly PostgresOptions? _options;
    private readonly List<IDisposable> _opened = [];

    /// <param name="keepsHistory">Whether blocks' access lists, which must be real ones then, go into a history.</param>
    public TestStorage(Medium medium, bool keepsHistory = false)
    {
        switch (medium)
        {
            case Medium.RocksDb:
                _path = Directory.CreateTempSubdirectory("grid-storage-").FullName;
                break;
            case Medium.Postgres:
                _options = Wait(SharedPostgres.NewSchemaAsync);
                break;
            default:
                var journal = new MemoryJournal(keepsHistory: keepsHistory);
                (Journal, Store, History) = (journal, new MemoryStateStore(), journal);
                return;
        }
        Open(keepsHistory);
    }

    /// <summary>One case for each medium.</summary>
    public static TheoryData<Medium> Media { get; } = [Medium.Memory, Medium.RocksDb, Medium.Postgres];

    /// <summary>Those that outlive the process.</summary>
    public static TheoryData<Medium> DurableMedia { get; } = [Medium.RocksDb, Medium.Postgres];

    public IJournal Journal { get; private set; } = null!;

    public IStateStore Store { get; private set; } = null!;

    public IHistoryIndex History { get; private set; } = null!;

    public string Path => _path ?? throw new InvalidOperationException("There is no folder.");

    /// <summary>The journal as another process sees it, where that may be.</summary>
    public IJournal OpenAnother() => _options is null ? Journal : OpenPostgres(_options, keepsHistory: false).Journal;

    /// <summary>Closes and opens what can be closed; memory stays.</summary>
    public void Reopen() => Reopen(keepsHistory: false);

    /// <inheritdoc cref="Reopen()"/>
    public void Reopen(bool keepsHistory)
    {
        if (_path is not null || _options is not null)
        {
            Close();
            Open(keepsHistory);
        }
    }

    public void Close()
    {
        _opened.ForEach(opened => opened.Dispose());
        _opened.Clear();
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
        if (_options is not null)
        {
            var database = OpenPostgres(_options, keepsHistory);
            (Journal, Store, History) = (database.Journal, database.Store, database.History);
            return;
        }
        var folder = RocksDbFolder.Open(Path, keepsHistory);
        _opened.Add(folder);
        (Journal, Store, History) = (folder.Journal, folder.Store, folder.History);
    }

    private PostgresDatabase OpenPostgres(PostgresOptions options, bool keepsHistory)
    {
        var database = Wait(() => PostgresDatabase.OpenAsync(options, keepsHistory: keepsHistory));
        _opened.Add(database);
        return database;
    }

    private static T Wait<T>(Func<Task<T>> start) => Task.Run(start).GetAwaiter().GetResult();
}
