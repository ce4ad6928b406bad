using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>
/// The journal, the store and the history of one chain in a schema of a PostgreSQL database. It owns the connections; the three are views of it and live as
/// long. Any number of processes may open the same schema.
/// </summary>
/// <remarks>
/// Safe because connections are pooled and each is used by one caller at a time, and nothing of the chain is remembered here: every
/// answer is the database's, and every write is one transaction whose conditions the database checks under the locks of the rows that it changes.
/// So an outage leaves nothing to repair: the calls during it fail, and those after it find the database as it is.
/// </remarks>
public sealed class PostgresDatabase : IAsyncDisposable, IDisposable
{
    private const int AttemptsMax = 5;

    /// <summary>What Npgsql's metrics call these connections: otherwise it is the connection string, without the password only.</summary>
    private const string MetricsName = "grid";

    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource _source;

    private PostgresDatabase(string name, NpgsqlDataSource source, bool keepsHistory, int blocksBehindMax, IIndexWatch? watch)
    {
        (Name, _source) = (name, source);
        History = new PostgresHistory(this, keepsHistory);
        Journal = new PostgresJournal(this, blocksBehindMax, watch);
        Store = new PostgresStateStore(this);
    }

    /// <summary>Where the chain is kept, without any secret: for people.</summary>
    public string Name { get; }

    public PostgresJournal Journal { get; }

    public PostgresStateStore Store { get; }

    /// <summary>Values before of all blocks, where they are kept.</summary>
    public PostgresHistory History { get; }

    /// <summary>Connects, and makes the schema or brings it up to date.</summary>
    /// <param name="options">Which database.</param>
    /// <param name="cancellation">Leaves the schema as it was.</param>
    /// <param name="schema">What to do where our tables aren't there, or aren't up to date.</param>
    /// <param name="keepsHistory">Whether blocks that are appended from here add to the history; it ends with the first block without.</param>
    /// <param name="watch">Is told of what is written behind appends; null for nobody.</param>
    /// <exception cref="StorageException">
    /// Unavailable: the server can't be reached, or refuses. Incompatible: the options can't be used, the server doesn't keep its promises or is too old, or a later version
    /// of Grid has changed the schema. NotPrepared: <paramref name="schema"/> forbids what would have to be done.
    /// </exception>
    public static async Task<PostgresDatabase> OpenAsync(PostgresOptions options, CancellationToken cancellation = default, SchemaRule schema = SchemaRule.Create, bool keepsHistory = false, IIndexWatch? watch = null)
    {
        var connectionString = options.ToConnectionString();
        var name = options.Describe();
        var source = new NpgsqlDataSourceBuilder(connectionString.ConnectionString) { Name = MetricsName }.Build();
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await ServerCheck.RunAsync(connection, cancellation);
            await Migrations.RunAsync(connection, connectionString.SearchPath!, Migrations.Chain, schema, cancellation);
            return new PostgresDatabase(name, source, keepsHistory, options.BlocksBehindMax, watch);
        }
        catch (Exception error)
        {
            await source.DisposeAsync();
            if (Failures.IsExpected(error))
            {
                throw Failures.Of(error, name);
            }
            throw;
        }
    }

    /// <summary>
    /// Waits until nobody else who uses this schema holds the lock of this name, and holds it until it is disposed. The server gives it back
    /// when the connection is lost, so it keeps apart what is right in any order, and only wasteful at once.
    /// </summary>
    /// <exception cref="StorageException">The database can't be reached.</exception>
    public async Task<IAsyncDisposable> LockAsync(string name, CancellationToken cancellation = default)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await _source.OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended('grid: ' || current_schema() || ': ' || $1, 0))", connection).With(name);
            while (await command.ExecuteScalarAsync(cancellation) is not true)
            {
                await Task.Delay(LockInterval, cancellation);
            }
            return new Held(connection);
        }
        catch (Exception error)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
            if (Failures.IsExpected(error))
            {
                throw Translate(error);
            }
            throw;
        }
    }

    /// <summary>Finishes what is queued, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        await Journal.DisposeAsync();
        await Store.DisposeAsync();
        await _source.DisposeAsync();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// Reads on a connection. When it turns out to be lost, that is done once more on a new one: it may have idled since before the server was
    /// started again, and reading twice is the same as reading once.
    /// </summary>
    /// <exception cref="StorageException">The database can't be reached, or isn't what was written.</exception>
    internal async ValueTask<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(read, cancellation);
        }
        catch (StorageException error) when (error.InnerException is { } inner && Failures.IsLost(inner))
        {
            return await RunAsync(read, cancellation);
        }
    }

    /// <summary>The same on the caller's thread.</summary>
    /// <exception cref="StorageException">The database can't be reached, or isn't what was written.</exception>
    internal T Read<T>(Func<NpgsqlConnection, T> read)
    {
        try
        {
            return Run(read);
        }
        catch (StorageException error) when (error.InnerException is { } inner && Failures.IsLost(inner))
        {
            return Run(read);
        }
    }

    /// <summary>Reads the one row that there may be.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    internal ValueTask<T?> ReadRowAsync<T>(string sql, Action<NpgsqlCommand>? fill, Func<NpgsqlDataReader, T> decode, CancellationToken cancellation) => ReadAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            fill?.Invoke(command);
            await using var row = await command.ExecuteReaderAsync(cancellation);
            return await row.ReadAsync(cancellation) ? decode(row) : default;
        },
        cancellation);

    /// <summary>
    /// Writes on a connection. What the database undid whole to resolve a deadlock is done again, and nothing else is: whether a write is
    /// there whose connection was lost is for the caller to find out.
    /// </summary>
    /// <param name="write">One transaction. No cancellation stops it half-way, only the time-out of a statement.</param>
    /// <param name="cancellation">Counts until there is a connection.</param>
    /// <exception cref="StorageException">Nothing was written, or all of it.</exception>
    internal async ValueTask<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> write, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await RunAsync(write, cancellation);
            }
            catch (StorageException error) when (attempt < AttemptsMax && error.InnerException is { } inner && Failures.IsUndone(inner))
            {
                // The other transaction goes on, and this one waits for it at the next attempt.
            }
        }
    }

    /// <summary>What a failure means to the caller. When a connection was lost, so are those that idle: they are closed now, and don't fail one caller each.</summary>
    private StorageException Translate(Exception error)
    {
        if (Failures.IsLost(error))
        {
            _source.Clear();
        }
        return Failures.Of(error, Name);
    }

    private async ValueTask<T> RunAsync<T>(Func<NpgsqlConnection, Task<T>> use, CancellationToken cancellation)
    {
        try
        {
            await using var connection = await _source.OpenConnectionAsync(cancellation);
            return await use(connection);
        }
        catch (Exception error) when (Failures.IsExpected(error))
        {
            throw Translate(error);
        }
    }

    private T Run<T>(Func<NpgsqlConnection, T> use)
    {
        try
        {
            using var connection = _source.OpenConnection();
            return use(connection);
        }
        catch (Exception error) when (Failures.IsExpected(error))
        {
            throw Translate(error);
        }
    }

    /// <summary>A lock of the connection's session.</summary>
    private sealed class Held(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await using var unlock = new NpgsqlCommand("select pg_advisory_unlock_all()", connection);
                await unlock.ExecuteNonQueryAsync();
            }
            catch (Exception error) when (Failures.IsExpected(error))
            {
                // The connection is lost, and the lock with it.
            }
            await connection.DisposeAsync();
        }
    }
}
