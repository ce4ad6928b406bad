using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Grid.EndToEnd.Metrics;

/// <summary>What a node says of itself is well-formed, follows what it does, and gives nobody away.</summary>
public sealed partial class MetricsTests
{
    private const int Transfers = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_move_when_a_block_is_made()
    {
        await using var node = await NodeProcess.StartAsync("--block-time", "3600000");
        var before = await PrometheusText.ReadAsync(node, Cancellation);
        Assert.Equal(0, before.Sum("grid_head_number"));
        Assert.Equal(16, before.Sum("grid_shard_count"));
        Assert.Equal(1, before.Sum("grid_silo_count"));
        Assert.Equal(0, before.Sum("grid_committed_blocks_total"));

        var raw = Enumerable.Range(0, Transfers).Select(nonce => Wallet.Raw(0, (ulong)nonce, Wallet.NewReceiver())).ToArray();
        await node.Client.SubmitAsync(raw, Cancellation);
        await node.PollAsync("the pools have said what waits", Patience, async () =>
            (await PrometheusText.ReadAsync(node, Cancellation)).Sum("grid_pool_transactions", ("state", "pending")) == Transfers);
        // It is another chain's: the pool doesn't want it.
        var foreign = Wallet.Sign(1, Wallet.Transfer(0, Wallet.NewReceiver(), chainId: 99));
        Assert.True((await node.PostAsync(new { jsonrpc = "2.0", id = 1, method = "eth_sendRawTransaction", @params = new[] { Wallet.RawOf(foreign) } })).TryGetProperty("error", out _));
        await node.CallAsync("evm_mine");

        PrometheusText after = before;
        await node.PollAsync("metrics tell of the block", Patience, async () =>
        {
            after = await PrometheusText.ReadAsync(node, Cancellation);
            return after.Sum("grid_head_number") == 1 && after.Sum("grid_pool_transactions") == 0;
        });
        Assert.Equal(1, after.Sum("grid_committed_blocks_total"));
        Assert.Equal(Transfers, after.Sum("grid_committed_transactions_total"));
        Assert.Equal(Transfers * 21_000, after.Sum("grid_committed_gas_total"));
        Assert.Equal(1, after.Sum("grid_block_duration_seconds_count"));
        Assert.Equal(1, after.Sum("grid_block_duration_seconds_bucket", ("le", "+Inf")));
        foreach (var stage in new[] { "order", "plan", "execute", "validate", "apply", "root", "commit" })
        {
            Assert.Equal(1, after.Sum("grid_block_stage_duration_seconds_count", ("stage", stage)));
        }
        Assert.True(after.Sum("grid_head_timestamp_seconds") > before.Sum("grid_head_timestamp_seconds"));
        Assert.Equal(1, after.Sum("grid_storage_write_duration_seconds_count", ("operation", "append")));
        Assert.Equal(Transfers, after.Sum("grid_journal_admissions_total"));
        Assert.True(after.Sum("grid_journal_size_bytes_total") > Transfers * 100);
        Assert.Equal(0, after.Sum("grid_storage_failures_total"));
        Assert.Equal(1, after.Sum("grid_pool_refusals_total", ("reason", "ChainIdMismatch")));
        Assert.Equal(1, after.Sum("grid_rpc_calls_total", ("method", "evm_mine"), ("outcome", "ok")));
        Assert.Equal(1, after.Sum("grid_rpc_calls_total", ("method", "eth_sendRawTransaction"), ("outcome", "refused")));
        Assert.Equal(1, after.Sum("grid_grain_activations", ("grain_type", "BlockCoordinatorGrain")));
        Assert.True(after.Sum("http_server_request_duration_seconds_count", ("http_route", "/v1/transactions")) >= 1);
        Assert.True(after.Sum("orleans_catalog_activations") > 0);
        Assert.True(after.Sum("dotnet_process_memory_working_set_bytes") > 1e6);

        var text = await node.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Cancellation);
        Assert.DoesNotMatch(AddressOrHash(), text);
        Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_gets_them_too()
    {
        var exported = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        await using var collector = builder.Build();
        collector.MapPost("/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", async (HttpContext http) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            var text = Encoding.Latin1.GetString(body.ToArray());
            // The silo has no head yet when the first ones are sent.
            if (text.Contains("grid.head.number", StringComparison.Ordinal))
            {
                exported.TrySetResult(text);
            }
            // An answer without content: five bytes of gRPC's frame, and its status behind them.
            http.Response.ContentType = "application/grpc";
            http.Response.DeclareTrailer("grpc-status");
            await http.Response.Body.WriteAsync(new byte[5]);
            http.Response.AppendTrailer("grpc-status", "0");
        });
        await collector.StartAsync(Cancellation);
        await using var node = await NodeProcess.StartWithVariableAsync(KeyValuePair.Create("OTEL_METRIC_EXPORT_INTERVAL", "200"), "--otlp", collector.Urls.First());

        var metrics = await exported.Task.WaitAsync(Patience, Cancellation);

        Assert.Contains("service.name", metrics, StringComparison.Ordinal);
    }

    [GeneratedRegex("[0-9a-fA-F]{40}")]
    private static partial Regex AddressOrHash();
}
