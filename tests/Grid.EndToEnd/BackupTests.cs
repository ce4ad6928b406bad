using System.Net;
using System.Net.Http.Json;
using System.Text;

namespace Grid.EndToEnd;

/// <summary>`grid backup`, `grid restore` and `grid compact`.</summary>
public sealed class BackupTests : IDisposable
{
    private const int Rounds = 30, Batch = 20;

    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(60), InclusionTimeout = TimeSpan.FromSeconds(60);

    private readonly string _parent = Directory.CreateTempSubdirectory("grid-backup-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_parent, "chain");

    private string Restored => Path.Combine(_parent, "restored");

    private string Archive => Path.Combine(_parent, "chain.tar");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact, Trait("Length", "Long")]
    public async Task A_backup_under_load_is_the_chain_up_to_its_head_and_a_node_goes_on_from_it()
    {
        var blocks = new List<string>();
        await using (var node = await NodeProcess.StartAsync("--data", Data, "--block-time", "20"))
        {
            await SubmitAsync(node, 0);
            await node.PollAsync("there is a block", InclusionTimeout, async () => (await node.Client.GetBlockAsync(cancellation: Cancellation))!.Number > 0);
            var load = LoadAsync(node);
            var backup = await RunAsync("backup", Archive, "--url", node.Url);
            Assert.True(backup.ExitCode == 0, backup.All);
            await load;
            var head = (ulong)ChainView.Number(await node.CallAsync("eth_blockNumber"));
            for (ulong number = 0; number <= head; number++)
            {
                blocks.Add((await node.CallAsync("eth_getBlockByNumber", $"0x{number:x}", true)).ToString());
            }
            // In use by a node, it is asked, not opened.
            var second = await RunAsync("backup", Archive + "2", "--data", Data);
            Assert.Equal(1, second.ExitCode);
            Assert.Contains($"process {node.ProcessId}", second.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(Archive + "2"));
        }
        var restore = await RunAsync("restore", Archive, "--data", Restored);
        Assert.True(restore.ExitCode == 0, restore.All);
        var verify = await RunAsync("verify", "--data", Restored, "--json");
        Assert.True(verify.ExitCode == 0, verify.All);
        var again = await RunAsync("restore", Archive, "--data", Restored);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("isn't empty", again.Error, StringComparison.Ordinal);

        // No block comes by itself: the head is the backup's.
        await using (var node = await NodeProcess.StartAsync("--data", Restored, "--block-time", "3600000"))
        {
            var head = (int)ChainView.Number(await node.CallAsync("eth_blockNumber"));
            Assert.InRange(head, 1, blocks.Count - 1);
            for (var number = 0; number <= head; number++)
            {
                Assert.Equal(blocks[number], (await node.CallAsync("eth_getBlockByNumber", $"0x{number:x}", true)).ToString());
            }
            Assert.Equal(0, (await node.StopAsync()).ExitCode);
        }
        var compact = await RunAsync("compact", "--data", Restored);
        Assert.True(compact.ExitCode == 0, compact.All);
        var offline = await RunAsync("backup", Archive, "--data", Restored);
        Assert.True(offline.ExitCode == 0, offline.All);
        await using (var node = await NodeProcess.StartAsync("--data", Restored, "--block-time", "20"))
        {
            await node.PollAsync("what the backup had in its pool is included", InclusionTimeout, async () => (await node.Client.GetStatusAsync(Cancellation)).Pool.Pending == 0);
        }
        Assert.Equal(0, (await RunAsync("verify", "--data", Restored, "--json")).ExitCode);
    }

    [Fact]
    public async Task Only_programs_of_this_machine_may_ask_for_one()
    {
        await using var node = await NodeProcess.StartAsync("--data", Data);
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(request => request.Headers.Add("X-Forwarded-For", "10.0.0.1")));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(request => request.Headers.Host = "example.org"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await AskAsync(request => request.Content = new StringContent("{}", Encoding.UTF8, "text/plain")));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_ => { }));

        async Task<HttpStatusCode> AskAsync(Action<HttpRequestMessage> change)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/admin/backup") { Content = JsonContent.Create(new { }) };
            change(request);
            using var response = await node.Http.SendAsync(request, Cancellation);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task What_cant_be_backed_up_or_restored_is_said()
    {
        await using (var node = await NodeProcess.StartAsync())
        {
            var memory = await RunAsync("backup", Archive, "--url", node.Url);
            Assert.Equal(1, memory.ExitCode);
            Assert.Contains("memory", memory.Error, StringComparison.Ordinal);
        }
        Assert.Equal(1, (await RunAsync("backup", Archive, "--url", $"http://127.0.0.1:{NodeProcess.FreePort()}")).ExitCode);
        Assert.Equal(1, (await RunAsync("backup", Archive, "--data", Data)).ExitCode);
        Assert.Equal(1, (await RunAsync("compact", "--data", Data)).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_parent));
        Assert.Equal(2, (await RunAsync("backup", Archive, "--url", "http://127.0.0.1:1", "--data", Data)).ExitCode);
        Assert.Equal(2, (await RunAsync("restore", Archive, "--data", Data)).ExitCode);
        await File.WriteAllTextAsync(Archive, "no archive", Cancellation);
        var broken = await RunAsync("restore", Archive, "--data", Data);
        Assert.Equal(1, broken.ExitCode);
        Assert.DoesNotContain("   at ", broken.All, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Data));
    }

    private static Task<Outcome> RunAsync(params string[] arguments) => RunningProcess.RunAsync(Installation.Node, arguments, CommandTimeout);

    private static async Task LoadAsync(NodeProcess node)
    {
        for (var round = 1; round < Rounds; round++)
        {
            await SubmitAsync(node, round);
        }
    }

    private static async Task SubmitAsync(NodeProcess node, int round)
    {
        var raw = Enumerable.Range(0, Batch).Select(i => Wallet.Raw(i % 10, (ulong)((round * Batch / 10) + (i / 10)), Wallet.AddressOf(0))).ToArray();
        Assert.All(await node.Client.SubmitAsync(raw, Cancellation), result => Assert.Equal("accepted", result.Status));
    }
}
