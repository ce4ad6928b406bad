using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Grid.Node.Bench;

/// <summary>anvil couldn't be used: it isn't there, doesn't start, or refuses a request.</summary>
public sealed class AnvilException(string message) : Exception(message);

/// <summary>One call of several.</summary>
public readonly record struct AnvilCall(string Method, params object?[] Parameters);

/// <summary>The answer to one call of several.</summary>
/// <param name="Error">Null where there is a result.</param>
public readonly record struct AnvilReply(JsonElement Result, string? Error)
{
    /// <exception cref="AnvilException">It is an error.</exception>
    public JsonElement Value => Error is null ? Result : throw new AnvilException($"anvil: {Error}");
}

/// <summary>A running anvil on loopback, for comparisons in the same run. Killed on disposal.</summary>
public sealed class AnvilProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly HttpClient _client;
    private int _id;

    private AnvilProcess(Process process, int port)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromMinutes(5) };
    }

    /// <summary>The executable: the given one, or `anvil` on the PATH.</summary>
    /// <exception cref="AnvilException">There is none.</exception>
    public static string Find(FileInfo? given)
    {
        if (given is not null)
        {
            return given.FullName;
        }
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            var path = Path.Combine(folder, "anvil");
            if (File.Exists(path))
            {
                return path;
            }
        }
        throw new AnvilException("There is no anvil on the PATH; name it with --anvil FILE.");
    }

    /// <exception cref="AnvilException">It doesn't answer in time.</exception>
    public static async Task<AnvilProcess> StartAsync(string executable, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(executable) { UseShellExecute = false, RedirectStandardOutput = false };
        foreach (var argument in (string[])["--host", "127.0.0.1", "--port", $"{port}", "--quiet", "--no-request-size-limit", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }
        var process = Process.Start(start) ?? throw new AnvilException($"{executable} doesn't start.");
        var anvil = new AnvilProcess(process, port);
        try
        {
            await anvil.WaitUntilReadyAsync(cancellation);
            return anvil;
        }
        catch
        {
            await anvil.DisposeAsync();
            throw;
        }
    }

    /// <exception cref="AnvilException">The reply is an error.</exception>
    public async Task<JsonElement> CallAsync(string method, object?[] parameters, CancellationToken cancellation)
    {
        using var response = await _client.PostAsJsonAsync("", Request(method, parameters), cancellation);
        return Result(await response.Content.ReadFromJsonAsync<JsonElement>(cancellation));
    }

    /// <summary>Several calls of one method in one request.</summary>
    /// <exception cref="AnvilException">A reply is an error.</exception>
    public async Task BatchAsync(string method, IEnumerable<object?[]> calls, CancellationToken cancellation)
    {
        using var response = await _client.PostAsJsonAsync("", calls.Select(parameters => Request(method, parameters)), cancellation);
        foreach (var reply in (await response.Content.ReadFromJsonAsync<JsonElement>(cancellation)).EnumerateArray())
        {
            Result(reply);
        }
    }

    /// <summary>Several calls in one request; the replies in their order, errors among them.</summary>
    public async Task<AnvilReply[]> AskAsync(IReadOnlyList<AnvilCall> calls, CancellationToken cancellation)
    {
        if (calls.Count == 0)
        {
            return [];
        }
        var first = _id + 1;
        using var response = await _client.PostAsJsonAsync("", calls.Select(call => Request(call.Method, call.Parameters)).ToArray(), cancellation);
        var replies = new AnvilReply[calls.Count];
        foreach (var reply in (await response.Content.ReadFromJsonAsync<JsonElement>(cancellation)).EnumerateArray())
        {
            replies[reply.GetProperty("id").GetInt32() - first] = reply.TryGetProperty("error", out var error)
                ? new AnvilReply(default, error.GetProperty("message").GetString())
                : new AnvilReply(reply.GetProperty("result"), null);
        }
        return replies;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private object Request(string method, object?[] parameters) => new { jsonrpc = "2.0", id = ++_id, method, @params = parameters };

    private static JsonElement Result(JsonElement reply) =>
        reply.TryGetProperty("error", out var error) ? throw new AnvilException($"anvil: {error}") : reply.GetProperty("result");

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await CallAsync("eth_blockNumber", [], cancellation);
                return;
            }
            catch (HttpRequestException) when (!_process.HasExited && Stopwatch.GetElapsedTime(started) < StartLimit)
            {
                await Task.Delay(PollInterval, cancellation);
            }
            catch (HttpRequestException exception)
            {
                throw new AnvilException($"anvil doesn't answer: {exception.Message}");
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
