using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Grid.Client;
using Grid.Primitives;

namespace Grid.EndToEnd;

/// <summary>A node on a data folder loses nothing that it has acknowledged, however it ends.</summary>
public sealed class DataTests : IDisposable
{
    private const int PerSender = 100, FileKiBMax = 512;

    private const ulong TransferGas = 21_000;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InclusionTimeout = TimeSpan.FromSeconds(60);

    private readonly string _parent = Directory.CreateTempSubdirectory("grid-data-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_parent, "chain");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public async Task A_killed_node_serves_the_same_chain_and_goes_on()
    {
        var receivers = Enumerable.Range(0, 5).Select(_ => Wallet.NewReceiver()).ToArray();
        var hashes = new List<string>();
        string[] before;
        await using (var node = await NodeProcess.StartAsync("--data", Data, "--block-time", "0"))
        {
            await node.PollAsync("it has said all", InclusionTimeout, () => Task.FromResult(node.Output.Contains("Ctrl+C", StringComparison.Ordinal)));
            Assert.Contains(Data, node.Output, StringComparison.Ordinal);
            for (var i = 0; i < receivers.Length; i++)
            {
                hashes.Add(await SendAsync(node, 0, (ulong)i, receivers[i], 100 + (ulong)i));
            }
            before = await DescribeAsync(node, receivers, hashes);
            await node.KillAsync();
        }
        await using (var node = await NodeProcess.StartAsync("--data", Data, "--block-time", "0"))
        {
            Assert.Equal(before, await DescribeAsync(node, receivers, hashes));
            var receipt = await node.CallAsync("eth_getTransactionReceipt", await SendAsync(node, 0, (ulong)receivers.Length, receivers[0], 1));
            Assert.Equal("0x1", receipt.GetProperty("status").GetString());
            Assert.Equal(receivers.Length + 1, (int)ChainView.Number(receipt.GetProperty("blockNumber")));
            Assert.Equal(new BigInteger(101), await ChainView.BalanceAsync(node, receivers[0].ToString()));
            before = await DescribeAsync(node, receivers, hashes);
            Assert.Equal(0, (await node.StopAsync()).ExitCode);
        }
        // Ended in good order, it comes back as well.
        await using (var node = await NodeProcess.StartAsync("--data", Data))
        {
            Assert.Equal(before, await DescribeAsync(node, receivers, hashes));
        }
    }

    [Fact]
    public async Task What_was_accepted_before_a_kill_is_included_after_it()
    {
        // No block comes by itself, so that the kill finds everything in the pool.
        await using (var node = await NodeProcess.StartAsync("--data", Data, "--block-time", "3600000"))
        {
            await AcceptAsync(node, 0);
            await node.KillAsync();
        }
        // Blocks come at once, so that the kill finds the node making them.
        await using (var node = await NodeProcess.StartAsync("--data", Data, "--block-time", "0"))
        {
            await AcceptAsync(node, PerSender);
            await node.KillAsync();
        }
        await using (var node = await NodeProcess.StartAsync("--data", Data, "--block-time", "100"))
        {
            for (var sender = 0; sender < Wallet.Accounts; sender++)
            {
                var address = Wallet.AddressOf(sender).ToString();
                await node.PollAsync("all that was accepted is included", InclusionTimeout, async () => await ChainView.NonceAsync(node, address) == 2 * PerSender);
            }
            Assert.Equal(0, (await node.Client.GetStatusAsync(Cancellation)).Pool.Pending);
            // One block's hash is in the next one's header, all the way from genesis.
            var parent = (string?)null;
            var transactions = 0;
            var head = (ulong)ChainView.Number(await node.CallAsync("eth_blockNumber"));
            for (ulong number = 0; number <= head; number++)
            {
                var block = await node.CallAsync("eth_getBlockByNumber", $"0x{number:x}", false);
                Assert.True(parent is null || parent == block.GetProperty("parentHash").GetString());
                parent = block.GetProperty("hash").GetString();
                transactions += block.GetProperty("transactions").GetArrayLength();
            }
            Assert.Equal(2 * PerSender * Wallet.Accounts, transactions);
        }
    }

    [Fact]
    public async Task When_the_disk_takes_no_more_nothing_is_acknowledged_and_nothing_acknowledged_is_lost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a shell that limits the size of files.");
        var accepted = new List<string>();
        await using (var node = await NodeProcess.StartWithFullDiskAsync(FileKiBMax, "--data", Data, "--block-time", "3600000"))
        {
            var refused = 0;
            for (var nonce = 0; refused == 0 && nonce < 4_000; nonce += PerSender)
            {
                refused = await SubmitAsync(node, nonce, accepted);
            }
            Assert.True(refused > 0, "The disk never was full.");
            // It stays that way: the same ones aren't known now.
            Assert.Equal(PerSender * Wallet.Accounts, await SubmitAsync(node, 4_000 - PerSender, accepted));
            await node.KillAsync();
        }
        Assert.NotEmpty(accepted);
        await using (var node = await NodeProcess.StartAsync("--data", Data, "--block-time", "100"))
        {
            foreach (var hash in accepted)
            {
                Assert.NotNull(await node.Client.GetTransactionAsync(hash, Cancellation));
            }
            await node.PollAsync("it makes blocks again", InclusionTimeout, async () => (await node.Client.GetTransactionAsync(accepted[0], Cancellation))?.Status == "included");
        }
    }

