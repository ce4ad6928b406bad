using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Grid.Client;

namespace Grid.EndToEnd;

/// <summary>The built node, started as a process on a free port of the loopback interface. Disposing ends it.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly RunningProcess _process;

    private NodeProcess(RunningProcess process, int port)
    {
        _process = process;
        Port = port;
        Http = new HttpClient { BaseAddress = new Uri(Url), Timeout = TimeSpan.FromSeconds(60) };
        Client = new GridClient(Http);
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    public HttpClient Http { get; }

    public GridClient Client { get; }

    /// <summary>What it has said so far.</summary>
    public string Output => _process.Output + _process.Error;

    public static Task<NodeProcess> StartAsync(params string[] options) => StartOnAsync(FreePort(), options);

    public static Task<NodeProcess> StartOnAsync(int port, params string[] options) => StartAsync(port, null, options);

    /// <summary>Starts the node with a database's connection string in its environment.</summary>
    public static Task<NodeProcess> StartOnDatabaseAsync(string connectionString, params string[] options) =>
        StartAsync(FreePort(), KeyValuePair.Create("GRID_DATABASE", connectionString), options);

    /// <summary>Starts the node with a variable in its environment.</summary>
    public static Task<NodeProcess> StartWithVariableAsync(KeyValuePair<string, string> variable, params string[] options) => StartAsync(FreePort(), variable, options);

    private static async Task<NodeProcess> StartAsync(int port, KeyValuePair<string, string>? variable, string[] options)
    {
        var node = new NodeProcess(new RunningProcess(Installation.Node, ["node", "--listen", $"127.0.0.1:{port}", .. options], variables: variable is { } own ? [own] : []), port);
        await node.PollAsync("the node is ready", StartTimeout, node.IsReadyAsync);
        return node;
    }

    /// <summary>Starts a role of a cluster, and doesn't wait for it.</summary>
    /// <param name="connectionString">The database's, for its environment; null for a role that has none.</param>
    public static NodeProcess StartRole(string role, int port, string? connectionString, params string[] options) =>
        StartRoleWith(role, port, connectionString is null ? [] : [KeyValuePair.Create("GRID_DATABASE", connectionString)], options);

    /// <summary>Starts a role of a cluster with variables in its environment, and doesn't wait for it.</summary>
    public static NodeProcess StartRoleWith(string role, int port, KeyValuePair<string, string>[] variables, params string[] options) =>
        new(new RunningProcess(Installation.Node, [role, "--listen", $"127.0.0.1:{port}", .. options], variables: variables), port);

    public Task ReadyAsync() => PollAsync("it is ready", StartTimeout, IsReadyAsync);

    /// <summary>Starts the node in a shell that lets no file grow beyond a size: to the node, a disk that is full.</summary>
    public static async Task<NodeProcess> StartWithFullDiskAsync(int fileKiBMax, params string[] options)
    {
        var port = FreePort();
        // The signal that goes with the error is ignored, as nobody gets one from a full disk; .NET's executable memory counts as a large file.
        var shell = $"trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f {fileKiBMax}; exec \"$0\" \"$@\"";
        var node = new NodeProcess(new RunningProcess("bash", ["-c", shell, Installation.Node, "node", "--listen", $"127.0.0.1:{port}", .. options]), port);
        await node.PollAsync("the node is ready", StartTimeout, node.IsReadyAsync);
        return node;
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Asks until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It never was; the message has what the node said.</exception>
    public async Task PollAsync(string what, TimeSpan timeout, Func<Task<bool>> isDone)
    {
        using var limit = new CancellationTokenSource(timeout);
        while (!await isDone())
        {
            if (limit.IsCancellationRequested || _process.HasExited)
            {
                throw new TimeoutException($"Waited in vain until {what}. The node said:\n{Output}");
            }
            await Task.Delay(PollInterval, CancellationToken.None);
        }
    }

    /// <summary>Calls a JSON-RPC method and returns its result.</summary>
    /// <exception cref="InvalidOperationException">The answer is an error; the message has what the node said.</exception>
    public async Task<JsonElement> CallAsync(string method, params object?[] parameters)
    {
        var answer = await PostAsync(new { jsonrpc = "2.0", id = 1, method, @params = parameters });
        return answer.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"{method}: {answer}. The node said:\n{Output}");
    }

    /// <summary>Posts a JSON-RPC request, or a batch of them, and returns the whole answer.</summary>
    public async Task<JsonElement> PostAsync(object request)
    {
        using var response = await Http.PostAsJsonAsync("/", request);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>Sends SIGTERM, and waits until the process has ended.</summary>
    public async Task<Outcome> StopAsync()
    {
        _process.SendTerminate();
        return await WaitAsync();
    }

    /// <summary>Ends the process at once, whatever it is doing: SIGKILL.</summary>
    public Task<Outcome> KillAsync()
    {
        _process.Kill();
        return WaitAsync();
    }

    public int ProcessId => _process.ProcessId;

    public void SendTerminate() => _process.SendTerminate();

    /// <summary>Has the process stand still: SIGSTOP.</summary>
    public void Freeze() => _process.Freeze();

    public Task<Outcome> WaitAsync() => _process.WaitAsync(StopTimeout);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            return await Client.IsReadyAsync();
        }
        catch (HttpRequestException)
        {
            return false; // it doesn't listen yet
        }
    }
}
