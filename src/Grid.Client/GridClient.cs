using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Grid.Client;

/// <summary>Grid's REST interface, typed. One client serves any number of threads.</summary>
/// <param name="http">Its base address is the node's.</param>
public sealed class GridClient(HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Submits a signed transaction (0x and hexadecimal digits) and returns its hash.</summary>
    /// <exception cref="GridException">It was refused.</exception>
    public async Task<string> SubmitAsync(string rawTransaction, CancellationToken cancellation = default)
    {
        using var response = await http.PostAsJsonAsync("/v1/transactions", rawTransaction, cancellation);
        return (await ReadAsync<AcceptedTransaction>(response, cancellation)).Hash;
    }

    /// <summary>Submits several transactions; what became of each, in order.</summary>
    /// <exception cref="GridException">The submission as a whole was refused.</exception>
    public async Task<IReadOnlyList<Submission>> SubmitAsync(IReadOnlyList<string> rawTransactions, CancellationToken cancellation = default)
    {
        using var response = await http.PostAsJsonAsync("/v1/transactions", rawTransactions, cancellation);
        return (await ReadAsync<Submissions>(response, cancellation)).Results;
    }

    /// <summary>Null where the node knows no such transaction.</summary>
    public Task<TransactionInfo?> GetTransactionAsync(string hash, CancellationToken cancellation = default) =>
        FindAsync<TransactionInfo>($"/v1/transactions/{hash}", cancellation);

    public Task<AccountInfo> GetAccountAsync(string address, string block = "latest", CancellationToken cancellation = default) =>
        GetAsync<AccountInfo>($"/v1/accounts/{address}?block={block}", cancellation);

    public Task<StorageValue> GetStorageAsync(string address, string slot, string block = "latest", CancellationToken cancellation = default) =>
        GetAsync<StorageValue>($"/v1/accounts/{address}/storage/{slot}?block={block}", cancellation);

    /// <summary>An account and some of its slots after a block, with Merkle proofs (EIP-1186).</summary>
    public Task<ProofInfo> GetProofAsync(string address, IReadOnlyList<string> slots, string block = "latest", CancellationToken cancellation = default) =>
        GetAsync<ProofInfo>($"/v1/accounts/{address}/proof?block={block}{string.Concat(slots.Select(slot => $"&slot={slot}"))}", cancellation);

    /// <summary>A block by height, hash, or latest; null where there is none.</summary>
    public Task<BlockInfo?> GetBlockAsync(string block = "latest", bool fullTransactions = false, CancellationToken cancellation = default) =>
        FindAsync<BlockInfo>($"/v1/blocks/{block}?transactions={(fullTransactions ? "full" : "hashes")}", cancellation);

    public Task<BlockInfo?> GetBlockAsync(ulong number, bool fullTransactions = false, CancellationToken cancellation = default) =>
        GetBlockAsync(number.ToString(CultureInfo.InvariantCulture), fullTransactions, cancellation);

    public Task<NodeStatus> GetStatusAsync(CancellationToken cancellation = default) => GetAsync<NodeStatus>("/v1/status", cancellation);

    public Task<GrainsInfo> GetGrainsAsync(CancellationToken cancellation = default) => GetAsync<GrainsInfo>("/v1/grains", cancellation);

    /// <summary>Copies the node's data, as it is at one moment, as an archive. Only on the machine that the node runs on.</summary>
    /// <exception cref="GridException">The node doesn't make one.</exception>
    public async Task BackUpAsync(Stream output, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/v1/admin/backup", UriKind.Relative)) { Content = JsonContent.Create(new { }) };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await CheckAsync(response, cancellation);
        await response.Content.CopyToAsync(output, cancellation);
    }

    /// <summary>Gives a shard to a silo of the cluster, and has it move there; asked on a gateway's own machine.</summary>
    /// <param name="silo">Where the silo listens for others, HOST:PORT; null to take the shard back.</param>
    /// <returns>All that are given.</returns>
    /// <exception cref="GridException">It can't be, and why.</exception>
    public Task<IReadOnlyList<PinInfo>> PinShardAsync(int shard, string? silo, CancellationToken cancellation = default) => PinAsync(new { shard, silo }, cancellation);

    /// <summary>The same with the shard of an account, and so with the account.</summary>
    /// <inheritdoc cref="PinShardAsync"/>
    public Task<IReadOnlyList<PinInfo>> PinAccountAsync(string account, string? silo, CancellationToken cancellation = default) => PinAsync(new { account, silo }, cancellation);

    private async Task<IReadOnlyList<PinInfo>> PinAsync<T>(T request, CancellationToken cancellation)
    {
        using var response = await http.PostAsJsonAsync(new Uri("/v1/admin/pins", UriKind.Relative), request, cancellation);
        await CheckAsync(response, cancellation);
        return (await response.Content.ReadFromJsonAsync<PinList>(cancellation))!.Pins;
    }

    /// <summary>Whether the chain answers.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellation = default)
    {
        using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellation);
        return response.IsSuccessStatusCode;
    }

    private async Task<T?> FindAsync<T>(string path, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await GetAsync<T>(path, cancellation);
        }
        catch (GridException exception) when (exception.Problem.Status == 404)
        {
            return null;
        }
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellation)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellation);
        return await ReadAsync<T>(response, cancellation);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellation)
    {
        await CheckAsync(response, cancellation);
        return await response.Content.ReadFromJsonAsync<T>(Json, cancellation)
            ?? throw new JsonException($"The node answered {response.RequestMessage?.RequestUri} with null.");
    }

    private static async Task CheckAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
        {
            var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
            var problem = isProblem ? await response.Content.ReadFromJsonAsync<Problem>(Json, cancellation) : null;
            throw new GridException(
                problem ?? new Problem("about:blank", response.ReasonPhrase ?? "Error", (int)response.StatusCode, string.Empty, "unknown", null, null),
                response.Headers.RetryAfter?.Delta);
        }
    }
}
