using Grid.Node.Commands;

namespace Grid.Node.Tests.Cluster;

public sealed class PinCommandTests
{
    [Theory]
    [InlineData("One of --shard and --account", "--silo", "127.0.0.1:11111")]
    [InlineData("One of --shard and --account", "--shard", "3", "--account", "0x00000000000000000000000000000000000000aa", "--silo", "127.0.0.1:11111")]
    [InlineData("One of --silo and --remove", "--shard", "3")]
    [InlineData("One of --silo and --remove", "--shard", "3", "--silo", "127.0.0.1:11111", "--remove")]
    [InlineData("40 hexadecimal digits", "--account", "0xaa", "--remove")]
    [InlineData("--url takes an address", "--shard", "3", "--remove", "--url", "gateway")]
    public async Task Options_that_mean_nothing_are_refused(string why, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["pin", .. arguments]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }
}
