using System.Diagnostics;
using Grid.Chain;
using Grid.Client;
using Grid.Evm;
using Grid.Node.Bench.Block;
using Grid.Node.Fuzz;
using Grid.Node.Torture;
using Grid.Primitives;

namespace Grid.Node.Bench.State;

/// <summary>What is measured: a node on a state of many accounts.</summary>
/// <param name="Accounts">Accounts of the genesis state, all of which send and receive.</param>
/// <param name="MemoryMib">The node's limit; null for none.</param>
/// <param name="Seconds">How long transfers are sent.</param>
public sealed record StateBenchmarkOptions(int Accounts, int? MemoryMib, int Seconds, ulong Seed);

/// <summary>What it came to. Scripts read these names.</summary>
/// <param name="FirstStartS">Until the node answers, with the genesis file read and the state made, in seconds.</param>
/// <param name="SecondStartS">The same on what is kept then, after the node was killed.</param>
/// <param name="ThirdStartS">The same after the transfers and a kill.</param>
/// <param name="Transfers">Transfers that blocks include.</param>
/// <param name="TransfersPerS">Of them a second, with signing on the same cores.</param>
/// <param name="Blocks">That include them.</param>
/// <param name="StoreLagBlocksMax">The most blocks by which the store was behind the head, looked at every second.</param>
/// <param name="MemoryMibMax">The most memory that the node ever had from its second start on, as the system counts it: nothing falls between two looks.</param>
/// <param name="MemoryMibMedian">The median while transfers were sent, looked at every second.</param>
/// <param name="HeapMibMax">The most that the collector had taken from the system when it was looked at; the rest is code, stacks and RocksDB.</param>
/// <param name="DataMib">What the data folder takes at the end.</param>
/// <param name="IsWithinLimit">Whether that is within the limit; true without one.</param>
public sealed record StateBenchmarkResult(
    int Accounts, int? MemoryLimitMib, double FirstStartS, double SecondStartS, double ThirdStartS, long Transfers, double TransfersPerS, long Blocks, int StoreLagBlocksMax, double MemoryMibMax,
    double MemoryMibMedian, double HeapMibMax, double DataMib, bool IsWithinLimit);

/// <summary>Starts this executable as a node on a state of many accounts, and sends random transfers among all of them.</summary>
public static class StateBenchmark
{
    private const int BatchSize = 500, Senders = 2;

    private const ulong ChainId = 1337, GasLimit = 1_000_000_000;

    private const double MiB = 1 << 20;

    private static readonly Uri MetricsPath = new("/metrics", UriKind.Relative);

    /// <summary>Samples between two lines that tell how it goes.</summary>
    private const int SamplesPerLine = 30;

    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(10), SampleInterval = TimeSpan.FromSeconds(1), RetryPause = TimeSpan.FromMilliseconds(100);

    private static readonly UInt256 Gwei = 1_000_000_000UL, Balance = UInt256.Parse("1000000000000000000000");

