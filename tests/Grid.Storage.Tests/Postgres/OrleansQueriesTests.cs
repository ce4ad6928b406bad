using System.Security.Cryptography;
using System.Text;
using Grid.Storage.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace Grid.Storage.Tests.Postgres;

/// <summary>
/// The statements of deploy/postgres, which Orleans reads from a table and runs: as a role that may only read and write rows, with the parameters that Orleans gives them.
/// </summary>
public sealed class OrleansQueriesTests
{
    private const string Cluster = "one";

    private const int Active = 3, Dead = 6;

    private static readonly DateTime Start = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private static IReadOnlyList<SqlFile> Files { get; } = [File("0001-membership.sql"), File("0002-grain-state.sql")];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A file that was released is history: databases have run it. What is to be different is another file.</summary>
    [Fact]
    public void The_files_are_pinned() => Assert.Equal(
        ["0001-membership.sql 43d88cc8da28be31", "0002-grain-state.sql 12410330092e153b"],
        Files.Select(file => $"{file.Name} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Text)))[..16]}"));

    [Fact]
    public async Task A_role_that_only_reads_and_writes_rows_does_all_that_Orleans_asks()
    {
        var server = await SharedPostgres.ServerAsync();
        await ExecuteAsync(server.ConnectionString, "create database least");
        var administrator = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = "least" };
        await ExecuteAsync(administrator.ConnectionString, File("roles.sql").Text + "alter role grid_owner password 'owner'; alter role grid_silo password 'silo'");
        var owner = new PostgresOptions(As(administrator, "grid_owner", "owner"));
        var silo = new PostgresOptions(As(administrator, "grid_silo", "silo"));
        await Assert.ThrowsAsync<StorageException>(() => PostgresSchema.PrepareAsync(PostgresSchema.Beside(silo, "orleans"), Files, SchemaRule.Create, Cancellation));
        var missing = await Assert.ThrowsAsync<StorageException>(() => PostgresSchema.PrepareAsync(PostgresSchema.Beside(silo, "orleans"), Files, SchemaRule.Keep, Cancellation));
        Assert.Equal(StorageError.NotPrepared, missing.Error);

        await using (await PostgresDatabase.OpenAsync(owner, Cancellation))
        {
        }
        await PostgresSchema.PrepareAsync(PostgresSchema.Beside(owner, "orleans"), Files, SchemaRule.Create, Cancellation);

