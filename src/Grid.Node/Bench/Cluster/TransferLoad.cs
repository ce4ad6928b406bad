using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Node.Bench.Block;
using Grid.Primitives;

namespace Grid.Node.Bench.Cluster;

/// <summary>
/// Transfers between many accounts, each of which sends as often as the others. All are signed before the first is sent, as requests that only need to be written: what clients do
/// is no part of what is measured.
/// </summary>
/// <remarks>Safe because each request has one sender at a time, and what they count is changed atomically or under a lock.</remarks>
internal sealed class TransferLoad
{
    private const int BatchSize = 500, FailuresKept = 10, StatusTooMany = 429, StatusUnavailable = 503;

    private const ulong ChainId = 1337, GasLimit = 1_000_000_000;

    /// <summary>Neighbours in time are in different shards, and everybody's turn comes before anybody's second: it has no factor in common with any number of accounts below it.</summary>
    private const ulong Stride = 2_147_483_647;

    public const int AccountsMax = 10_000_000;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private static readonly UInt256 Gwei = 1_000_000_000UL, Balance = UInt256.Parse("1000000000000000000000");

    private readonly byte[][] _requests;
    private readonly List<string> _failures = [];
    private long _accepted, _retried, _failed;
    private int _next;

    private TransferLoad(byte[][] requests) => _requests = requests;

    /// <summary>Transfers that were answered with "accepted", or "known" where an answer before was lost.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Requests that were answered with "not now, ask again": what a client library does by itself.</summary>
    public long Retried => Interlocked.Read(ref _retried);

    /// <summary>Requests that had no answer, or one that asking again doesn't help with.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Some of them, for people.</summary>
    public IReadOnlyList<string> Failures
    {
        get
        {
            lock (_failures)
            {
                return [.. _failures];
            }
        }
    }

    /// <summary>Writes a genesis file in which all accounts have a balance.</summary>
    public static void WriteGenesis(string path, int accounts)
    {
        var addresses = new Address[accounts];
        Parallel.For(0, accounts, i => addresses[i] = SignerOf(i).Address);
        using var file = File.Create(path);
        GenesisFile.Write(
            new Genesis
            {
                Spec = ChainSpec.From(Fork.Osaka, ChainId),
                Accounts = [.. SystemContracts.GenesisAccounts(), .. addresses.Select(address => new GenesisAccount(address, Balance))],
                GasLimit = GasLimit,
                // A genesis that anybody may have begun now: base fee and time follow from it.
                Timestamp = 1_700_000_000,
                BaseFeePerGas = 1_000_000_000,
            },
            file);
    }

    /// <param name="transfers">How many at least.</param>
    public static TransferLoad Sign(int accounts, long transfers)
    {
        var requests = new byte[(int)((transfers + BatchSize - 1) / BatchSize)][];
        Parallel.For(0, requests.Length, k => requests[k] = JsonSerializer.SerializeToUtf8Bytes(
            Enumerable.Range(0, BatchSize).Select(i => Hex.Encode(Transfer((ulong)((long)k * BatchSize) + (ulong)i, (ulong)accounts).Encoded)).ToArray()));
        return new TransferLoad(requests);
    }

    /// <summary>Sends until all are sent or it is cancelled; what was begun is finished.</summary>
    /// <param name="targets">Whom to send to, in turns; whoever leaves a request without an answer isn't asked next.</param>
    /// <param name="perSecond">Transfers; a request that is due and finds no sender free is sent as soon as one is.</param>
    /// <param name="senders">Requests at once.</param>
    public Task RunAsync(IReadOnlyList<HttpClient> targets, double perSecond, int senders, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        return Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(
            async () =>
            {
                var target = sender;
                while (!cancellation.IsCancellationRequested && Interlocked.Increment(ref _next) - 1 is var k && k < _requests.Length)
                {
                    if (TimeSpan.FromSeconds(k * BatchSize / perSecond) - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } early)
                    {
                        await Task.Delay(early, CancellationToken.None);
                    }
                    while (!await TrySendAsync(targets[target % targets.Count], _requests[k]))
                    {
                        target++;
                        await Task.Delay(RetryPause, CancellationToken.None);
                    }
                }
            },
            CancellationToken.None)));
    }

    private static Transaction Transfer(ulong index, ulong accounts)
    {
        var sender = index % accounts * Stride % accounts;
        var receiver = (sender + 1 + (index * Stride % (accounts - 1))) % accounts;
        return SignerOf((int)sender).Sign(new Transaction
        {
            Type = TransactionType.DynamicFee, ChainId = ChainId, Nonce = index / accounts, GasLimit = 21_000, MaxFeePerGas = 100 * Gwei, MaxPriorityFeePerGas = Gwei,
            To = SignerOf((int)receiver).Address, Value = 1 + (UInt256)(index % 1_000),
        });
    }

    /// <summary>The key of account i is i + 1.</summary>
    private static Signer SignerOf(int account) => new((UInt256)(ulong)account + UInt256.One);

    private async Task<bool> TrySendAsync(HttpClient target, byte[] request)
    {
        using var content = new ByteArrayContent(request) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using var response = await target.PostAsync(new Uri("/v1/transactions", UriKind.Relative), content);
            var answer = await response.Content.ReadAsByteArrayAsync();
            return Take(response.StatusCode, answer);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            Fail(error.Message);
            return false;
        }
    }

    /// <summary>Whether all were taken. Sent again, those that were are known.</summary>
    private bool Take(HttpStatusCode status, byte[] answer)
    {
        if ((int)status is StatusTooMany or StatusUnavailable)
        {
            Interlocked.Increment(ref _retried);
            return false;
        }
        if (status != HttpStatusCode.Accepted)
        {
            Fail($"{(int)status} {System.Text.Encoding.UTF8.GetString(answer)}");
            return false;
        }
        if (answer.AsSpan().IndexOf("\"rejected\""u8) < 0)
        {
            Interlocked.Add(ref _accepted, BatchSize);
            return true;
        }
        using var json = JsonDocument.Parse(answer);
        var refused = json.RootElement.GetProperty("results").EnumerateArray().Where(result => result.GetProperty("status").GetString() == "rejected").Select(result => result.GetProperty("problem")).ToArray();
        if (Array.Find(refused, problem => problem.GetProperty("status").GetInt32() is not (StatusTooMany or StatusUnavailable)) is { ValueKind: JsonValueKind.Object } final)
        {
            Fail(final.ToString());
        }
        else
        {
            Interlocked.Increment(ref _retried);
        }
        return false;
    }

    private void Fail(string what)
    {
        Interlocked.Increment(ref _failed);
        lock (_failures)
        {
            if (_failures.Count < FailuresKept)
            {
                _failures.Add(what);
            }
        }
    }
}
