using System.Net;
using System.Text.Json;

namespace Grid.EndToEnd;

/// <summary>Silos and gateways as processes over PostgreSQL: what one of them acknowledges survives any of them.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    private const int Silos = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClusterTransfers _transfers = new();
    private ClusterProcesses _cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cluster = await ClusterProcesses.StartAsync(Silos);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact, Trait("Length", "Long")]
    public async Task A_cluster_loses_nothing_when_silos_are_killed_join_and_are_restarted()
    {
        await MissingSchemaIsRefusedAsync();
        var gateway = _cluster.StartGateway();
        await GatewayWithoutSilosAsync(gateway);

        await _cluster.StartSilo(0, "--create-schema").ReadyAsync();
        await _cluster.StartSilo(1).ReadyAsync();
        await gateway.ReadyAsync();
        var chainId = await gateway.CallAsync("eth_chainId");
        Assert.Equal("0x7a69", chainId.GetString());
        await _transfers.SubmitAsync(gateway);
        await OtherSettingsAreRefusedAsync();

        int? coordinator = null;
        await gateway.PollAsync("a silo has the coordinator", Patience, async () => (coordinator = await _cluster.FindCoordinatorAsync(gateway)) is not null);
        await _transfers.SubmitAsync(gateway);
        await _cluster.KillSiloAsync(coordinator!.Value);
        await _transfers.SubmitAsync(gateway);
        await _transfers.IncludedAsync(gateway);

        await _cluster.StartSilo(coordinator.Value).ReadyAsync();
        await _cluster.StartSilo(2).ReadyAsync();
        await _transfers.SubmitAsync(gateway);
        for (var number = 0; number < Silos; number++)
        {
            var outcome = await _cluster.StopSiloAsync(number);
            Assert.True(outcome.ExitCode == 0, outcome.All);
            Assert.DoesNotContain(_cluster.Server.Password, outcome.All, StringComparison.Ordinal);
            await _transfers.SubmitAsync(gateway);
            await _cluster.StartSilo(number).ReadyAsync();
        }
        await _transfers.SubmitAsync(gateway);
        await _transfers.IncludedAsync(gateway);
        await _transfers.IncludedOnceAsync(gateway);
        Assert.Equal(0, (await gateway.StopAsync()).ExitCode);
        await VerifyAsync();
    }

    private async Task MissingSchemaIsRefusedAsync()
    {
        var outcome = await _cluster.TrySiloAsync();
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("--create-schema", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>It lives, isn't ready, and says that asking again is safe.</summary>
    private static async Task GatewayWithoutSilosAsync(NodeProcess gateway)
    {
        await gateway.PollAsync("it listens", Patience, async () =>
        {
            try
            {
                using var live = await gateway.Http.GetAsync(new Uri("/health/live", UriKind.Relative), Cancellation);
                return live.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        foreach (var path in new[] { "/health/ready", "/v1/status", $"/v1/accounts/{Wallet.AddressOf(0)}" })
        {
            using var answer = await gateway.Http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }
        var error = (await gateway.PostAsync(new { jsonrpc = "2.0", id = 1, method = "eth_blockNumber", @params = Array.Empty<object>() })).GetProperty("error");
        Assert.Equal(-32002, error.GetProperty("code").GetInt32());
        Assert.Contains("retry is safe", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task OtherSettingsAreRefusedAsync()
    {
        var outcome = await _cluster.TrySiloAsync("--block-time", "77");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("--block-time is 77 here and 100 there", outcome.Error, StringComparison.Ordinal);
    }

    private async Task VerifyAsync()
    {
        var verified = await RunningProcess.RunAsync(Installation.Node, ["verify", "--database", _cluster.Server.ConnectionString, "--json"], Patience);
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.True(JsonDocument.Parse(verified.Output).RootElement.GetProperty("ok").GetBoolean());
    }
}
