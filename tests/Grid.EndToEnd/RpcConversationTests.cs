using System.Globalization;
using System.Text;
using System.Text.Json;
using Grid.Crypto;
using Grid.Evm.Tests;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.EndToEnd;

/// <summary>
/// The chains of the official RPC suites, imported into a data folder by one process and served by another: the recorded conversations about state come out
/// as they were, and what a chain's dump says of its accounts is proved, at the head and within the last blocks.
/// </summary>
public sealed class RpcConversationTests : IDisposable
{
    private const string NoBlocks = "3600000";

    private const int HistoryBlocks = 128;

    /// <summary>Methods with conversations that the node doesn't have.</summary>
    private static readonly string[] Missing =
    [
        "debug_getRawBlock", "debug_getRawReceipts", "debug_getRawTransaction", "debug_traceBlockByHash", "debug_traceBlockByNumber", "debug_traceTransaction",
        "eth_capabilities", "eth_config", "eth_createAccessList", "eth_getStorageValues", "eth_simulateV1", "testing_buildBlockV1", "txpool_content",
        "txpool_contentFrom", "txpool_status",
    ];

    /// <summary>Conversations with what the methods don't take: authorizations in calls, and blobs beside their transaction.</summary>
    private static readonly string[] NotTaken = ["estimate-with-eip7702", "send-blob-tx"];

    private static readonly TimeSpan ImportTimeout = TimeSpan.FromSeconds(120);

