using System.Text.Json;

namespace Grid.EndToEnd;

/// <summary>A node that is killed at any moment loses nothing; the longer runs are `grid torture`'s own (see .ci/run).</summary>
public sealed class TortureTests
{
    private const int Rounds = 3;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromMinutes(5);

    [Fact, Trait("Length", "Long")]
    public async Task Killed_while_it_starts_recovers_and_works_a_node_loses_nothing()
    {
        var outcome = await RunningProcess.RunAsync(Installation.Node, ["torture", "--rounds", $"{Rounds}", "--seed", "7", "--json"], CommandTimeout);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        var result = JsonDocument.Parse(outcome.Output).RootElement;
        Assert.Equal(JsonValueKind.Null, result.GetProperty("lost").ValueKind);
        Assert.Equal(Rounds, result.GetProperty("kills").GetInt32());
        Assert.True(result.GetProperty("early_kills").GetInt32() > 0);
        Assert.True(result.GetProperty("acknowledged").GetInt64() > 0);
        Assert.True(result.GetProperty("verified").GetInt32() > Rounds);
    }

    [Theory]
    [InlineData("Nowhere:1")]
    [InlineData("Sealed")]
    [InlineData("Sealed:0")]
    [InlineData("4:1")]
    public async Task A_fault_that_isnt_one_is_refused(string fault)
    {
        var outcome = await RunningProcess.RunAsync(
            "env", [$"GRID_FAULT={fault}", Installation.Node, "node", "--listen", $"127.0.0.1:{NodeProcess.FreePort()}"], CommandTimeout);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("GRID_FAULT", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("StoreWritten", outcome.Error, StringComparison.Ordinal);
    }
}
