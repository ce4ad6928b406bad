namespace Grid.EndToEnd;

/// <summary>What applications do with ethers.</summary>
public sealed class EthersTests(InstantNode instant) : IClassFixture<InstantNode>
{
    [Theory]
    [InlineData("ether is sent")]
    [InlineData("a token is deployed, transferred and read")]
    [InlineData("logs are found")]
    [InlineData("a revert tells its reason")]
    [InlineData("a failed transaction is included and costs gas")]
    [InlineData("gas is estimated")]
    [InlineData("nonces follow each other")]
    [InlineData("a receipt can be waited for")]
    [InlineData("every kind of transaction is taken")]
    public async Task With_ethers(string scenario)
    {
        Installation.RequireClients();
        await JavaScriptClient.RunAsync("ethers.mjs", scenario, instant.Node);
    }
}
