namespace Grid.Node.Tests;

/// <summary>Blockchain and engine tests that are right, and the same with one thing changed, which have to fail.</summary>
public sealed class ChainFormatTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SmallChain _chain = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Blocks_that_are_right_pass()
    {
        Assert.Equal("1 passed, 0 failed, 0 skipped", await Replay(_chain.BlockchainTest()));
        Assert.Equal("1 passed, 0 failed, 0 skipped", await Replay(_chain.EngineTest()));
    }

    [Fact]
    public async Task Another_reason_of_refusal_fails()
    {
        Assert.Equal("0 passed, 1 failed, 0 skipped", await Replay(_chain.BlockchainTest("BlockException.INVALID_GAS_USED")));
        Assert.Equal("0 passed, 1 failed, 0 skipped", await Replay(_chain.EngineTest("BlockException.INVALID_GAS_USED")));
    }

    [Theory]
    // The end, the state after, the API's answer, and the network whose rules hold.
    [InlineData("\"nonce\":\"0x1\"", "\"nonce\":\"0x2\"")]
    [InlineData("-32602", "-38005")]
    [InlineData("\"network\":\"Shanghai\"", "\"network\":\"Cancun\"")]
    [InlineData("\"newPayloadVersion\":\"2\"", "\"newPayloadVersion\":\"3\"")]
    public async Task Changed_expectations_fail(string from, string to)
    {
        var test = _chain.EngineTest();
        Assert.Contains(from, test, StringComparison.Ordinal);
        Assert.Equal("0 passed, 1 failed, 0 skipped", await Replay(test.Replace(from, to, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Valid_block_that_should_be_refused_fails()
    {
        var test = _chain.BlockchainTest().Replace("\"blockHeader\":{\"hash\":\"" + _chain.Second.Hash + "\"}", "\"expectException\":\"BlockException.INVALID_STATE_ROOT\"", StringComparison.Ordinal);
        Assert.Equal("0 passed, 1 failed, 0 skipped", await Replay(test));
    }

    private async Task<string> Replay(string test) => (await CommandRun.OfAsync("replay", _folder.Add("test.json", test))).Lines[^1];
}