    [Fact]
    public async Task A_folder_in_use_or_of_another_chain_is_refused()
    {
        await using (var node = await NodeProcess.StartAsync("--data", Data))
        {
            var second = await RunAsync();
            Assert.Equal(1, second.ExitCode);
            Assert.Contains($"process {node.ProcessId.ToString(CultureInfo.InvariantCulture)} (grid)", second.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", second.All, StringComparison.Ordinal);
            Assert.Equal(0, (await node.StopAsync()).ExitCode);
        }
        var genesis = Path.Combine(_parent, "genesis.json");
        await File.WriteAllTextAsync(genesis, """{"config":{"chainId":5,"terminalTotalDifficulty":0},"difficulty":"0x1","gasLimit":"0x100000","alloc":{}}""", Cancellation);
        var other = await RunAsync("--genesis", genesis);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("genesis block", other.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", other.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_holds_something_else_is_refused()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Path.Combine(Data, "letter.txt"), "dear", Cancellation);
        var outcome = await RunAsync();
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("letter.txt", outcome.Error, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] more) => RunningProcess.RunAsync(
        Installation.Node, ["node", "--listen", $"127.0.0.1:{NodeProcess.FreePort()}", "--data", Data, .. more], CommandTimeout);

    /// <summary>Sends a transfer and waits until it is in a block.</summary>
    private static async Task<string> SendAsync(NodeProcess node, int sender, ulong nonce, Address receiver, ulong valueWei)
    {
        var hash = await node.Client.SubmitAsync(Wallet.Raw(sender, nonce, receiver, valueWei), Cancellation);
        await node.PollAsync("the transfer is included", InclusionTimeout, async () => (await node.Client.GetTransactionAsync(hash, Cancellation))?.Status == "included");
        return hash;
    }

    /// <summary>Has transfers of all senders accepted.</summary>
    private static async Task AcceptAsync(NodeProcess node, int firstNonce)
    {
        foreach (var batch in Enumerable.Range(0, PerSender * Wallet.Accounts).Chunk(250))
        {
            var results = await node.Client.SubmitAsync(
                [.. batch.Select(i => Wallet.Raw(i % Wallet.Accounts, (ulong)(firstNonce + (i / Wallet.Accounts)), Wallet.AddressOf(0), 1))], Cancellation);
            Assert.All(results, result => Assert.Equal("accepted", result.Status));
        }
    }

    /// <summary>Submits transfers of all senders one by one; returns how many were refused, and adds the others.</summary>
    private static async Task<int> SubmitAsync(NodeProcess node, int firstNonce, List<string> accepted)
    {
        var refused = 0;
        foreach (var batch in Enumerable.Range(0, PerSender * Wallet.Accounts).Chunk(250))
        {
            var raw = batch.Select(i => Wallet.Raw(i % Wallet.Accounts, (ulong)(firstNonce + (i / Wallet.Accounts)), Wallet.AddressOf(0), 1));
            var answers = await node.PostAsync(raw.Select((x, i) => new { jsonrpc = "2.0", id = i, method = "eth_sendRawTransaction", @params = new[] { x } }).ToArray());
            var hashes = answers.EnumerateArray().Where(x => x.TryGetProperty("result", out _)).Select(x => x.GetProperty("result").GetString()!).ToList();
            accepted.AddRange(hashes);
            refused += batch.Length - hashes.Count;
        }
        return refused;
    }

    /// <summary>Head, blocks, receipts and balances as the node tells them.</summary>
    private static async Task<string[]> DescribeAsync(NodeProcess node, Address[] receivers, List<string> hashes)
    {
        var lines = new List<string>();
        var head = (ulong)ChainView.Number(await node.CallAsync("eth_blockNumber"));
        for (ulong number = 0; number <= head; number++)
        {
            lines.Add((await node.CallAsync("eth_getBlockByNumber", $"0x{number:x}", true)).ToString());
        }
        foreach (var hash in hashes)
        {
            var receipt = await node.CallAsync("eth_getTransactionReceipt", hash);
            Assert.Equal(TransferGas, (ulong)ChainView.Number(receipt.GetProperty("gasUsed")));
            lines.Add(receipt.ToString());
        }
        foreach (var address in receivers.Append(Wallet.AddressOf(0)))
        {
            lines.Add($"{await ChainView.BalanceAsync(node, address.ToString())} {await ChainView.NonceAsync(node, address.ToString())}");
        }
        return [.. lines];
    }
}
