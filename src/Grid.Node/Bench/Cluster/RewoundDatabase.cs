using Grid.Storage.Postgres;
using Npgsql;

namespace Grid.Node.Bench.Cluster;

/// <summary>
/// Takes the blocks after genesis out of a cluster's database, so that block 1 can be made again. The coordinator must recover afterwards. The store isn't
/// touched: it trails the head by more blocks than are made. What is written behind a block is waited for, so that it isn't written behind the next one.
/// </summary>
internal sealed class RewoundDatabase(string connectionString) : IAsyncDisposable
{
    private const string IsIndexed = "select next > coalesce(number, -1) from indexed, head";

    private const string Rewind = """
        begin;
        update indexed set next = 1 where next > 1;
        update head set (number, hash, state_root, total_difficulty) = (select number, hash, state_root, total_difficulty from blocks where number = 0) where number > 0;
        delete from blocks where number > 0;
        delete from transactions where number > 0;
        commit;
        """;

    /// <summary>What a block leaves behind is cleared away between two blocks, not while one is measured.</summary>
    private static readonly string[] Clearing = ["vacuum blocks", "vacuum transactions"];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString) { SearchPath = PostgresOptions.DefaultSchema });

    public async Task RewindAsync(CancellationToken cancellation)
    {
        await using var connection = await _source.OpenConnectionAsync(cancellation);
        await using (var question = new NpgsqlCommand(IsIndexed, connection))
        {
            while (await question.ExecuteScalarAsync(cancellation) is not true)
            {
                await Task.Delay(Pause, cancellation);
            }
        }
        foreach (var text in (string[])[Rewind, .. Clearing])
        {
            await using var command = new NpgsqlCommand(text, connection);
            await command.ExecuteNonQueryAsync(cancellation);
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