    private readonly string _data = Directory.CreateTempSubdirectory("grid-rpc-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Recorded_conversations_come_out_as_they_were()
    {
        var folder = SharedFixtures.Require("execution-apis", "tests");
        await using var node = await ImportAndStartAsync(folder);
        var wrong = new List<string>();
        var replayed = 0;
        foreach (var file in Directory.EnumerateFiles(folder, "*.io", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            if (Array.IndexOf(NotTaken, Path.GetFileNameWithoutExtension(file)) < 0)
            {
                wrong.AddRange(await ReplayAsync(node, file));
                replayed += Array.IndexOf(Missing, Path.GetFileName(Path.GetDirectoryName(file))) >= 0 ? 0 : 1;
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        // All but the missing ones: at least as many as there were when this was written.
        Assert.InRange(replayed, 60, int.MaxValue);
    }

    [Fact, Trait("Length", "Long")]
    public async Task A_chain_s_accounts_are_proved_at_the_head_and_within_the_last_blocks()
    {
        var folder = SharedFixtures.Require("geth", "ethtest");
        await using var node = await ImportAndStartAsync(folder);
        using var dump = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "headstate.json"), Cancellation));
        var head = (ulong)ChainView.Number(await node.CallAsync("eth_blockNumber"));
        foreach (var number in (ulong[])[head, head - 1, head - 17, head - HistoryBlocks])
        {
            var root = Hash256.Parse((await node.CallAsync("eth_getBlockByNumber", $"0x{number:x}", false)).GetProperty("stateRoot").GetString());
            foreach (var account in dump.RootElement.GetProperty("accounts").EnumerateObject().Where((_, i) => i % (number == head ? 1 : 7) == 0))
            {
                var proof = await node.CallAsync("eth_getProof", account.Name, (string[])["0x0", "0x1"], $"0x{number:x}");
                AssertProves(root, Address.Parse(account.Name), proof);
                if (number == head)
                {
                    AssertShows(account.Value, proof);
                }
            }
        }
        var tooOld = await node.PostAsync(new { jsonrpc = "2.0", id = 1, method = "eth_getBalance", @params = new[] { Address.FromNumber(1).ToString(), $"0x{head - HistoryBlocks - 1:x}" } });
        Assert.Equal(
            $"historical state after block {head - HistoryBlocks - 1} is not available: the oldest kept is that after block {head - HistoryBlocks}",
            tooOld.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact, Trait("Length", "Long")]
    public async Task An_archive_tells_and_proves_every_state_and_says_where_it_begins()
    {
        var folder = SharedFixtures.Require("geth", "ethtest");
        await using (var node = await ImportAndStartAsync(folder, "--archive"))
        {
            await node.PollAsync("it says where the archive begins", ImportTimeout, () =>
                Task.FromResult(node.Output.Contains("the states after block 0 and all later ones can be read", StringComparison.Ordinal)));
            using var genesis = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "genesis.json"), Cancellation));
            foreach (var account in genesis.RootElement.GetProperty("alloc").EnumerateObject())
            {
                var address = Address.Parse("0x" + account.Name).ToString();
                var balance = UInt256.Parse(account.Value.GetProperty("balance").GetString());
                Assert.Equal(balance, UInt256.Parse((await node.CallAsync("eth_getBalance", address, "earliest")).GetString()));
            }
            var head = (ulong)ChainView.Number(await node.CallAsync("eth_blockNumber"));
            Assert.True(head > HistoryBlocks, $"the chain of {head} blocks isn't longer than what every node proves");
            foreach (var number in (ulong[])[0, 1, (head - HistoryBlocks) / 2])
            {
                var root = Hash256.Parse((await node.CallAsync("eth_getBlockByNumber", $"0x{number:x}", false)).GetProperty("stateRoot").GetString());
                foreach (var account in genesis.RootElement.GetProperty("alloc").EnumerateObject().Where((_, i) => i % 7 == 0))
                {
                    var address = Address.Parse("0x" + account.Name);
                    AssertProves(root, address, await node.CallAsync("eth_getProof", address.ToString(), (string[])["0x0", "0x1"], $"0x{number:x}"));
                }
            }
            Assert.Equal(0, (await node.StopAsync()).ExitCode);
        }
        // Without the option what is there isn't told.
        await using (var node = await NodeProcess.StartAsync("--data", _data, "--block-time", "0"))
        {
            Assert.DoesNotContain("Archive:", node.Output, StringComparison.Ordinal);
            var tooOld = await node.PostAsync(new { jsonrpc = "2.0", id = 1, method = "eth_getBalance", @params = (string[])[Address.FromNumber(1).ToString(), "0x1"] });
            Assert.StartsWith("historical state after block 1 is not available", tooOld.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    /// <summary>Imports the folder's chain with one process, and starts a node on it that makes no blocks.</summary>
    private async Task<NodeProcess> ImportAndStartAsync(string folder, params string[] options)
    {
        var genesis = Path.Combine(folder, "genesis.json");
        var import = await RunningProcess.RunAsync(
            Installation.Node, ["import", "--genesis", genesis, "--blocks", Path.Combine(folder, "chain.rlp"), "--data", _data, .. options], ImportTimeout);
        Assert.True(import.ExitCode == 0, import.All);
        return await NodeProcess.StartAsync(["--genesis", genesis, "--data", _data, "--block-time", NoBlocks, .. options]);
    }

    /// <summary>What of the answers isn't as recorded; of a method that is missing, that it isn't.</summary>
    private static async Task<List<string>> ReplayAsync(NodeProcess node, string file)
    {
        var wrong = new List<string>();
        var lines = await File.ReadAllLinesAsync(file, Cancellation);
        var isShapeOnly = lines.Any(line => line.StartsWith("// speconly:", StringComparison.Ordinal));
        var (answer, isMissing) = (string.Empty, false);
        foreach (var line in lines)
        {
            if (line.StartsWith(">> ", StringComparison.Ordinal))
            {
                using var request = JsonDocument.Parse(line[3..]);
                isMissing = Array.IndexOf(Missing, request.RootElement.GetProperty("method").GetString()) >= 0;
                using var content = new StringContent(line[3..], Encoding.UTF8, "application/json");
                using var response = await node.Http.PostAsync(new Uri("/", UriKind.Relative), content, Cancellation);
                answer = await response.Content.ReadAsStringAsync(Cancellation);
            }
            else if (line.StartsWith("<< ", StringComparison.Ordinal))
            {
                using var have = JsonDocument.Parse(answer);
                using var want = JsonDocument.Parse(line[3..]);
                if (isMissing ? !SaysMissing(have.RootElement) : !(isShapeOnly ? IsAlike(have.RootElement, want.RootElement) : JsonElement.DeepEquals(have.RootElement, want.RootElement)))
                {
                    wrong.Add($"{Path.GetFileName(file)}: {answer[..Math.Min(400, answer.Length)]}\n    instead of {line[3..Math.Min(400, line.Length)]}");
                }
            }
        }
        return wrong;
    }

    private static bool SaysMissing(JsonElement answer) =>
        answer.TryGetProperty("error", out var error) && error.GetProperty("code").GetInt32() == -32601;

    /// <summary>Whether both are results, or errors of one code.</summary>
    private static bool IsAlike(JsonElement have, JsonElement want) => want.TryGetProperty("error", out var error)
        ? have.TryGetProperty("error", out var found) && found.GetProperty("code").GetInt32() == error.GetProperty("code").GetInt32()
        : have.TryGetProperty("result", out var result) && result.ValueKind == want.GetProperty("result").ValueKind;

    private static void AssertProves(Hash256 root, Address address, JsonElement proof)
    {
        Assert.True(ProofVerifier.TryVerify(in root, Keccak256.Hash(address.Span), NodesOf(proof.GetProperty("accountProof")), out var proved));
        var storageRoot = Hash256.Parse(proof.GetProperty("storageHash").GetString());
        var record = new AccountRecord(
            (ulong)ChainView.Number(proof.GetProperty("nonce")), UInt256.Parse(proof.GetProperty("balance").GetString()), storageRoot,
            Hash256.Parse(proof.GetProperty("codeHash").GetString()));
        Assert.Equal(proved ?? AccountRecord.Empty.ToRlp(), record.ToRlp());
        foreach (var slot in proof.GetProperty("storageProof").EnumerateArray())
        {
            var key = Keccak256.Hash(UInt256.Parse(slot.GetProperty("key").GetString()).ToBigEndian());
            Assert.True(ProofVerifier.TryVerify(in storageRoot, in key, NodesOf(slot.GetProperty("proof")), out var value));
            Assert.Equal(slot.GetProperty("value").GetString() == "0x0", value is null);
        }
    }

    private static void AssertShows(JsonElement account, JsonElement proof)
    {
        Assert.Equal(UInt256.Parse(account.GetProperty("balance").GetString()), UInt256.Parse(proof.GetProperty("balance").GetString()));
        Assert.Equal(account.GetProperty("nonce").GetUInt64().ToString("x", CultureInfo.InvariantCulture), proof.GetProperty("nonce").GetString()![2..]);
        Assert.Equal(account.GetProperty("root").GetString(), proof.GetProperty("storageHash").GetString());
        Assert.Equal(account.GetProperty("codeHash").GetString(), proof.GetProperty("codeHash").GetString());
    }

    private static byte[][] NodesOf(JsonElement array) => [.. array.EnumerateArray().Select(node => Hex.Decode(node.GetString()))];
}
