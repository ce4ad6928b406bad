using System.Text.Json;
using System.Text.RegularExpressions;
using Grid.Client;
using Grid.Testing;

namespace Grid.EndToEnd;

/// <summary>What of deploy runs without containers: the image's question how it is, and a cluster on this machine.</summary>
public sealed partial class DeploymentTests : IDisposable
{
    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(10), ClusterTimeout = TimeSpan.FromSeconds(150), InclusionTimeout = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("grid-deployment-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Script => Path.Combine(Installation.Root, "deploy", "local-cluster");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_image_tells_a_node_that_serves_from_none()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "Needs bash.");
        await using var node = await NodeProcess.StartAsync();
        Assert.Equal(0, await AskAsync(new Uri(node.Url).Port));
        Assert.NotEqual(0, await AskAsync(NodeProcess.FreePort()));
    }

    [Fact]
    public async Task A_cluster_of_processes_starts_serves_and_leaves_nothing_running()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "Needs Linux and bash.");
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        var port = NodeProcess.FreePort();
        var started = await RunAsync("start", "--silos", "2", "--gateways", "1", "--port", $"{port}");
        try
        {
            Assert.True(started.ExitCode == 0, started.All);
            var status = await RunAsync("status");
            Assert.True(status.ExitCode == 0, status.All);
            Assert.Equal(4, ProcessIds(status.Output).Length);

            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            var client = new GridClient(http);
            var hash = await client.SubmitAsync(Wallet.Raw(0, 0, Wallet.NewReceiver()), Cancellation);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(InclusionTimeout);
            while ((await client.GetTransactionAsync(hash, patience.Token))?.Status != "included")
            {
                await Task.Delay(50, patience.Token);
            }

            var stopped = await RunAsync("stop");
            Assert.True(stopped.ExitCode == 0, stopped.All);
            Assert.All(ProcessIds(status.Output), id => Assert.False(Runs(id), $"process {id} still runs"));
            Assert.Equal(1, (await RunAsync("status")).ExitCode);
        }
        finally
        {
            await RunAsync("stop");
        }
    }

    /// <summary>Runs what the image's HEALTHCHECK runs.</summary>
    private static async Task<int> AskAsync(int port)
    {
        var file = await File.ReadAllTextAsync(Path.Combine(Installation.Root, "deploy", "Dockerfile"), Cancellation);
        var command = JsonSerializer.Deserialize<string[]>(HealthCheck().Match(file).Groups[1].Value)!;
        await using var process = new RunningProcess(command[0], command[1..], variables: [KeyValuePair.Create("GRID_LISTEN", $"0.0.0.0:{port}")]);
        return (await process.WaitAsync(StepTimeout)).ExitCode;
    }

    private async Task<Outcome> RunAsync(string action, params string[] options)
    {
        await using var process = new RunningProcess(Script, [action, "--data", _folder, .. options], variables: [KeyValuePair.Create("GRID", Installation.Node)]);
        return await process.WaitAsync(ClusterTimeout);
    }

    /// <summary>One that has ended, and whose parent hasn't asked how, runs no more.</summary>
    private static bool Runs(string id)
    {
        var file = new FileInfo($"/proc/{id}/stat");
        return file.Exists && !File.ReadAllText(file.FullName).Contains(") Z ", StringComparison.Ordinal);
    }

    private static string[] ProcessIds(string status) => [.. ProcessId().Matches(status).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"HEALTHCHECK[^\n]*\\\n\s+CMD (\[.*\])")]
    private static partial Regex HealthCheck();

    [GeneratedRegex(@"pid (\d+)")]
    private static partial Regex ProcessId();
}
