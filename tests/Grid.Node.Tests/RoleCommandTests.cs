namespace Grid.Node.Tests;

/// <summary>What the roles of a cluster refuse before they do anything, and where their options come from.</summary>
public sealed class RoleCommandTests : IDisposable
{
    /// <summary>Nobody is asked: what is refused is refused before.</summary>
    private const string Database = "Host=127.0.0.1;Port=1;Username=nobody;Password=hidden";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_silo_that_others_could_reach_needs_a_trusted_network()
    {
        // An address of documentation (RFC 5737), which no machine has.
        var run = await CommandRun.OfAsync("silo", "--database", Database, "--silo", "192.0.2.7:11111");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("neither encrypted nor authenticated", run.Error, StringComparison.Ordinal);
        Assert.Contains("--trusted-network", run.Error, StringComparison.Ordinal);
        var trusted = await CommandRun.OfAsync("silo", "--database", Database, "--silo", "192.0.2.7:11111", "--listen", "127.0.0.1:0", "--trusted-network");
        Assert.Equal(1, trusted.ExitCode);
        Assert.Contains("Can't listen on 192.0.2.7:11111", trusted.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:11111", "stands for all")]
    [InlineData("nowhere.invalid:11111", "has no address")]
    [InlineData("127.0.0.1", "--silo takes HOST:PORT")]
    public async Task A_silo_needs_an_address_that_others_can_use(string silo, string why)
    {
        var run = await CommandRun.OfAsync("silo", "--database", Database, "--trusted-network", "--silo", silo);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_come_from_a_file_as_well()
    {
        var file = _folder.Add("grid.json", $$"""{ "database": "{{Database}}", "silo": "192.0.2.7:11111", "silos": ["a:1", "b:2"] }""");
        var run = await CommandRun.OfAsync("silo", "--config", file);
        Assert.Contains("--silo 192.0.2.7:11111 can be reached", run.Error, StringComparison.Ordinal);
        // What is given comes first.
        var given = await CommandRun.OfAsync("silo", "--config", file, "--silo", "192.0.2.8:11111");
        Assert.Contains("--silo 192.0.2.8:11111 can be reached", given.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "blocktime": 5, "speed": 3 }""", "there is no option \"speed\"")]
    [InlineData("""{ "silo": """, "can't be read")]
    [InlineData("""{ "silo": "nowhere" }""", "--silo takes HOST:PORT")]
    public async Task A_file_with_mistakes_is_refused(string json, string why)
    {
        var run = await CommandRun.OfAsync("silo", "--config", _folder.Add("grid.json", json));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_in_a_pod_must_be_told_which()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("POD_NAME") is not null, "This is a pod.");
        var run = await CommandRun.OfAsync("silo", "--database", Database, "--silo", "127.0.0.1:11999", "--silo-gateway", "30999", "--listen", "127.0.0.1:0", "--kubernetes");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--kubernetes needs the variables POD_NAME, POD_NAMESPACE", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:1,b")]
    [InlineData(",")]
    [InlineData("a:0")]
    public async Task A_gateway_needs_silos(string silos)
    {
        var run = await CommandRun.OfAsync("gateway", "--silos", silos);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--silos takes HOST:PORT", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_needs_a_database()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("GRID_DATABASE") is not null, "The environment names a database.");
        var run = await CommandRun.OfAsync("silo");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--database", run.Error, StringComparison.Ordinal);
    }
}
