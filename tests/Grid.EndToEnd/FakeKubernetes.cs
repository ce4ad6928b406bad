using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grid.EndToEnd;

/// <summary>What silos ask of the Kubernetes API, over HTTP on 127.0.0.1: one pod, all pods with some labels, and what becomes of them. Nobody else is let in.</summary>
/// <remarks>Safe because pods and watchers are changed and listed under one lock, and a channel is read by the request that made it only.</remarks>
internal sealed class FakeKubernetes : IAsyncDisposable
{
    public const string Namespace = "grid", ClusterLabels = "orleans/serviceId=grid,orleans/clusterId=grid";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Dictionary<string, string>> _pods = [];
    private readonly List<(string Selector, Channel<object> Events)> _watchers = [];
    private readonly string _token = RandomNumberGenerator.GetHexString(24);
    private readonly string _folder = Directory.CreateTempSubdirectory("grid-kubernetes-").FullName;
    private readonly WebApplication _app;

    private FakeKubernetes()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>What was asked, as verbs of a role.</summary>
    public ConcurrentDictionary<string, int> Verbs { get; } = new();

    public static async Task<FakeKubernetes> StartAsync()
    {
        var fake = new FakeKubernetes();
        await fake._app.StartAsync();
        return fake;
    }

    /// <summary>A file for the variable KUBECONFIG.</summary>
    /// <param name="isLetIn">Whether it has the right token.</param>
    /// <param name="url">Where it says that the API is; null for where it is.</param>
    public string WriteConfig(bool isLetIn = true, string? url = null)
    {
        var path = Path.Combine(_folder, Path.GetRandomFileName());
        File.WriteAllText(path, $$"""
            apiVersion: v1
            kind: Config
            clusters: [{ name: fake, cluster: { server: "{{url ?? _app.Urls.First()}}" } }]
            users: [{ name: silo, user: { token: "{{(isLetIn ? _token : "wrong")}}" } }]
            contexts: [{ name: fake, context: { cluster: fake, user: silo } }]
            current-context: fake
            """);
        return path;
    }

    public void Create(string name, string labels = ClusterLabels)
    {
        lock (_lock)
        {
            _pods[name] = Parse(labels);
            Tell("ADDED", name, _pods[name]);
        }
    }

    public void Delete(string name)
    {
        lock (_lock)
        {
            Assert.True(_pods.Remove(name, out var labels));
            Tell("DELETED", name, labels);
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _watchers.ForEach(watcher => watcher.Events.Writer.TryComplete());
        }
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var pods = $"/api/v1/namespaces/{Namespace}/pods";
        var path = request.Path.Value ?? "";
        var verb = request.Method != "GET" ? request.Method : path != pods ? "get" : request.Query["watch"] == "true" ? "watch" : "list";
        Verbs.AddOrUpdate(verb, 1, (_, count) => count + 1);
        if (request.Headers.Authorization != $"Bearer {_token}" || !path.StartsWith(pods, StringComparison.Ordinal) || request.Method != "GET")
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            await response.WriteAsJsonAsync(new { kind = "Status", apiVersion = "v1", status = "Failure", reason = "Forbidden", code = response.StatusCode });
            return;
        }
        var selector = request.Query["labelSelector"].ToString();
        if (verb == "watch")
        {
            await WatchAsync(selector, response, context.RequestAborted);
            return;
        }
        object? found;
        lock (_lock)
        {
            found = verb == "list" ? new { kind = "PodList", apiVersion = "v1", metadata = new { resourceVersion = "1" }, items = Selected(selector).ToArray() }
                : _pods.TryGetValue(path[(pods.Length + 1)..], out var labels) ? PodOf(path[(pods.Length + 1)..], labels) : null;
        }
        response.StatusCode = found is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        await response.WriteAsJsonAsync(found ?? new { kind = "Status", apiVersion = "v1", status = "Failure", reason = "NotFound", code = response.StatusCode });
    }

    /// <summary>First those that are there, as the API does when it isn't told since when, then each change in a line of its own.</summary>
    private async Task WatchAsync(string selector, HttpResponse response, CancellationToken cancellation)
    {
        var events = Channel.CreateUnbounded<object>();
        lock (_lock)
        {
            foreach (var pod in Selected(selector))
            {
                events.Writer.TryWrite(new { type = "ADDED", @object = pod });
            }
            _watchers.Add((selector, events));
        }
        response.ContentType = "application/json";
        await response.StartAsync(cancellation);
        try
        {
            await foreach (var change in events.Reader.ReadAllAsync(cancellation))
            {
                await response.WriteAsync(JsonSerializer.Serialize(change) + "\n", cancellation);
                await response.Body.FlushAsync(cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Who watched has gone.
        }
    }

    private void Tell(string type, string name, Dictionary<string, string> labels)
    {
        foreach (var (selector, events) in _watchers.Where(watcher => IsSelected(labels, watcher.Selector)))
        {
            events.Writer.TryWrite(new { type, @object = PodOf(name, labels) });
        }
    }

    private IEnumerable<object> Selected(string selector) => _pods.Where(pod => IsSelected(pod.Value, selector)).Select(pod => PodOf(pod.Key, pod.Value));

    private static bool IsSelected(Dictionary<string, string> labels, string selector) => Parse(selector).All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value);

    private static Dictionary<string, string> Parse(string labels) =>
        labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(label => label.Split('=')).ToDictionary(label => label[0], label => label[1]);

    private static object PodOf(string name, Dictionary<string, string> labels) =>
        new { kind = "Pod", apiVersion = "v1", metadata = new { name, @namespace = Namespace, labels, resourceVersion = "1" } };
}
