using System.Globalization;
using Grid.Storage.Postgres;
using Grid.Storage.Tests.Postgres;
using Grid.Testing;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Grid.Storage.Tests.Postgres;

/// <summary>One server for all tests that don't stop it, started when the first one asks; each test has a schema of its own.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private const int PoolSize = 8;

    private static readonly Lazy<Task<PostgresServer>> Started = new(() => PostgresServer.StartAsync());
    private static int s_schemas;

    /// <summary>Skips the test where there is no server.</summary>
    public static async Task<PostgresServer> ServerAsync()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        return await Started.Value;
    }

    /// <summary>A schema that nobody has used.</summary>
    public static async Task<PostgresOptions> NewSchemaAsync() => OptionsOf(await ServerAsync());

    /// <inheritdoc cref="NewSchemaAsync"/>
    public static PostgresOptions OptionsOf(PostgresServer server) => new(server.ConnectionString)
    {
        Schema = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref s_schemas)}"),
        PoolSize = PoolSize,
    };

    public async ValueTask DisposeAsync()
    {
        if (Started.IsValueCreated)
        {
            await (await Started.Value).DisposeAsync();
        }
    }
}
