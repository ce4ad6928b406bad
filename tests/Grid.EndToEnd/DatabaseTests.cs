using System.Numerics;
using Grid.Client;
using Grid.Primitives;
using Grid.Testing;

namespace Grid.EndToEnd;

/// <summary>A node on PostgreSQL loses nothing that it has acknowledged, whether the node is killed or the server, and says nowhere what the password is.</summary>
public sealed class DatabaseTests : IAsyncLifetime
{
    private const int Transfers = 6;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InclusionTimeout = TimeSpan.FromSeconds(60);

    private readonly Address _receiver = Wallet.NewReceiver();
    private readonly List<string> _hashes = [];
    private PostgresServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        _server = await PostgresServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_killed_node_serves_the_same_chain_and_goes_on()
    {
        string[] before;
        await using (var node = await StartAsync("0"))
        {
            await node.PollAsync("it has said all", InclusionTimeout, () => Task.FromResult(node.Output.Contains("Ctrl+C", StringComparison.Ordinal)));
            Assert.Contains($"PostgreSQL at 127.0.0.1:{_server.Port}, database postgres, schema grid", node.Output, StringComparison.Ordinal);
            for (var i = 0; i < Transfers; i++)
            {
                await SendAsync(node, 0, (ulong)i);
            }
            before = await DescribeAsync(node);
            Assert.Equal(Transfers + 1, before.Count(line => line.StartsWith('{')));
            await node.KillAsync();
        }
        // No block comes by itself, so that the next kill finds everything in the pool.
        await using (var node = await StartAsync("3600000"))
        {
            Assert.Equal(before, await DescribeAsync(node));
            for (var i = 0; i < Transfers; i++)
            {
                _hashes.Add(await node.Client.SubmitAsync(Wallet.Raw(1, (ulong)i, _receiver), Cancellation));
            }
            Assert.DoesNotContain(_server.Password, (await node.KillAsync()).All, StringComparison.Ordinal);
        }
        await using (var node = await StartAsync("0"))
        {
            await IncludedAsync(node);
            Assert.Equal(new BigInteger(2 * Transfers), await ChainView.BalanceAsync(node, _receiver.ToString()));
            Assert.Equal(0, (await node.StopAsync()).ExitCode);
        }
        var verified = await RunningProcess.RunAsync(Installation.Node, ["verify", "--database", _server.ConnectionString], CommandTimeout);
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.Contains("all of it is what sequential execution gives", verified.Output, StringComparison.Ordinal);
    }

    /// <summary>The block is committed, and what is written behind it isn't yet, or nobody knows that it is.</summary>
    [Theory, Trait("Length", "Long")]
    [InlineData("IndexWriting:2")]
    [InlineData("IndexWritten:2")]
    public async Task A_node_that_ends_behind_its_commit_has_lost_nothing(string fault)
    {
        await using (var node = await NodeProcess.StartWithVariableAsync(KeyValuePair.Create("GRID_FAULT", fault), "--database", _server.ConnectionString, "--block-time", "0"))
        {
            try
            {
                for (var i = 0; i < Transfers; i++)
                {
                    await SendAsync(node, 0, (ulong)i);
                }
            }
            catch (Exception error) when (error is GridException or HttpRequestException or TimeoutException)
            {
                // It has ended.
            }
            Assert.Equal(137, (await node.WaitAsync()).ExitCode);
        }
        Assert.NotEmpty(_hashes);
        await using (var node = await StartAsync("0"))
        {
            await IncludedAsync(node);
            Assert.True(await ChainView.BalanceAsync(node, _receiver.ToString()) >= new BigInteger(_hashes.Count));
            await SendAsync(node, 1, 0);
            Assert.Equal(0, (await node.StopAsync()).ExitCode);
        }
    }

