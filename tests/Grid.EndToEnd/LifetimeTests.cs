using System.Net.Sockets;
using System.Text;
using Grid.Client;

namespace Grid.EndToEnd;

/// <summary>How the node starts, refuses to start, and stops.</summary>
public sealed class LifetimeTests
{
    private const int Transfers = 1_000;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InclusionTimeout = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_says_where_it_is_and_what_to_try()
    {
        await using var node = await NodeProcess.StartAsync();
        await node.PollAsync("it has said all", InclusionTimeout, () => Task.FromResult(node.Output.Contains("Ctrl+C", StringComparison.Ordinal)));
        foreach (var part in new[] { node.Url, "/docs", "/dashboard", "31337", Wallet.AddressOf(0).ToString(), "secp256k1", "cast send" })
        {
            Assert.Contains(part, node.Output, StringComparison.Ordinal);
        }
        Assert.Equal(0, (await node.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task With_a_block_time_blocks_come_by_the_clock_and_only_with_transactions()
    {
        await using var node = await NodeProcess.StartAsync("--block-time", "200", "--beneficiary", "0x00000000000000000000000000000000000000fe");
        Assert.Equal(0UL, (await node.Client.GetBlockAsync(cancellation: Cancellation))!.Number);
        var hash = await node.Client.SubmitAsync(Wallet.Raw(0, 0, Wallet.NewReceiver()), Cancellation);
        TransactionInfo? seen = null;
        await node.PollAsync("the transfer is included", InclusionTimeout, async () => (seen = await node.Client.GetTransactionAsync(hash, Cancellation))?.Status == "included");
        Assert.Equal(1UL, seen!.Block!.Number);
        // The priority fee of a plain transfer.
        Assert.Equal("21000000000000", (await node.Client.GetAccountAsync("0x00000000000000000000000000000000000000fe", cancellation: Cancellation)).Balance);
        Assert.Equal(0, (await node.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task Terminating_finishes_the_block_at_hand()
    {
        // No block comes by itself: the one that is asked for below is the block at hand.
        await using var node = await NodeProcess.StartAsync("--block-time", "3600000");
        var raw = Enumerable.Range(0, Transfers).Select(nonce => Wallet.Raw(0, (ulong)nonce, Wallet.NewReceiver())).ToArray();
        Assert.All(await node.Client.SubmitAsync(raw, Cancellation), result => Assert.Equal("accepted", result.Status));
        const string body = """[{"jsonrpc":"2.0","id":1,"method":"evm_mine","params":[]},{"jsonrpc":"2.0","id":2,"method":"eth_getBlockTransactionCountByNumber","params":["latest"]}]""";
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", node.Port, Cancellation);
        var stream = connection.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"), Cancellation);
        // Having said this, the node works on the request.
        Assert.Equal("HTTP/1.1 100 Continue", await reader.ReadLineAsync(Cancellation));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(body), Cancellation);
        node.SendTerminate();
        var answer = await reader.ReadToEndAsync(Cancellation);
        Assert.Contains("\"result\":\"0x3e8\"", answer, StringComparison.Ordinal);
        var outcome = await node.WaitAsync();
        Assert.Equal(0, outcome.ExitCode);
        Assert.DoesNotContain("fail:", outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminating_under_load_ends_in_good_order()
    {
        await using var node = await NodeProcess.StartAsync("--block-time", "0");
        var raw = Enumerable.Range(0, Transfers).Select(nonce => Wallet.Raw(0, (ulong)nonce, Wallet.NewReceiver())).ToArray();
        await node.Client.SubmitAsync(raw, Cancellation);
        var outcome = await node.StopAsync();
        Assert.True(outcome.ExitCode == 0, outcome.All);
        Assert.DoesNotContain("Unhandled", outcome.All, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_said_clearly()
    {
        await using var first = await NodeProcess.StartAsync();
        var second = await RunAsync("node", "--listen", $"127.0.0.1:{first.Port}");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"127.0.0.1:{first.Port}", second.Error, StringComparison.Ordinal);
        Assert.Contains("--listen", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.All, StringComparison.Ordinal);
        Assert.True(await first.Client.IsReadyAsync(Cancellation));
    }

    [Fact]
    public async Task Two_nodes_stand_beside_each_other()
    {
        await using var first = await NodeProcess.StartAsync("--block-time", "0");
        await using var second = await NodeProcess.StartAsync("--block-time", "0");
        var hash = await first.Client.SubmitAsync(Wallet.Raw(0, 0, Wallet.NewReceiver()), Cancellation);
        await first.PollAsync("the transfer is included", InclusionTimeout, async () => (await first.Client.GetTransactionAsync(hash, Cancellation))?.Status == "included");
        Assert.Equal(0UL, (await second.Client.GetBlockAsync(cancellation: Cancellation))!.Number);
        Assert.Equal(0, (await first.StopAsync()).ExitCode);
        Assert.Equal(0, (await second.StopAsync()).ExitCode);
    }

    [Theory]
    [InlineData("node", "--no-such-option")]
    [InlineData("--no-such-option")]
    [InlineData("no-such-command")]
    [InlineData("node", "--listen", "nowhere")]
    [InlineData("node", "--block-time", "-1")]
    [InlineData("node", "--data")]
    [InlineData("node", "--beneficiary", "0x12")]
    [InlineData("node", "--genesis", "no-such-file.json")]
    public async Task A_wrong_command_line_gives_usage(params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.NotEmpty(outcome.Error.Trim());
        Assert.Contains("Usage:", outcome.All, StringComparison.Ordinal);
    }

    private static Task<Outcome> RunAsync(params string[] arguments) => RunningProcess.RunAsync(Installation.Node, arguments, CommandTimeout);
}
