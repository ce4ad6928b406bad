namespace Grid.EndToEnd;

/// <summary>What applications do with viem.</summary>
public sealed class ViemTests(InstantNode instant) : IClassFixture<InstantNode>
{
    [Theory]
    [InlineData("ether is sent")]
    [InlineData("a token is deployed, transferred and read")]
    [InlineData("a revert tells its reason")]
    public async Task With_viem(string scenario)
    {
        Installation.RequireClients();
        await JavaScriptClient.RunAsync("viem.mjs", scenario, instant.Node);
    }
}