    [Fact]
    public async Task An_outage_of_the_database_pauses_the_node_which_then_goes_on()
    {
        await using var node = await StartAsync("0");
        await SendAsync(node, 0, 0);
        await _server.KillAsync();
        // Nothing is acknowledged, and reading goes on.
        await Assert.ThrowsAsync<GridException>(() => node.Client.SubmitAsync(Wallet.Raw(0, 1, _receiver), Cancellation));
        Assert.Equal(BigInteger.One, await ChainView.BalanceAsync(node, _receiver.ToString()));
        await _server.StartAgainAsync();
        await node.PollAsync("it takes transactions again", InclusionTimeout, async () =>
        {
            try
            {
                _hashes.Add(await node.Client.SubmitAsync(Wallet.Raw(0, 1, _receiver), Cancellation));
                return true;
            }
            catch (GridException)
            {
                return false;
            }
        });
        await IncludedAsync(node);
        await SendAsync(node, 0, 2);
        Assert.Equal(new BigInteger(3), await ChainView.BalanceAsync(node, _receiver.ToString()));
        Assert.DoesNotContain(_server.Password, (await node.StopAsync()).All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_cant_be_used_is_refused_with_a_reason_and_without_the_password()
    {
        var wrong = await RunAsync("--database", _server.ConnectionString.Replace("Database=postgres", "Database=nowhere", StringComparison.Ordinal));
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("\"nowhere\" does not exist", wrong.Error, StringComparison.Ordinal);
        var unreadable = await RunAsync("--database", $"postgres://{PostgresServer.User}:{_server.Password}@127.0.0.1/postgres?sslmode=require");
        Assert.Equal(1, unreadable.ExitCode);
        Assert.Contains("can't be read", unreadable.Error, StringComparison.Ordinal);
        var both = await RunAsync("--database", _server.ConnectionString, "--data", "chain");
        Assert.NotEqual(0, both.ExitCode);
        Assert.Contains("exclude each other", both.All, StringComparison.Ordinal);
        foreach (var outcome in new[] { wrong, unreadable, both })
        {
            Assert.DoesNotContain(_server.Password, outcome.All, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", outcome.All, StringComparison.Ordinal);
        }
    }

    /// <summary>The connection string comes from the environment: it is on no command line.</summary>
    private Task<NodeProcess> StartAsync(string blockTimeMs) => NodeProcess.StartOnDatabaseAsync(_server.ConnectionString, "--block-time", blockTimeMs);

    private static Task<Outcome> RunAsync(params string[] options) => RunningProcess.RunAsync(
        Installation.Node, ["node", "--listen", $"127.0.0.1:{NodeProcess.FreePort()}", .. options], CommandTimeout);

    /// <summary>Sends a transfer of one wei and waits until it is in a block.</summary>
    private async Task SendAsync(NodeProcess node, int sender, ulong nonce)
    {
        _hashes.Add(await node.Client.SubmitAsync(Wallet.Raw(sender, nonce, _receiver), Cancellation));
        await IncludedAsync(node);
    }

    private async Task IncludedAsync(NodeProcess node)
    {
        foreach (var hash in _hashes)
        {
            await node.PollAsync("the transfer is included", InclusionTimeout, async () => (await node.Client.GetTransactionAsync(hash, Cancellation))?.Status == "included");
        }
    }

    /// <summary>Blocks, receipts and balance as the node tells them.</summary>
    private async Task<string[]> DescribeAsync(NodeProcess node)
    {
        var lines = new List<string>();
        var head = (ulong)ChainView.Number(await node.CallAsync("eth_blockNumber"));
        for (ulong number = 0; number <= head; number++)
        {
            lines.Add((await node.CallAsync("eth_getBlockByNumber", $"0x{number:x}", true)).ToString());
        }
        foreach (var hash in _hashes)
        {
            lines.Add("receipt " + await node.CallAsync("eth_getTransactionReceipt", hash));
        }
        lines.Add($"balance {await ChainView.BalanceAsync(node, _receiver.ToString())}");
        return [.. lines];
    }
}
