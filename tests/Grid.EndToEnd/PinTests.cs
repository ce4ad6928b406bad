using Grid.Primitives;

namespace Grid.EndToEnd;

/// <summary>Shards that an operator gives to a silo of a cluster.</summary>
public sealed class PinTests : IAsyncLifetime
{
    /// <summary>The first shard belongs to the first silo in the order of addresses, and the last one to the last.</summary>
    private const int First = 0, Last = 15;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClusterTransfers _transfers = new();
    private ClusterProcesses _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await ClusterProcesses.StartAsync(2);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact, Trait("Length", "Long")]
    public async Task A_pinned_shard_moves_under_load_and_is_there_again_when_its_silo_is()
    {
        await _cluster.StartSilo(0, "--create-schema").ReadyAsync();
        await _cluster.StartSilo(1).ReadyAsync();
        var gateway = _cluster.StartGateway();
        await gateway.ReadyAsync();
        await AreThereAsync(gateway, _ => true);

        // Either silo may be the first in the order of addresses: one of these two moves, as the other one is there.
        await PinAsync(gateway, "--shard", $"{First}", "--silo", _cluster.PlaceOf(1));
        Assert.Equal(
            [$"shard {First}: {_cluster.PlaceOf(1)}", $"shard {Last}: {_cluster.PlaceOf(1)}"],
            await PinAsync(gateway, "--shard", $"{Last}", "--silo", _cluster.PlaceOf(1)));
        await AreThereAsync(gateway, shards => shards.Contains(First) && shards.Contains(Last));
        Assert.Equal([(First, _cluster.PlaceOf(1)), (Last, _cluster.PlaceOf(1))], (await gateway.Client.GetGrainsAsync(TestContext.Current.CancellationToken)).Pins.Select(pin => (pin.Shard, pin.Silo)));

        await _cluster.KillSiloAsync(1);
        await _transfers.SubmitAsync(gateway);
        await _cluster.StartSilo(1).ReadyAsync();
        await AreThereAsync(gateway, shards => shards.Contains(First) && shards.Contains(Last));

        Assert.Single(await PinAsync(gateway, "--account", AccountOf(First).ToString(), "--remove"));
        Assert.Empty(await PinAsync(gateway, "--shard", $"{Last}", "--remove"));
        await AreThereAsync(gateway, shards => shards.Contains(First) != shards.Contains(Last));
        await _transfers.IncludedOnceAsync(gateway);
    }

    [Fact]
    public async Task What_cannot_be_pinned_is_refused_with_the_reason()
    {
        await _cluster.StartSilo(0, "--create-schema").ReadyAsync();
        var gateway = _cluster.StartGateway();
        await gateway.ReadyAsync();
        Assert.Contains("There is no shard 16", await RefusedAsync(gateway, "--shard", "16", "--silo", _cluster.PlaceOf(0)), StringComparison.Ordinal);
        var missing = await RefusedAsync(gateway, "--shard", "1", "--silo", _cluster.PlaceOf(1));
        Assert.Contains($"No active silo is called {_cluster.PlaceOf(1)}; there are {_cluster.PlaceOf(0)}.", missing, StringComparison.Ordinal);
        using var response = await gateway.Http.PostAsync(
            new Uri("/v1/admin/pins", UriKind.Relative), new StringContent("""{"silo":null}""", null, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(400, (int)response.StatusCode);

        await _cluster.Server.QuitAsync();
        Assert.Contains("retry is safe", await RefusedAsync(gateway, "--shard", "1", "--silo", _cluster.PlaceOf(0)), StringComparison.Ordinal);
        await _cluster.Server.StartAgainAsync();
        await gateway.PollAsync("pinning is possible again", Patience, async () => (await RunAsync(gateway, ["--shard", "1", "--silo", _cluster.PlaceOf(0)])).ExitCode == 0);

        await using var node = await NodeProcess.StartAsync();
        Assert.Contains("A node has one silo", await RefusedAsync(node, "--shard", "1", "--remove"), StringComparison.Ordinal);
    }

    /// <summary>Sends transfers until the second silo has the shards that are wanted.</summary>
    private Task AreThereAsync(NodeProcess gateway, Func<IReadOnlyList<int>, bool> areThere) => gateway.PollAsync("the shards are where they belong", Patience, async () =>
    {
        await _transfers.SubmitAsync(gateway);
        await _transfers.IncludedAsync(gateway);
        var report = await gateway.Client.GetGrainsAsync();
        return report.Silos.Where(silo => _cluster.NumberOf(silo) == 1).Any(silo => areThere(silo.Shards));
    });

    /// <summary>The lines that it prints.</summary>
    private static async Task<string[]> PinAsync(NodeProcess gateway, params string[] arguments)
    {
        var outcome = await RunAsync(gateway, arguments);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static async Task<string> RefusedAsync(NodeProcess gateway, params string[] arguments)
    {
        var outcome = await RunAsync(gateway, arguments);
        Assert.Equal(1, outcome.ExitCode);
        return outcome.Error;
    }

    private static Task<Outcome> RunAsync(NodeProcess gateway, string[] arguments) => RunningProcess.RunAsync(Installation.Node, ["pin", "--url", gateway.Url, .. arguments], Patience);

    private static Address AccountOf(int shard) => Enumerable.Range(1, 10_000).Select(i => Address.FromNumber((ulong)i)).First(address => Crypto.Keccak256.Hash(address.Span).Span[0] >> 4 == shard);
}
