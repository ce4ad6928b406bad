using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Client;
using Grid.Storage.Tests.RocksDb;

namespace Grid.EndToEnd;

/// <summary>
/// A disk that refuses is told to clients who send, and others are answered; nothing that was acknowledged is lost, and the node goes on by itself when the cause is gone.
/// </summary>
public sealed class DiskTests
{
    private const int Batch = 50, BatchesMax = 2_000;

    private static readonly TimeSpan InclusionTimeout = TimeSpan.FromSeconds(60), CommandTimeout = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_told_and_the_node_goes_on_when_there_is_room()
    {
        using var disk = SmallDisk.Mount();
        await using var node = await NodeProcess.StartAsync("--data", Path.Combine(disk.Path, "chain"), "--block-time", "50");
        var accepted = new List<string>();
        ulong nonce = 0;
        nonce = await SubmitAsync(node, nonce, accepted);
        await node.PollAsync("the first ones are included", InclusionTimeout, async () => (await node.Client.GetTransactionAsync(accepted[^1], Cancellation))?.Status == "included");
        var seen = (await node.Client.GetBlockAsync(cancellation: Cancellation))!;

        disk.Fill();
        var refused = await RefuseAsync(node, nonce, accepted);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.Equal("unavailable", problem.GetProperty("code").GetString());
        Assert.DoesNotContain(disk.Path, problem.ToString(), StringComparison.Ordinal);
        refused.Dispose();
        nonce = (ulong)accepted.Count;
        var raw = Wallet.Raw(0, nonce, Wallet.AddressOf(1));
        // It stays that way, over more than one try to open the folder again.
        for (var i = 0; i < 3; i++)
        {
            var answer = await node.PostAsync(new { jsonrpc = "2.0", id = 1, method = "eth_sendRawTransaction", @params = new[] { raw } });
            Assert.Equal(-32002, answer.GetProperty("error").GetProperty("code").GetInt32());
            await AssertReadsAsync(node, seen, accepted[0]);
            await Task.Delay(1_100, Cancellation);
        }

        disk.Free();
        await node.PollAsync("it takes transactions again", InclusionTimeout, async () => await IsAcceptedAsync(node, raw));
        accepted.Add(Hash(raw));
        foreach (var hash in accepted)
        {
            await node.PollAsync("what was accepted is included", InclusionTimeout, async () => (await node.Client.GetTransactionAsync(hash, Cancellation))?.Status == "included");
        }
        Assert.Equal(seen.Hash, (await node.Client.GetBlockAsync(seen.Number, cancellation: Cancellation))!.Hash);
        // No transaction is in two blocks, and no other than these is in one.
        var included = new List<string>();
        var head = (await node.Client.GetBlockAsync(cancellation: Cancellation))!.Number;
        for (ulong number = 0; number <= head; number++)
        {
            included.AddRange((await node.Client.GetBlockAsync(number, cancellation: Cancellation))!.TransactionHashes!);
        }
        Assert.Equal(included.Count, included.Distinct().Count());
        Assert.Subset(included.ToHashSet(), accepted.ToHashSet());
        Assert.Equal(0, (await node.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task A_folder_that_cant_be_written_is_refused_by_name()
    {
        using var disk = SmallDisk.Mount();
        var data = Path.Combine(disk.Path, "chain");
        Directory.CreateDirectory(data);
        using (disk.MakeReadOnly())
        {
            var outcome = await RunningProcess.RunAsync(Installation.Node, ["node", "--listen", $"127.0.0.1:{NodeProcess.FreePort()}", "--data", data], CommandTimeout);
            Assert.Equal(1, outcome.ExitCode);
            Assert.Contains(data, outcome.Error, StringComparison.Ordinal);
            Assert.Contains("Read-only", outcome.Error, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("   at ", outcome.All, StringComparison.Ordinal);
        }
        await using var node = await NodeProcess.StartAsync("--data", data);
    }

    /// <summary>What the chain and its state are is told as ever.</summary>
    private static async Task AssertReadsAsync(NodeProcess node, BlockInfo seen, string included)
    {
        var receiver = Wallet.AddressOf(1).ToString();
        var at = $"0x{seen.Number:x}";
        foreach (var (method, parameters) in ((string, object[])[])
        [
            ("eth_blockNumber", []), ("eth_getBlockByNumber", ["latest", false]), ("eth_getBlockByNumber", [at, true]), ("eth_getBalance", [receiver, "latest"]),
            ("eth_getBalance", [receiver, at]), ("eth_getProof", [receiver, Array.Empty<string>(), at]), ("eth_call", [new { to = receiver }, "latest"]),
            ("eth_getTransactionByHash", [included]), ("eth_getTransactionReceipt", [included]), ("eth_getTransactionCount", [Wallet.AddressOf(0).ToString(), "latest"]),
        ])
        {
            var answer = await node.PostAsync(new { jsonrpc = "2.0", id = 1, method, @params = parameters });
            Assert.True(answer.TryGetProperty("result", out var result) && result.ValueKind != JsonValueKind.Null, $"{method}: {answer}");
        }
        Assert.Equal(seen.Hash, (await node.Client.GetBlockAsync(seen.Number, cancellation: Cancellation))!.Hash);
        Assert.Equal("included", (await node.Client.GetTransactionAsync(included, Cancellation))!.Status);
    }

    private static async Task<ulong> SubmitAsync(NodeProcess node, ulong nonce, List<string> accepted)
    {
        var raw = Enumerable.Range(0, Batch).Select(i => Wallet.Raw(0, nonce + (ulong)i, Wallet.AddressOf(1))).ToArray();
        var results = await node.Client.SubmitAsync(raw, Cancellation);
        Assert.All(results, result => Assert.Equal("accepted", result.Status));
        accepted.AddRange(results.Select(result => result.Hash!));
        return nonce + Batch;
    }

    /// <summary>Submits one by one until the node refuses, and returns that answer.</summary>
    private static async Task<HttpResponseMessage> RefuseAsync(NodeProcess node, ulong nonce, List<string> accepted)
    {
        for (var i = 0; i < Batch * BatchesMax; i++)
        {
            var raw = Wallet.Raw(0, nonce + (ulong)i, Wallet.AddressOf(1));
            var response = await node.Http.PostAsJsonAsync("/v1/transactions", raw, Cancellation);
            if (!response.IsSuccessStatusCode)
            {
                return response;
            }
            response.Dispose();
            accepted.Add(Hash(raw));
        }
        throw new InvalidOperationException("The disk never was full.");
    }

    private static async Task<bool> IsAcceptedAsync(NodeProcess node, string raw)
    {
        try
        {
            return await node.Client.SubmitAsync(raw, Cancellation) == Hash(raw);
        }
        catch (GridException refusal) when (refusal.Problem.Status == 503)
        {
            return false;
        }
    }

    private static string Hash(string raw) => Crypto.Keccak256.Hash(Primitives.Hex.Decode(raw)).ToString();
}
