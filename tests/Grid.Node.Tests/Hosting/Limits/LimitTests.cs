using System.Reflection;
using Grid.Chain;
using Grid.Gateway;
using Grid.Grains;
using Grid.Grains.Pool;
using Grid.Node.Hosting.Limits;
using Grid.Storage.Postgres;

namespace Grid.Node.Tests.Hosting.Limits;

public class LimitTests
{
    private static GridOptions Chain => new() { Genesis = DevelopmentAccounts.Genesis(0) };

    private static void AssertSets<TOptions>(IEnumerable<Limit<TOptions>> limits, TOptions preset, Func<ChosenLimits, TOptions, TOptions> apply)
    {
        foreach (var limit in limits)
        {
            Assert.InRange(limit.Get(preset), limit.Min, limit.Max);
            foreach (var value in new[] { limit.Min, limit.Max })
            {
                Assert.True(ChosenLimits.TryParse($"{limit.Name}={value}", out var chosen, out _));
                var changed = apply(chosen, preset);
                Assert.Equal(value, limit.Get(changed));
                // Nothing else.
                Assert.Equal(preset, limit.With(changed, limit.Get(preset)));
            }
        }
    }

    [Fact]
    public void Each_limit_sets_what_it_names_and_nothing_else()
    {
        AssertSets(LimitTable.Chain, Chain, (chosen, options) => chosen.Apply(options));
        AssertSets(LimitTable.Gateway, new GatewayOptions(), (chosen, options) => chosen.Apply(options));
        AssertSets(LimitTable.Database, new PostgresOptions(""), (chosen, options) => chosen.Apply(options));
        Assert.Equal(LimitTable.All.Count, LimitTable.All.Select(limit => limit.Name).Distinct().Count());
    }

    /// <summary>A limit that somebody adds to the options is one that users can set.</summary>
    [Theory]
    [InlineData(typeof(GridOptions))]
    [InlineData(typeof(PoolOptions))]
    [InlineData(typeof(GatewayOptions))]
    [InlineData(typeof(PostgresOptions))]
    public void Every_limit_can_be_set(Type options)
    {
        // What has an option of its own, follows from --memory, is fixed with the data, or isn't a limit.
        string[] others =
        [
            nameof(GridOptions.ShardPrefixNibbles), nameof(GridOptions.Lanes), nameof(GridOptions.BlockTime), nameof(GridOptions.StateBytesMax), nameof(GridOptions.HeapBytesMax), nameof(GridOptions.EvictInterval),
            nameof(GridOptions.StoreInterval), nameof(GatewayOptions.SuggestedPriorityFeePerGas),
        ];
        var numbers = options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.PropertyType.IsPrimitive && property.PropertyType != typeof(bool) || property.PropertyType == typeof(TimeSpan))
            .Where(property => !others.Contains(property.Name)).ToArray();
        Assert.NotEmpty(numbers);
        var count = options.Name switch
        {
            nameof(GridOptions) => LimitTable.Chain.Count(limit => !limit.Name.StartsWith("pool-", StringComparison.Ordinal)),
            nameof(PoolOptions) => LimitTable.Chain.Count(limit => limit.Name.StartsWith("pool-", StringComparison.Ordinal)),
            nameof(GatewayOptions) => LimitTable.Gateway.Count,
            _ => LimitTable.Database.Count,
        };
        Assert.Equal(numbers.Length, count);
    }

    [Theory]
    [InlineData("speed=3", "there is no limit 'speed'")]
    [InlineData("logs", "logs takes a number from 1 to 10000000")]
    [InlineData("logs=0", "logs takes a number from 1 to 10000000")]
    [InlineData("logs=-1", "logs takes a number from 1 to 10000000")]
    [InlineData("logs=99999999999999999999", "logs takes a number from 1 to 10000000")]
    [InlineData("logs=5,logs=6", "logs is set twice")]
    public void What_is_wrong_is_told(string text, string why)
    {
        Assert.False(ChosenLimits.TryParse(text, out var limits, out var wrong));
        Assert.Contains(why, wrong, StringComparison.Ordinal);
        Assert.Equal(new GatewayOptions(), limits.Apply(new GatewayOptions()));
    }

    [Fact]
    public async Task A_wrong_limit_is_refused_and_the_list_has_them_all()
    {
        var run = await CommandRun.OfAsync("gateway", "--limits", "batch-calls=0");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--limits: batch-calls takes a number from 1", run.Error, StringComparison.Ordinal);
        var list = await CommandRun.OfAsync("limits");
        Assert.Equal(0, list.ExitCode);
        Assert.All(LimitTable.All, limit => Assert.Contains(limit.Name, list.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_has_them_by_name()
    {
        using var folder = new TemporaryFolder();
        var run = await CommandRun.OfAsync("gateway", "--config", folder.Add("grid.json", """{ "limits": { "batch-calls": 5, "logs": 0 } }"""));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--limits: logs takes a number from 1", run.Error, StringComparison.Ordinal);
    }
}
