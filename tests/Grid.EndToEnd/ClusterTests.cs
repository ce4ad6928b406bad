using System.Net;
using System.Numerics;
using System.Text.Json;
using Grid.Client;
using Grid.Primitives;
using Grid.Testing;

namespace Grid.EndToEnd;

/// <summary>Silos and gateways as processes over PostgreSQL: what one of them acknowledges survives any of them.</summary>
public sealed class ClusterTests : IAsyncLifetime
{
    private const int Silos = 3, Batch = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Address _receiver = Wallet.NewReceiver();
    private readonly List<string> _acknowledged = [];
    private readonly ulong[] _nonces = new ulong[Wallet.Accounts];
    private PostgresServer _server = null!;
    private ClusterProcesses _cluster = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        _server = await PostgresServer.StartAsync();
        _cluster = new ClusterProcesses(_server, Silos);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _cluster.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    [Fact]
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
        await SubmitAsync(gateway);
        await OtherSettingsAreRefusedAsync();

        int? coordinator = null;
        await gateway.PollAsync("a silo has the coordinator", Patience, async () => (coordinator = await _cluster.FindCoordinatorAsync(gateway)) is not null);
        await SubmitAsync(gateway);
        await _cluster.KillSiloAsync(coordinator!.Value);
        await SubmitAsync(gateway);
        await IncludedAsync(gateway);

        await _cluster.StartSilo(coordinator.Value).ReadyAsync();
        await _cluster.StartSilo(2).ReadyAsync();
        await SubmitAsync(gateway);
        for (var number = 0; number < Silos; number++)
        {
            var outcome = await _cluster.StopSiloAsync(number);
            Assert.True(outcome.ExitCode == 0, outcome.All);
            Assert.DoesNotContain(_server.Password, outcome.All, StringComparison.Ordinal);
            await SubmitAsync(gateway);
            await _cluster.StartSilo(number).ReadyAsync();
        }
        await SubmitAsync(gateway);
        await IncludedAsync(gateway);
        // Each once, or the sum would differ.
        Assert.Equal(new BigInteger(_acknowledged.Count), await ChainView.BalanceAsync(gateway, _receiver.ToString()));
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

    /// <summary>Sends some transfers from each of two accounts, and again until each is acknowledged.</summary>
    private async Task SubmitAsync(NodeProcess gateway)
    {
        for (var account = 0; account < 2; account++)
        {
            for (var i = 0; i < Batch; i++)
            {
                var raw = Wallet.Raw(account, _nonces[account]++, _receiver);
                await gateway.PollAsync("a transfer is acknowledged", Patience, async () =>
                {
                    try
                    {
                        _acknowledged.Add(await gateway.Client.SubmitAsync(raw, Cancellation));
                        return true;
                    }
                    catch (GridException refusal) when (refusal.Problem.Status == 503 && refusal.RetryAfter is not null)
                    {
                        return false;
                    }
                });
            }
        }
    }

    private async Task IncludedAsync(NodeProcess gateway)
    {
        foreach (var hash in _acknowledged)
        {
            await gateway.PollAsync("an acknowledged transfer is included", Patience, async () =>
            {
                try
                {
                    return (await gateway.Client.GetTransactionAsync(hash, Cancellation))?.Status == "included";
                }
                catch (GridException refusal) when (refusal.Problem.Status == 503)
                {
                    return false;
                }
            });
        }
    }

    private async Task VerifyAsync()
    {
        var verified = await RunningProcess.RunAsync(Installation.Node, ["verify", "--database", _server.ConnectionString, "--json"], Patience);
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.True(JsonDocument.Parse(verified.Output).RootElement.GetProperty("ok").GetBoolean());
    }
}
