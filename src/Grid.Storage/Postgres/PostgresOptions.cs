using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Which database keeps the chain, and how patient to be with it.</summary>
/// <param name="ConnectionString">In Npgsql's form: "Host=…;Username=…;Password=…;Database=…". It may hold a password, and is never printed.</param>
public sealed partial record PostgresOptions(string ConnectionString)
{
    /// <summary>What the schema is called where nothing says otherwise.</summary>
    public const string DefaultSchema = "grid";

    /// <summary>What <see cref="PoolSize"/> and <see cref="BlocksBehindMax"/> may be at most.</summary>
    public const int PoolSizeLimit = 1_000, BlocksBehindLimit = 256;

    /// <summary>What a connection collects before it gives it to the system: with Npgsql's 8 KiB, sending a block takes some hundred calls, and each wakes the server.</summary>
    private const int WriteBufferBytes = 128 << 10;

    /// <summary>
    /// The schema that holds our tables, and nothing else: small letters, digits and underscores. Null for the connection string's "Search Path", or "grid" where it
    /// has none.
    /// </summary>
    public string? Schema { get; init; }

    /// <summary>How long a connection may take to be made, or to become free.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a statement may take.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The most connections that this process keeps open.</summary>
    public int PoolSize { get; init; } = 16;

    /// <summary>The most blocks whose transactions aren't in the index yet: an append that would leave more waits. Whoever looks for a transaction looks through them.</summary>
    public int BlocksBehindMax { get; init; } = 8;

    /// <summary>Where the chain is kept, without any secret: for people.</summary>
    /// <exception cref="StorageException">Incompatible: the connection string can't be read.</exception>
    public string Describe()
    {
        var builder = Parse();
        return string.Create(CultureInfo.InvariantCulture, $"PostgreSQL at {builder.Host}:{builder.Port}, database {builder.Database ?? builder.Username}, schema {SchemaOf(builder)}");
    }

    /// <summary>What Npgsql gets: the connection string with what the code above it relies on.</summary>
    /// <exception cref="StorageException">Incompatible: an option can't be used.</exception>
    internal NpgsqlConnectionStringBuilder ToConnectionString()
    {
        var builder = Parse();
        var schema = SchemaOf(builder);
        if (!SchemaName().IsMatch(schema))
        {
            throw new StorageException(StorageError.Incompatible, $"'{schema}' can't name a schema: it takes small letters, digits and underscores, and no more than 63");
        }
        if (PoolSize is < 2 or > PoolSizeLimit || ConnectTimeout < TimeSpan.FromSeconds(1) || CommandTimeout < TimeSpan.FromSeconds(1))
        {
            throw new StorageException(StorageError.Incompatible, $"connections are from 2 to {PoolSizeLimit}, and time-outs one second at least");
        }
        if (BlocksBehindMax is < 1 or > BlocksBehindLimit)
        {
            throw new StorageException(StorageError.Incompatible, $"blocks that aren't in the index are from 1 to {BlocksBehindLimit} at most");
        }
        builder.ApplicationName ??= "grid";
        builder.SearchPath = schema;
        builder.Timeout = WholeSeconds(ConnectTimeout);
        builder.CommandTimeout = WholeSeconds(CommandTimeout);
        builder.WriteBufferSize = Math.Max(builder.WriteBufferSize, WriteBufferBytes);
        (builder.MinPoolSize, builder.MaxPoolSize) = (0, PoolSize);
        (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (64, 2);
        (builder.Enlist, builder.Multiplexing, builder.Pooling, builder.TcpKeepAlive) = (false, false, true, true);
        // As start-up options they are what a session falls back to, whatever the database's or the role's settings are: a commit that is
        // acknowledged is on the disk; a statement that waited for a row sees that row's newest version; and a process that froze inside a transaction doesn't keep its locks.
        builder.Options = string.Join(
            ' ',
            builder.Options,
            "-c synchronous_commit=on",
            @"-c default_transaction_isolation=read\ committed",
            string.Create(CultureInfo.InvariantCulture, $"-c idle_in_transaction_session_timeout={(long)CommandTimeout.TotalMilliseconds}")).Trim();
        return builder;
    }

    /// <summary>A record prints all its properties; this one has a secret.</summary>
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Schema = {Schema ?? "of the connection string"}, ConnectTimeout = {ConnectTimeout}, CommandTimeout = {CommandTimeout}, PoolSize = {PoolSize}, BlocksBehindMax = {BlocksBehindMax}");
        return true;
    }

    private NpgsqlConnectionStringBuilder Parse()
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
            return string.IsNullOrEmpty(builder.Host) ? throw new ArgumentException("There is no host.") : builder;
        }
        catch (Exception error) when (error is ArgumentException or FormatException or InvalidCastException or OverflowException or KeyNotFoundException)
        {
            // What is wrong with it may be quoted from it, and a password with that: neither the text nor the exception goes on.
            throw new StorageException(StorageError.Incompatible, "the connection string can't be read: its form is Host=…;Port=…;Database=…;Username=…;Password=…");
        }
    }

    private string SchemaOf(NpgsqlConnectionStringBuilder builder) => Schema ?? (string.IsNullOrEmpty(builder.SearchPath) ? DefaultSchema : builder.SearchPath);

    private static int WholeSeconds(TimeSpan time) => (int)Math.Ceiling(Math.Min(time.TotalSeconds, 1_000));

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$", RegexOptions.CultureInvariant)]
    private static partial Regex SchemaName();
}