        await PostgresSchema.PrepareAsync(PostgresSchema.Beside(silo, "orleans"), Files, SchemaRule.Keep, Cancellation);
        await using var database = await PostgresDatabase.OpenAsync(silo, Cancellation, SchemaRule.Keep);
        Assert.Equal(1UL, await database.Journal.TakeFencingNumberAsync(Cancellation));
        await using var connections = PostgresSchema.Connect(PostgresSchema.Beside(silo, "orleans"));
        var queries = await QueriesAsync(connections);
        await MembershipAsync(connections, queries);
        await GrainStateAsync(connections, queries);
    }

    [Fact]
    public async Task One_holder_at_a_time_has_a_lock()
    {
        var options = await SharedPostgres.NewSchemaAsync();
        await using var first = await PostgresDatabase.OpenAsync(options, Cancellation);
        await using var second = await PostgresDatabase.OpenAsync(options, Cancellation);
        var held = await first.LockAsync("something", Cancellation);
        await using (await second.LockAsync("something else", Cancellation))
        {
        }
        var waiting = second.LockAsync("something", Cancellation);
        await using (await first.LockAsync("a third thing", Cancellation))
        {
            Assert.False(waiting.IsCompleted);
        }
        await held.DisposeAsync();
        await (await waiting).DisposeAsync();
    }

    /// <summary>Each change names the version that it was made from; of two only one is taken.</summary>
    private static async Task MembershipAsync(NpgsqlDataSource connections, Dictionary<string, string> queries)
    {
        Assert.True(await AskAsync("InsertMembershipVersionKey"));
        Assert.False(await AskAsync("InsertMembershipVersionKey"));
        Assert.Equal([[0, null, null]], await ReadAllAsync());
        Assert.True(await AskAsync("InsertMembershipKey", [.. Silo(11), .. Entry(Active), ("Version", 0)]));
        Assert.False(await AskAsync("InsertMembershipKey", [.. Silo(12), .. Entry(Active), ("Version", 0)]));
        Assert.False(await AskAsync("InsertMembershipKey", [.. Silo(11), .. Entry(Active), ("Version", 1)]));
        Assert.True(await AskAsync("InsertMembershipKey", [.. Silo(12), .. Entry(Active), ("Version", 1)]));
        Assert.Equal([[2, 11, Active], [2, 12, Active]], await ReadAllAsync());

        (string, object?)[] death = [("Status", Dead), ("SuspectTimes", "127.0.0.1:11@1,2026"), ("IAmAliveTime", Start.AddSeconds(1))];
        Assert.False(await AskAsync("UpdateMembershipKey", [.. Silo(11), .. death, ("Version", 1)]));
        Assert.False(await AskAsync("UpdateMembershipKey", [.. Silo(13), .. death, ("Version", 2)]));
        Assert.True(await AskAsync("UpdateMembershipKey", [.. Silo(11), .. death, ("Version", 2)]));
        Assert.Equal([[3, 11, Dead], [3, 12, Active]], await ReadAllAsync());
        await AskAsync("UpdateIAmAlivetimeKey", [.. Silo(12), ("IAmAliveTime", Start.AddHours(1))]);
        var row = Assert.Single(await RowsAsync("MembershipReadRowKey", [.. Silo(12)], "Version", "Address", "Port", "Generation", "SiloName", "HostName", "Status", "ProxyPort", "SuspectTimes", "StartTime", "IAmAliveTime"));
        Assert.Equal([3, "127.0.0.1", 12, 1, "silo", "host", Active, 30, null, Start, Start.AddHours(1)], row);
        Assert.Equal([[3, null]], await RowsAsync("MembershipReadRowKey", [.. Silo(99)], "Version", "Port"));
        Assert.Equal([["127.0.0.1", 30, 1]], await RowsAsync("GatewaysQueryKey", [("DeploymentId", Cluster), ("Status", Active)], "Address", "ProxyPort", "Generation"));

        await AskAsync("CleanupDefunctSiloEntriesKey", [("DeploymentId", Cluster), ("IAmAliveTime", Start.AddHours(2))]);
        Assert.Equal([[3, 12, Active]], await ReadAllAsync());
        await AskAsync("DeleteMembershipTableEntriesKey", [("DeploymentId", Cluster)]);
        Assert.Empty(await ReadAllAsync());

        async Task<bool> AskAsync(string key, (string, object?)[]? parameters = null) =>
            await RunAsync(connections, queries[key], parameters ?? [("DeploymentId", Cluster)]) is [[true]];

        Task<List<object?[]>> ReadAllAsync() => RowsAsync("MembershipReadAllKey", [("DeploymentId", Cluster)], "Version", "Port", "Status");

        Task<List<object?[]>> RowsAsync(string key, (string, object?)[] parameters, params string[] columns) => RunAsync(connections, queries[key], parameters, columns);
    }

    /// <summary>A write names the version that it was made from, or none where there is no state yet.</summary>
    private static async Task GrainStateAsync(NpgsqlDataSource connections, Dictionary<string, string> queries)
    {
        foreach (var text in new[] { null, "a key" })
        {
            Assert.Empty(await ReadAsync(text));
            Assert.Equal(1, await WriteAsync("WriteToStorageKey", text, null, 5));
            // Somebody else believes that there is none yet.
            Assert.Null(await WriteAsync("WriteToStorageKey", text, null, 6));
            Assert.Equal(2, await WriteAsync("WriteToStorageKey", text, 1, 7));
            Assert.Equal(1, await WriteAsync("WriteToStorageKey", text, 1, 8));
            Assert.Equal([7], (byte[])Assert.Single(await ReadAsync(text))[0]!);
            Assert.Equal(1, await WriteAsync("ClearStorageKey", text, 1, null));
            Assert.Equal(3, await WriteAsync("ClearStorageKey", text, 2, null));
            Assert.Equal([null, 3], Assert.Single(await ReadAsync(text)));
            Assert.Equal(2, await WriteAsync("DeleteStorageKey", text, 2, null));
            Assert.Equal(4, await WriteAsync("DeleteStorageKey", text, 3, null));
            Assert.Empty(await ReadAsync(text));
        }

        async Task<int?> WriteAsync(string key, string? text, int? version, byte? payload)
        {
            (string, object?)[] parameters = [.. Grain(text), ("GrainStateVersion", version ?? (object)DBNull.Value)];
            var row = Assert.Single(await RunAsync(connections, queries[key], payload is { } value ? [.. parameters, ("PayloadBinary", new[] { value })] : parameters, "NewGrainStateVersion"));
            return (int?)row[0];
        }

        Task<List<object?[]>> ReadAsync(string? text) => RunAsync(connections, queries["ReadFromStorageKey"], [.. Grain(text)], "PayloadBinary", "Version");
    }

    private static (string, object?)[] Silo(int port) => [("DeploymentId", Cluster), ("Address", "127.0.0.1"), ("Port", port), ("Generation", 1)];

    private static (string, object?)[] Entry(int status) => [("SiloName", "silo"), ("HostName", "host"), ("Status", status), ("ProxyPort", 30), ("StartTime", Start), ("IAmAliveTime", Start)];

    private static (string, object?)[] Grain(string? text) =>
    [
        ("GrainIdHash", 1), ("GrainIdN0", 2L), ("GrainIdN1", 3L), ("GrainTypeHash", 4), ("GrainTypeString", "type"), ("GrainIdExtensionString", text), ("ServiceId", "grid"),
    ];

    private static async Task<Dictionary<string, string>> QueriesAsync(NpgsqlDataSource connections) =>
        (await RunAsync(connections, "SELECT QueryKey, QueryText FROM OrleansQuery", [], "QueryKey", "QueryText")).ToDictionary(row => (string)row[0]!, row => (string)row[1]!);

    /// <summary>Runs a statement with named and typed parameters, as Orleans does; the rows' columns by name, or all.</summary>
    private static async Task<List<object?[]>> RunAsync(NpgsqlDataSource connections, string sql, (string Name, object? Value)[] parameters, params string[] columns)
    {
        await using var command = connections.CreateCommand(sql);
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter(name, value is null or DBNull ? name == "GrainStateVersion" ? NpgsqlDbType.Integer : NpgsqlDbType.Text : TypeOf(value)) { Value = value ?? DBNull.Value });
        }
        var rows = new List<object?[]>();
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        while (await reader.ReadAsync(Cancellation))
        {
            var ordinals = columns.Length == 0 ? Enumerable.Range(0, reader.FieldCount) : columns.Select(reader.GetOrdinal);
            rows.Add([.. ordinals.Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }
        return rows;
    }

    private static NpgsqlDbType TypeOf(object value) => value switch
    {
        int => NpgsqlDbType.Integer,
        long => NpgsqlDbType.Bigint,
        DateTime => NpgsqlDbType.TimestampTz,
        byte[] => NpgsqlDbType.Bytea,
        _ => NpgsqlDbType.Text,
    };

    private static string As(NpgsqlConnectionStringBuilder builder, string role, string password) =>
        new NpgsqlConnectionStringBuilder(builder.ConnectionString) { Username = role, Password = password }.ConnectionString;

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }

    private static SqlFile File(string name)
    {
        using var reader = new StreamReader(typeof(OrleansQueriesTests).Assembly.GetManifestResourceStream("deploy." + name)!);
        return new SqlFile(name, reader.ReadToEnd());
    }
}
