using System.Globalization;
using Npgsql;

namespace Grid.Storage.Postgres;

/// <summary>Refuses a server on which an acknowledged commit may be lost, or that takes none.</summary>
internal static class ServerCheck
{
    private const int VersionMin = 15;

    private const string Settings =
        "select current_setting('server_version_num')::integer, current_setting('fsync'), current_setting('full_page_writes'), pg_is_in_recovery()";

    /// <exception cref="StorageException">Incompatible: the server is too old, or set up to lose data. Unavailable: it is a standby.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Settings, connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        await row.ReadAsync(cancellation);
        var version = row.GetInt32(0);
        if (version < VersionMin * 10_000)
        {
            throw new StorageException(StorageError.Incompatible, string.Create(CultureInfo.InvariantCulture, $"the server is PostgreSQL {version / 10_000}, and {VersionMin} is needed"));
        }
        if (row.GetString(1) != "on" || row.GetString(2) != "on")
        {
            throw new StorageException(StorageError.Incompatible, "the server runs with fsync or full_page_writes off: what it acknowledges may be lost with the power");
        }
        if (row.GetBoolean(3))
        {
            throw new StorageException(StorageError.Unavailable, "the server is a standby, which takes no writes");
        }
    }
}