    /// <param name="say">Told of each step.</param>
    public static async Task<StateBenchmarkResult> RunAsync(StateBenchmarkOptions options, Action<string> say, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("grid-state-").FullName;
        try
        {
            var genesis = Path.Combine(folder, "genesis.json");
            var data = Path.Combine(folder, "data");
            var accounts = MakeAccounts(options.Accounts);
            await using (var stream = File.Create(genesis))
            {
                GenesisFile.Write(
                    new Genesis
                    {
                        Spec = ChainSpec.From(Fork.Osaka, ChainId),
                        Accounts = [.. SystemContracts.GenesisAccounts(), .. accounts.Select(address => new GenesisAccount(address, Balance))],
                        GasLimit = GasLimit,
                    },
                    stream);
            }
            say($"a genesis file of {options.Accounts} accounts is written");
            string[] arguments = ["node", "--genesis", genesis, "--data", data, "--listen", "127.0.0.1:0", "--block-time", "250"];
            if (options.MemoryMib is { } limit)
            {
                arguments = [.. arguments, "--memory", $"{limit}"];
            }
            var first = await StartAsync(arguments, (_, _) => Task.CompletedTask);
            say($"first start: {first:F1} s");
            Load? load = null;
            var second = await StartAsync(arguments, async (node, http) => load = await LoadAsync(node, http, accounts, options, say, cancellation));
            var (transfers, seconds, memory) = (load!.Transfers, load.Seconds, load.PeakBytes / MiB);
            say($"second start: {second:F1} s; {transfers} transfers in {seconds:F1} s, {memory:F0} MiB at most");
            var third = await StartAsync(arguments, (_, _) => Task.CompletedTask);
            var dataBytes = Directory.EnumerateFiles(data).Sum(file => new FileInfo(file).Length);
            return new StateBenchmarkResult(
                options.Accounts, options.MemoryMib, Round(first), Round(second), Round(third), transfers, Round(transfers / seconds), load.Blocks, load.LagMax,
                Round(memory), Round(load.MedianBytes / MiB), Round(load.HeapBytesMax / MiB), Round(dataBytes / MiB),
                options.MemoryMib is null || memory <= options.MemoryMib);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The key of account i is i + 1.</summary>
    private static Address[] MakeAccounts(int count)
    {
        var accounts = new Address[count];
        Parallel.For(0, count, i => accounts[i] = SignerOf(i).Address);
        return accounts;
    }

    private static Signer SignerOf(int account) => new((UInt256)(ulong)account + UInt256.One);

    /// <summary>Starts a node, works with it and kills it; returns the seconds until it answered.</summary>
    private static async Task<double> StartAsync(string[] arguments, Func<TorturedNode, HttpClient, Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await using var node = TorturedNode.Start(arguments);
        using var ready = await node.ReadyAsync(StartLimit) ?? throw new BenchFileException("the node", $"it ended before it answered:\n{node.Output}");
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using var http = new HttpClient { BaseAddress = ready.Address };
        try
        {
            await work(node, http);
        }
        catch (Exception error) when (error is GridException or HttpRequestException)
        {
            throw new BenchFileException("the node", $"{error.Message} It said:\n{node.Output}", error);
        }
        return seconds;
    }

    private static async Task<Load> LoadAsync(
        TorturedNode node, HttpClient http, Address[] accounts, StateBenchmarkOptions options, Action<string> say, CancellationToken cancellation)
    {
        var client = new GridClient(http);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var start = Stopwatch.GetTimestamp();
        end.CancelAfter(TimeSpan.FromSeconds(options.Seconds));
        var senders = Enumerable.Range(0, Senders).Select(i => Task.Run(() => SendAsync(client, accounts, i, new Dice(options.Seed, (ulong)i), end.Token), CancellationToken.None)).ToArray();
        var sent = Task.WhenAll(senders);
        var memory = new List<long>();
        double lag = 0, heap = 0;
        while (await Task.WhenAny(sent, Task.Delay(SampleInterval, cancellation)) != sent)
        {
            memory.Add(node.WorkingSetBytes);
            var metrics = await http.GetStringAsync(MetricsPath, cancellation);
            lag = Math.Max(lag, NodeMetrics.Find(metrics, "grid_store_lag") ?? 0);
            heap = Math.Max(heap, NodeMetrics.Find(metrics, "dotnet_gc_last_collection_memory_committed_size_bytes") ?? 0);
            if (memory.Count % SamplesPerLine == 0)
            {
                var now = await client.GetStatusAsync(cancellation);
                say($"{Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s: {now.Totals.Transactions} transfers, {memory[^1] / MiB:F0} MiB, {node.PeakWorkingSetBytes / MiB:F0} at most; the store {lag:F0} blocks behind at most");
            }
        }
        await sent;
        var status = await client.GetStatusAsync(cancellation);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        memory.Sort();
        return new Load(status.Totals.Transactions, seconds, (long)status.Totals.Blocks, (int)lag, node.PeakWorkingSetBytes, memory.Count > 0 ? memory[memory.Count / 2] : 0, heap);
    }

    private sealed record Load(long Transfers, double Seconds, long Blocks, int LagMax, long PeakBytes, long MedianBytes, double HeapBytesMax);

    /// <summary>Sends transfers from the accounts of one residue class, so that no two senders share a nonce.</summary>
    private static async Task SendAsync(GridClient client, Address[] accounts, int part, Dice dice, CancellationToken cancellation)
    {
        var nonces = new Dictionary<int, ulong>();
        while (!cancellation.IsCancellationRequested)
        {
            var batch = new string[BatchSize];
            for (var i = 0; i < batch.Length; i++)
            {
                var sender = (dice.Below(accounts.Length / Senders) * Senders) + part;
                var nonce = nonces.GetValueOrDefault(sender);
                nonces[sender] = nonce + 1;
                var transfer = new Transaction
                {
                    Type = TransactionType.DynamicFee, ChainId = ChainId, Nonce = nonce, GasLimit = 21_000, MaxFeePerGas = 100 * Gwei, MaxPriorityFeePerGas = Gwei,
                    To = accounts[dice.Below(accounts.Length)], Value = 1 + (UInt256)(ulong)dice.Below(1_000_000),
                };
                batch[i] = Hex.Encode(SignerOf(sender).Sign(transfer).Encoded);
            }
            while (!cancellation.IsCancellationRequested)
            {
                try
                {
                    // A refusal for want of room leaves gaps that later ones of these senders wait behind: sent again, those that were taken are known.
                    var results = await client.SubmitAsync(batch, cancellation);
                    if (results.All(result => result.Status is "accepted" or "known"))
                    {
                        break;
                    }
                }
                catch (GridException error) when (error.Problem.Status is 429 or 503)
                {
                    // The node is full for the moment.
                }
                catch (OperationCanceledException)
                {
                    return;
                }
                await Task.Delay(RetryPause, CancellationToken.None);
            }
        }
    }

    private static double Round(double value) => Math.Round(value, 1);
}
