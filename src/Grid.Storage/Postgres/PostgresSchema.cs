using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>A schema beside the chain's own, in the same database: for tables that somebody else reads and writes, such as Orleans.</summary>
public static class PostgresSchema
{
    private const int PoolSize = 6;

    /// <summary>What it is called beside a chain's schema.</summary>
    /// <exception cref="StorageException">Incompatible: the options can't be used.</exception>
    public static PostgresOptions Beside(PostgresOptions chain, string suffix) =>
        chain with { Schema = $"{chain.ToConnectionString().SearchPath}_{suffix}", PoolSize = PoolSize };

    /// <summary>Makes the schema of these files, or brings it up to date, as far as the rule allows.</summary>
    /// <exception cref="StorageException">As <see cref="PostgresDatabase.OpenAsync"/> throws it.</exception>
    public static async Task PrepareAsync(PostgresOptions options, IReadOnlyList<SqlFile> files, SchemaRule rule, CancellationToken cancellation = default)
    {
        var connectionString = options.ToConnectionString();
        await using var source = NpgsqlDataSource.Create(connectionString);
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            await ServerCheck.RunAsync(connection, cancellation);
            await Migrations.RunAsync(connection, connectionString.SearchPath!, files, rule, cancellation);
        }
        catch (Exception error) when (Failures.IsExpected(error))
        {
            throw Failures.Of(error, options.Describe());
        }
    }

    /// <summary>Connections in the schema; the caller disposes them.</summary>
    public static NpgsqlDataSource Connect(PostgresOptions options) => NpgsqlDataSource.Create(options.ToConnectionString());
}
