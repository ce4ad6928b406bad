using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Grid.Client;
using Grid.Primitives;

namespace Grid.Node.Torture;

/// <summary>A block as the node tells it.</summary>
internal sealed record TortureBlock(ulong Number, string Hash, string ParentHash, string StateRoot, UInt256 BurntWei, string[] Transactions);

/// <summary>The node is gone, or was while it answered.</summary>
internal sealed class TortureCutException(Exception cause) : Exception(cause.Message, cause);

/// <summary>The node said that it can't answer now.</summary>
internal sealed class TortureRetryException(string message) : Exception(message);

/// <summary>What the torture asks a node, over REST and JSON-RPC.</summary>
internal sealed class TortureClient : IDisposable
{
    /// <summary>JSON-RPC: not available now.</summary>
    private const int Unavailable = -32002;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly GridClient _rest;

    public TortureClient(Uri address)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = AnswerLimit };
        _rest = new GridClient(_http);
    }

    /// <summary>The node's address.</summary>
    public Uri Address => _http.BaseAddress!;

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            return await _rest.IsReadyAsync();
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Submits over REST; one result each.</summary>
    public Task<IReadOnlyList<Submission>> SubmitAsync(IReadOnlyList<string> raw) => AskAsync(() => _rest.SubmitAsync(raw));

    /// <summary>Submits one over REST; returns the hash.</summary>
    public Task<string> SubmitAsync(string raw) => AskAsync(() => _rest.SubmitAsync(raw));

    /// <summary>Submits with eth_sendRawTransaction; returns the hashes.</summary>
    public async Task<string[]> SendAsync(IReadOnlyList<string> raw) =>
        [.. (await CallAsync([.. raw.Select(x => ("eth_sendRawTransaction", new object?[] { x }))])).Select(x => x.GetString()!)];

    public async Task<ulong> GetHeadNumberAsync() => (ulong)Quantity((await CallAsync([("eth_blockNumber", [])]))[0]);

    public async Task<TortureBlock> GetHeadAsync() => Read((await CallAsync([("eth_getBlockByNumber", ["latest", false])]))[0]);

    /// <summary>Blocks by height; null where the node has none.</summary>
    public async Task<TortureBlock?[]> GetBlocksAsync(IEnumerable<ulong> numbers) =>
        [.. (await CallAsync([.. numbers.Select(x => ("eth_getBlockByNumber", new object?[] { $"0x{x:x}", false }))])).Select(x => x.ValueKind == JsonValueKind.Null ? null : Read(x))];

    /// <summary>Which of the transactions the node knows, in a block or in the pool.</summary>
    public async Task<bool[]> KnowsAsync(IReadOnlyList<string> hashes) =>
        [.. (await CallAsync([.. hashes.Select(x => ("eth_getTransactionByHash", new object?[] { x }))])).Select(x => x.ValueKind != JsonValueKind.Null)];

    /// <summary>Balances in wei after the head, and its height.</summary>
    public async Task<(ulong Number, UInt256[] Balances)> GetBalancesAsync(IReadOnlyList<Address> addresses)
    {
        var number = await GetHeadNumberAsync();
        var answers = await CallAsync([.. addresses.Select(x => ("eth_getBalance", new object?[] { x.ToString(), $"0x{number:x}" }))]);
        return (number, [.. answers.Select(Quantity)]);
    }

    public Task<NodeStatus> GetStatusAsync() => AskAsync(() => _rest.GetStatusAsync());

    /// <summary>The silos, with how many activations each has of each type.</summary>
    public Task<GrainsInfo> GetGrainsAsync() => AskAsync(() => _rest.GetGrainsAsync());

    public void Dispose() => _http.Dispose();

    /// <summary>Makes several calls in one request; their results in order.</summary>
    private async Task<JsonElement[]> CallAsync((string Method, object?[] Parameters)[] calls)
    {
        if (calls.Length == 0)
        {
            return [];
        }
        var answer = await AskAsync(async () =>
        {
            using var response = await _http.PostAsJsonAsync("", calls.Select((x, i) => new { jsonrpc = "2.0", id = i, method = x.Method, @params = x.Parameters }).ToArray());
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        });
        if (answer.ValueKind != JsonValueKind.Array)
        {
            throw answer.TryGetProperty("status", out var status) && status.GetInt32() is 429 or 503
                ? new TortureRetryException(answer.ToString())
                : new TortureException($"A batch was answered with {answer}.");
        }
        var results = new JsonElement[calls.Length];
        foreach (var item in answer.EnumerateArray())
        {
            var place = item.GetProperty("id").GetInt32();
            if (item.TryGetProperty("error", out var error))
            {
                throw error.GetProperty("code").GetInt32() == Unavailable ? new TortureRetryException(error.ToString())
                    : error.GetProperty("message").GetString() == "header not found" ? new TortureMissingException($"{calls[place].Method} was asked of a block that isn't there.")
                    : new TortureException($"{calls[place].Method} {JsonSerializer.Serialize(calls[place].Parameters)} was answered with {error}.");
            }
            results[place] = item.GetProperty("result");
        }
        return results;
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (GridException refusal) when (refusal.Problem.Status is 429 or 503)
        {
            throw new TortureRetryException(refusal.Message);
        }
        catch (GridException refusal)
        {
            throw new TortureException($"A request was refused: {refusal.Message}");
        }
        // What a process that dies leaves of an answer: nothing, or a part that is no JSON.
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException or JsonException)
        {
            throw new TortureCutException(error);
        }
    }

    private static TortureBlock Read(JsonElement block) => new(
        (ulong)Quantity(block.GetProperty("number")),
        block.GetProperty("hash").GetString()!,
        block.GetProperty("parentHash").GetString()!,
        block.GetProperty("stateRoot").GetString()!,
        Quantity(block.GetProperty("baseFeePerGas")) * Quantity(block.GetProperty("gasUsed")),
        [.. block.GetProperty("transactions").EnumerateArray().Select(x => x.GetString()!)]);

    private static UInt256 Quantity(JsonElement quantity) => UInt256.Parse(quantity.GetString()!);
}
