using Grid.Node.Commands;

namespace Grid.Node.Tests.Cluster;

public sealed class BenchClusterCommandTests
{
    [Theory]
    [InlineData("One of --workload, --sustain and --join")]
    [InlineData("One of --workload, --sustain and --join", "--sustain", "5", "--join")]
    [InlineData("There is no file", "--workload", "no such file")]
    [InlineData("different numbers from 1 to 16", "--workload", "transfers", "--silos", "1,1")]
    [InlineData("different numbers from 1 to 16", "--workload", "transfers", "--silos", "0")]
    [InlineData("two numbers of --silos and two sizes", "--workload", "transfers", "--transactions", "10", "--fit")]
    [InlineData("--pin: there are", "--workload", "transfers", "--silos", "16", "--pin")]
    [InlineData("--rate isn't for --workload", "--workload", "transfers", "--rate", "5")]
    [InlineData("--fit isn't for --sustain", "--sustain", "5", "--fit")]
    [InlineData("--silos isn't for --sustain", "--sustain", "5", "--silos", "2")]
    [InlineData("--block-time isn't for --join", "--join", "--block-time", "100")]
    [InlineData("--join takes a number", "--join", "soon")]
    [InlineData("--join takes one number of --silos", "--join", "5", "--silos", "1,2")]
    [InlineData("take two at least", "--sustain", "5", "--accounts", "1")]
    [InlineData("signed beforehand", "--sustain", "3000", "--rate", "10000")]
    public async Task Options_that_mean_nothing_are_refused(string why, params string[] arguments)
    {
        Assert.SkipWhen(arguments.Contains("--pin") && Environment.ProcessorCount >= 16, "There are processors for as many silos as there can be.");
        var run = await CommandRun.OfAsync(["bench", "cluster", .. arguments]);
        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }
}
