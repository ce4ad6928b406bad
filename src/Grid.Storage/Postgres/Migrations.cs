using System.Globalization;
using System.Reflection;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>An SQL file that is run once in a schema.</summary>
/// <param name="Name">Begins with its number: 0001 first.</param>
public sealed record SqlFile(string Name, string Text);

/// <summary>What may be done to a schema that isn't up to date.</summary>
public enum SchemaRule
{
    /// <summary>It is made where there is none, and brought up to date.</summary>
    Create,

    /// <summary>It is brought up to date where there is one.</summary>
    Update,

    /// <summary>It is refused.</summary>
    Keep,
}

/// <summary>
/// Makes a schema and brings it up to date: numbered SQL files, each run once, in order, and recorded in the table "migrations". A file
/// that was released is never changed (a test pins them): what is to be different is another file.
/// </summary>
/// <remarks>
/// Safe because all that is missing is run in one transaction that holds an advisory lock: of processes that start at once one does it, and the others
/// wait and find it done; a process that dies in the middle leaves nothing.
/// </remarks>
internal static class Migrations
{
    /// <summary>The embedded files in order; the first is version 1.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The chain's own tables.</summary>
    public static IReadOnlyList<SqlFile> Chain { get; } = [.. Names.Select(name => new SqlFile(name, Read(name)))];

    public static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"There is no migration '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <param name="connection">Its search path is the schema.</param>
    /// <param name="schema">A plain identifier.</param>
    /// <param name="files">All that the schema is made of, in order.</param>
    /// <param name="rule">What to do where some of them weren't run yet.</param>
    /// <param name="cancellation">Leaves the schema as it was.</param>
    /// <exception cref="StorageException">Incompatible: a later version of Grid has been here, or somebody else. NotPrepared: the rule forbids what would have to be done.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string schema, IReadOnlyList<SqlFile> files, SchemaRule rule, CancellationToken cancellation)
    {
        // Whoever finds everything in place needs no right to change it.
        var version = await ReadVersionAsync(connection, schema, files, cancellation);
        if (version == files.Count)
        {
            return;
        }
        if (rule == SchemaRule.Keep)
        {
            throw new StorageException(
                StorageError.NotPrepared,
                version is null ? $"schema {schema} has no tables of Grid's" : $"schema {schema} has version {version}, and this version of Grid needs {files.Count}");
        }
        if (version is null && rule == SchemaRule.Update)
        {
            throw new StorageException(StorageError.Incompatible, $"schema {schema} holds no chain");
        }
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtextextended('grid: migrations of ' || $1, 0))", cancellation, schema);
        version = await ReadVersionAsync(connection, schema, files, cancellation);
        if (version is null)
        {
            await CreateAsync(connection, schema, cancellation);
        }
        for (var next = version ?? 0; next < files.Count; next++)
        {
            await ExecuteAsync(connection, files[next].Text, cancellation);
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"insert into migrations (version, name) values ({next + 1}, $1)"), cancellation, files[next].Name);
        }
        await transaction.CommitAsync(cancellation);
    }

    private static async Task CreateAsync(NpgsqlConnection connection, string schema, CancellationToken cancellation)
    {
        if (await IsTrueAsync(connection, "select exists (select from pg_class join pg_namespace on pg_namespace.oid = relnamespace where nspname = $1)", schema, cancellation))
        {
            throw new StorageException(StorageError.Incompatible, $"schema {schema} holds tables that aren't Grid's: choose another one, or empty it");
        }
        // With "if not exists" the right to create one is asked for even where there is one.
        if (await IsTrueAsync(connection, "select not exists (select from pg_namespace where nspname = $1)", schema, cancellation))
        {
            await ExecuteAsync(connection, $"create schema \"{schema}\"", cancellation);
        }
        await ExecuteAsync(
            connection, "create table migrations (version integer primary key, name text not null, applied_at timestamptz not null default now())", cancellation);
    }

    /// <summary>Null where nothing was made yet.</summary>
    private static async Task<int?> ReadVersionAsync(NpgsqlConnection connection, string schema, IReadOnlyList<SqlFile> files, CancellationToken cancellation)
    {
        // A catalog is asked, not a function like to_regclass: that may answer from what this session remembers from before it waited for the lock.
        if (await IsTrueAsync(connection, "select not exists (select from pg_tables where schemaname = $1 and tablename = 'migrations')", schema, cancellation))
        {
            return null;
        }
        await using var select = new NpgsqlCommand("select coalesce(max(version), 0) from migrations", connection);
        var version = (int)(await select.ExecuteScalarAsync(cancellation))!;
        return version <= files.Count
            ? version
            : throw new StorageException(StorageError.Incompatible, $"schema {schema} has version {version}, and this version of Grid knows {files.Count}: a later one has been here");
    }

    private static async Task<bool> IsTrueAsync(NpgsqlConnection connection, string sql, string schema, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection).With(schema);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation, string? value = null)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        if (value is not null)
        {
            command.With(value);
        }
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
