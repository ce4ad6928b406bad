using System.Text.Json;
using Grid.Testing;

namespace Grid.EndToEnd;

/// <summary>Blocks that silos in processes of their own make over PostgreSQL; all shared workloads are `.ci/run`'s.</summary>
public sealed class BenchClusterTests
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(5);

    [Fact, Trait("Length", "Long")]
    public async Task Two_silo_processes_make_the_blocks_that_sequential_execution_makes()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        var outcome = await RunningProcess.RunAsync(
            Installation.Node, ["bench", "cluster", "--workload", "erc20:conflict=20", "--transactions", "100,300", "--silos", "2", "--runs", "1", "--json"], CommandTimeout);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        var points = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, points.Length);
        Assert.All(points.Zip([100, 300]), point => AssertRight(point.First, point.Second));
    }

    private static void AssertRight(string line, int transactions)
    {
        using var point = JsonDocument.Parse(line);
        Assert.Equal(["pinned", "messages", "kib", "block"], point.RootElement.EnumerateObject().Select(property => property.Name));
        var block = point.RootElement.GetProperty("block");
        Assert.True(block.GetProperty("ok").GetBoolean());
        Assert.Equal((2, transactions), (block.GetProperty("silos").GetInt32(), block.GetProperty("transactions").GetInt32()));
        // At the least, that the other silo applies what the block changed of its accounts, and is told of the commit.
        Assert.True(point.RootElement.GetProperty("messages").GetDouble() >= 4);
        Assert.True(point.RootElement.GetProperty("kib").GetDouble() > 1);
    }
}
