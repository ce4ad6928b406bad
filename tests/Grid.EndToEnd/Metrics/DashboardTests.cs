using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Grid.EndToEnd.Metrics;

/// <summary>No panel and no alert is empty because of a name: all that their queries name is what a silo and a gateway at work give.</summary>
public sealed partial class DashboardTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What Prometheus adds to what it reads.</summary>
    private static readonly string[] LabelsOfPrometheus = ["instance", "job", "le"], MetricsOfPrometheus = ["up"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_metric_and_label_that_a_query_names_is_there()
    {
        var queries = DashboardQueries().Concat(AlertQueries()).ToArray();
        Assert.True(queries.Length > 100, $"{queries.Length} queries");
        var samples = await WorkingClusterAsync();
        var labelsOf = samples.ToLookup(sample => sample.Name, sample => sample.Labels.Keys);

        var wrong = new List<string>();
        foreach (var (place, text, shownLabels) in queries)
        {
            var query = PromQuery.Parse(text);
            Assert.True(query.Metrics.Count > 0, text);
            wrong.AddRange(query.Metrics.Where(metric => !labelsOf.Contains(metric) && !MetricsOfPrometheus.Contains(metric)).Select(metric => $"{place}: no metric {metric}"));
            var known = query.Metrics.SelectMany(metric => labelsOf[metric]).SelectMany(keys => keys).Concat(LabelsOfPrometheus).ToHashSet();
            wrong.AddRange(query.Labels.Concat(shownLabels).Where(label => !known.Contains(label)).Select(label => $"{place}: no label {label}"));
        }
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("sum by (a, b) (rate(x_total{c=\"y\"}[5m])) / max(z) > 0.5", "x_total z", "a b c")]
    [InlineData("histogram_quantile(0.99, sum by (le) (rate(x_bucket[$__rate_interval])))", "x_bucket", "le")]
    [InlineData("time() - max(x offset 5m) and on (d) y", "x y", "d")]
    [InlineData("sum(rate(x{a=\"b\", c=~\"d|e\"}[1m])) == 0 and sum(y) > 1e3", "x y", "a c")]
    public void Names_are_found_in_queries(string text, string metrics, string labels)
    {
        var query = PromQuery.Parse(text);

        Assert.Equal(metrics.Split(' '), query.Metrics.Order());
        Assert.Equal(labels.Split(' '), query.Labels.Order());
    }

    [Fact]
    public void Dashboards_can_be_provisioned()
    {
        var dashboards = Dashboards().ToArray();
        Assert.Equal(5, dashboards.Length);
        Assert.Equal(dashboards.Length, dashboards.Select(x => x.Json.GetProperty("uid").GetString()).Distinct().Count());
        foreach (var (_, json) in dashboards)
        {
            var variable = Assert.Single(json.GetProperty("templating").GetProperty("list").EnumerateArray());
            Assert.Equal(("datasource", "prometheus"), (variable.GetProperty("type").GetString(), variable.GetProperty("query").GetString()));
            var panels = json.GetProperty("panels").EnumerateArray().ToArray();
            Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
            // Grafana gives an id of its own to a dashboard that is provisioned.
            Assert.False(json.TryGetProperty("id", out _));
            Assert.All(panels, panel => Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString()));
            Assert.All(panels, panel => Assert.All(
                panel.GetProperty("targets").EnumerateArray(), target => Assert.Equal("${datasource}", target.GetProperty("datasource").GetProperty("uid").GetString())));
            Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("gridPos")).Select(at => (at.GetProperty("x").GetInt32(), at.GetProperty("y").GetInt32())).Distinct().Count());
        }
    }

    /// <summary>A silo and a gateway over PostgreSQL, asked for a little of everything.</summary>
    private static async Task<IReadOnlyList<Sample>> WorkingClusterAsync()
    {
        await using var cluster = await ClusterProcesses.StartAsync(silosMax: 1);
        var silo = cluster.StartSilo(0, "--create-schema", "--memory", "768");
        var gateway = cluster.StartGateway();
        await silo.ReadyAsync();
        await gateway.ReadyAsync();
        var hash = await gateway.Client.SubmitAsync(Wallet.Raw(0, 0, Wallet.NewReceiver()), Cancellation);
        await gateway.PollAsync("the transfer is included", Patience, async () => (await gateway.Client.GetTransactionAsync(hash, Cancellation))?.Status == "included");
        await gateway.CallAsync("eth_blockNumber");
        // The database's pages, the membership's beats and the runtime's first collection come by themselves.
        var samples = new List<Sample>();
        await gateway.PollAsync("there is a value of all that comes with time", Patience, async () =>
        {
            samples = [.. (await PrometheusText.ReadAsync(silo, Cancellation)).Samples, .. (await PrometheusText.ReadAsync(gateway, Cancellation)).Samples];
            return new[] { "grid_state_size_bytes", "grid_block_duration_seconds_bucket", "dotnet_gc_pause_time_seconds_total", "orleans_client_connected_gateways" }
                .All(name => samples.Any(sample => sample.Name == name));
        });
        return samples;
    }

    private static IEnumerable<(string Place, string Query, string[] ShownLabels)> DashboardQueries() =>
        from dashboard in Dashboards()
        from panel in dashboard.Json.GetProperty("panels").EnumerateArray()
        from target in panel.GetProperty("targets").EnumerateArray()
        select ($"{dashboard.Name}, {panel.GetProperty("title").GetString()}",
            target.GetProperty("expr").GetString()!,
            ShownLabel().Matches(target.GetProperty("legendFormat").GetString()!).Select(match => match.Groups[1].Value).ToArray());

    private static IEnumerable<(string Place, string Query, string[] ShownLabels)> AlertQueries()
    {
        var yaml = new YamlStream();
        using (var reader = new StringReader(File.ReadAllText(Path.Combine(Installation.Root, "deploy", "prometheus", "alerts.yml"))))
        {
            yaml.Load(reader);
        }
        return
            from @group in ((YamlSequenceNode)yaml.Documents[0].RootNode["groups"]).Children
            from rule in ((YamlSequenceNode)@group["rules"]).Children
            let annotations = string.Concat(((YamlMappingNode)rule["annotations"]).Children.Values.Select(node => node.ToString()))
            select (rule["alert"].ToString(), rule["expr"].ToString(), AlertLabel().Matches(annotations).Select(match => match.Groups[1].Value).ToArray());
    }

    private static IEnumerable<(string Name, JsonElement Json)> Dashboards() =>
        Directory.EnumerateFiles(Path.Combine(Installation.Root, "dashboards"), "*.json").Order(StringComparer.Ordinal)
            .Select(path => (Path.GetFileName(path), JsonDocument.Parse(File.ReadAllText(path)).RootElement));

    [GeneratedRegex(@"\{\{\s*(\w+)\s*\}\}")]
    private static partial Regex ShownLabel();

    [GeneratedRegex(@"\$labels\.(\w+)")]
    private static partial Regex AlertLabel();
}
