using System.Text.Json;
using Grid.Node.Commands;

namespace Grid.Node.Tests.Workloads;

/// <summary>`grid bench block` with what it generates itself.</summary>
public sealed class GeneratedBlockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("library")]
    [InlineData("grid")]
    public async Task A_generated_block_is_compared_with_the_sequential_executor(string engine)
    {
        var run = await CommandRun.OfAsync(
            "bench", "block", "--workload", "mix:conflict=30", "--seed", "5", "--transactions", "50", "--runs", "1", "--engine", engine, "--json");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error + run.Output);
        using var line = JsonDocument.Parse(Assert.Single(run.Lines));
        Assert.Equal("mix:conflict=30", line.RootElement.GetProperty("workload").GetString());
        Assert.Equal(5, line.RootElement.GetProperty("seed").GetInt64());
        Assert.Equal(50, line.RootElement.GetProperty("transactions").GetInt32());
        Assert.True(line.RootElement.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task The_seed_is_printed()
    {
        var run = await CommandRun.OfAsync("bench", "block", "--workload", "chain", "--transactions", "3", "--runs", "1");
        Assert.StartsWith("chain: 3 transactions, seed 1, 63000 gas; engine library", run.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plot_has_a_point_for_each_share_of_conflicts()
    {
        var file = Path.Combine(_folder.Path, "plot.svg");
        var run = await CommandRun.OfAsync(
            "bench", "block", "--workload", "erc20", "--transactions", "20", "--runs", "1", "--plot", file, "--conflicts", "100,0", "--json");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error + run.Output);
        var conflicts = new List<int>();
        foreach (var text in run.Lines)
        {
            using var line = JsonDocument.Parse(text);
            Assert.Equal(
                [
                    "workload", "seed", "conflict", "transactions", "silos", "lanes", "sequential_ms", "grid_ms", "speedup", "waves", "executions_per_transaction",
                    "fallback", "ok",
                ],
                line.RootElement.EnumerateObject().Select(property => property.Name));
            conflicts.Add(line.RootElement.GetProperty("conflict").GetInt32());
            Assert.True(line.RootElement.GetProperty("ok").GetBoolean());
        }
        Assert.Equal([100, 0], conflicts);
        Assert.StartsWith("<?xml", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plot_has_seven_shares_where_none_are_named()
    {
        var run = await CommandRun.OfAsync(
            "bench", "block", "--workload", "chain", "--transactions", "2", "--runs", "1", "--plot", Path.Combine(_folder.Path, "plot.svg"));
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error + run.Output);
        Assert.StartsWith("chain: 2 transactions, seed 1", run.Lines[0], StringComparison.Ordinal);
        string[] shares = [.. run.Lines.Skip(1).Select(line => line.Split('%')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];
        Assert.Equal(["0", "10", "25", "50", "75", "90", "100"], shares);
    }

    [Theory]
    [InlineData("There is no file 'no such file'", "--workload", "no such file")]
    [InlineData("erc20: conflict takes a whole number from 0 to 100, not 'x'", "--workload", "erc20:conflict=x")]
    [InlineData("--transactions takes at most 100000", "--workload", "erc20", "--transactions", "100001")]
    [InlineData("--conflicts is for --plot", "--workload", "erc20", "--conflicts", "1")]
    [InlineData("different whole numbers from 0 to 100", "--workload", "erc20", "--plot", "plot.svg", "--conflicts", "1,1")]
    [InlineData("different whole numbers from 0 to 100", "--workload", "erc20", "--plot", "plot.svg", "--conflicts", "101")]
    [InlineData("without a share of conflicts", "--workload", "erc20:conflict=3", "--plot", "plot.svg")]
    [InlineData("--engine is for one run", "--workload", "erc20", "--plot", "plot.svg", "--engine", "grid")]
    [InlineData("--against is for one run", "--workload", "erc20", "--plot", "plot.svg", "--against", "anvil")]
    [InlineData("there is no folder", "--workload", "erc20", "--plot", "no/such/folder/plot.svg")]
    public async Task What_means_nothing_is_refused(string message, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["bench", "block", .. arguments]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_has_no_seed()
    {
        var file = _folder.Add("some.json", "[]");
        var run = await CommandRun.OfAsync("bench", "block", "--workload", file, "--seed", "2");
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains("--seed is for a kind of workload", run.Error, StringComparison.Ordinal);
    }
}
