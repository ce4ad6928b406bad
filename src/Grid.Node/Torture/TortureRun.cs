using System.Diagnostics;
using System.Globalization;
using Grid.Chain;
using Grid.Grains;
using Grid.Node.Bench.Block;
using Grid.Node.Fuzz;

namespace Grid.Node.Torture;

/// <summary>
/// Lives of one node on one folder, each ended by SIGKILL: while it starts, while it recovers, while it makes blocks; or where it was told to
/// end itself. After each the next one must say all that was said before, and the chain must come out the same when it is executed again.
/// </summary>
internal sealed class TortureRun
{
    private const int EarlyKillsMax = 2, WorkMsMin = 50, WorkMsMax = 3_500, PassesMax = 3;

    /// <summary>Starting takes about so long at first; then as long as it took.</summary>
    private const int FirstStartMs = 2_000;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(90), EndLimit = TimeSpan.FromSeconds(30), DrainLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan VerifyLimit = TimeSpan.FromMinutes(10), LookInterval = TimeSpan.FromMilliseconds(20), AuditLimit = TimeSpan.FromSeconds(60);

    private static readonly int[] BlockTimesMs = [0, 20, 100, 400];

    private readonly TortureOptions _options;
    private readonly string _folder, _genesis;
    private readonly Action<string> _report;
    private readonly Dice _dice;
    private readonly TortureLedger _ledger = new();
    private readonly TortureTraffic _traffic;
    private readonly TortureAudit _audit;
    private readonly List<string> _faults = [];
    private double _startMs = FirstStartMs;
    private int _kills, _earlyKills, _verified;

    /// <param name="parent">An empty folder, for the genesis file and the data folder.</param>
    /// <param name="report">Is told of each life.</param>
    public TortureRun(TortureOptions options, string parent, Action<string> report)
    {
        (_options, _folder, _genesis, _report) = (options, Path.Combine(parent, "chain"), Path.Combine(parent, "genesis.json"), report);
        _dice = new Dice(options.Seed, ulong.MaxValue);
        _traffic = new TortureTraffic(options.Seed, _ledger);
        _audit = new TortureAudit(_ledger, _traffic, _dice);
    }

    public async Task<TortureResult> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using (var file = File.Create(_genesis))
        {
            GenesisFile.Write(DevelopmentAccounts.Genesis((ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds()), file);
        }
        string? lost = null;
        var round = 0;
        try
        {
            if (_options.AtFaultPoints)
            {
                await EndAtFaultPointsAsync(cancellation);
            }
            else
            {
                for (; round < _options.Rounds; round++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    await KillEarlyAsync(_dice.Below(EarlyKillsMax + 1));
                    await WorkAndKillAsync(_dice.Between(WorkMsMin, WorkMsMax));
                    await VerifyAsync(cancellation);
                    _report($"round {round + 1}: {_kills} kills at work, {_earlyKills} at the start; {_ledger.BlockCount} blocks, {_ledger.Acknowledged.Length} transactions acknowledged");
                }
            }
            await FinishAsync(cancellation);
        }
        catch (Exception error) when (error is TortureException or TortureCutException or TortureRetryException)
        {
            lost = error.Message;
        }
        return new TortureResult(
            _options.Seed, round, _kills, _earlyKills, [.. _faults], _ledger.BlockCount, _ledger.Acknowledged.Length, _audit.Resubmitted, _verified,
            Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 1), lost);
    }

    /// <summary>Kills while it starts and recovers, after as long as it may need to be ready.</summary>
    private async Task KillEarlyAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await using var node = Start();
            await Task.Delay(_dice.Below((int)(_startMs * 1.25)), CancellationToken.None);
            await KillAsync(node);
            _earlyKills++;
        }
    }

    private async Task WorkAndKillAsync(int workMs)
    {
        await using var node = Start();
        using var client = await ReadyAsync(node) ?? throw new TortureException($"The node ended by itself. It said:\n{node.Output}");
        await AuditAsync(client);
        using var stop = new CancellationTokenSource();
        var work = WorkAsync(client, stop.Token);
        await Task.WhenAny(work, Task.Delay(workMs, CancellationToken.None));
        await KillAsync(node);
        await stop.CancelAsync();
        await work;
        _kills++;
    }

    /// <summary>First where the genesis block is installed, then everywhere, one point after the other.</summary>
    private async Task EndAtFaultPointsAsync(CancellationToken cancellation)
    {
        FaultPoint[] once = [FaultPoint.ChainWriting, FaultPoint.ChainWritten];
        FaultPoint[] installing =
        [
            .. once, FaultPoint.StoreWriting, FaultPoint.StoreWritten, FaultPoint.FencingNumberWriting, FaultPoint.FencingNumberWritten, FaultPoint.BlockWriting, FaultPoint.BlockWritten,
            FaultPoint.IndexWriting, FaultPoint.IndexWritten,
        ];
        foreach (var point in installing)
        {
            await EndAtAsync(point, 1);
        }
        foreach (var point in Enum.GetValues<FaultPoint>().Except(once))
        {
            cancellation.ThrowIfCancellationRequested();
            // A process takes one fencing number, and everything else many times.
            await EndAtAsync(point, point is FaultPoint.FencingNumberWriting or FaultPoint.FencingNumberWritten ? 1 : _dice.Between(1, PassesMax));
            if (point == FaultPoint.IndexWriting)
            {
                // What is missing now is written when the folder is opened: ends there, too, before and after.
                await EndAtAsync(FaultPoint.IndexWriting, 1);
                await EndAtAsync(FaultPoint.IndexWritten, 1);
            }
            await VerifyAsync(cancellation);
            await using var node = Start();
            using var client = await ReadyAsync(node) ?? throw new TortureException($"The node ended by itself. It said:\n{node.Output}");
            await AuditAsync(client);
            await KillAsync(node);
            _report($"{point}: {_ledger.BlockCount} blocks, {_ledger.Acknowledged.Length} transactions acknowledged");
        }
    }

    private async Task EndAtAsync(FaultPoint point, int count)
    {
        var fault = string.Create(CultureInfo.InvariantCulture, $"{point}:{count}");
        await using var node = Start(fault);
        using var client = await ReadyAsync(node);
        if (client is not null)
        {
            using var stop = new CancellationTokenSource();
            var work = WorkAsync(client, stop.Token);
            var end = await node.WaitAsync(EndLimit);
            await stop.CancelAsync();
            await work;
            if (end is null)
            {
                throw new TortureException($"The node never came to {fault}. It said:\n{node.Output}");
            }
        }
        // 128 and the signal's number, as a shell has it.
        if (await node.WaitAsync(EndLimit) is not 137 and var code)
        {
            throw new TortureException($"The node didn't end itself at {fault}, but with the exit code {code}. It said:\n{node.Output}");
        }
        _faults.Add(fault);
    }

    private async Task FinishAsync(CancellationToken cancellation)
    {
        await using (var node = Start())
        {
            using var client = await ReadyAsync(node) ?? throw new TortureException($"The node ended by itself. It said:\n{node.Output}");
            await AuditAsync(client);
            await _traffic.SettleAsync(client, cancellation);
            await _audit.DrainAsync(client, DrainLimit);
            await AuditAsync(client);
            await KillAsync(node);
        }
        await VerifyAsync(cancellation);
    }

    /// <summary>Sends, and looks at the head meanwhile, until the node is gone.</summary>
    private async Task WorkAsync(TortureClient client, CancellationToken cancellation)
    {
        var look = Task.Run(() => LookAsync(client, cancellation), CancellationToken.None);
        await _traffic.RunAsync(client, cancellation);
        await look;
    }

    private async Task LookAsync(TortureClient client, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                _ledger.See(await client.GetHeadAsync());
                await Task.Delay(LookInterval, cancellation);
            }
            catch (TortureRetryException)
            {
                await Task.Delay(LookInterval, CancellationToken.None);
            }
            catch (Exception error) when (error is TortureCutException or OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>A node that has just started may have to say "not now" for a moment.</summary>
    private async Task AuditAsync(TortureClient client)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await _audit.RunAsync(client);
                return;
            }
            catch (TortureRetryException) when (Stopwatch.GetElapsedTime(started) < AuditLimit)
            {
                await Task.Delay(LookInterval, CancellationToken.None);
            }
        }
    }

    private TorturedNode Start(string? fault = null)
    {
        var blockTimeMs = _dice.Pick(BlockTimesMs).ToString(CultureInfo.InvariantCulture);
        return TorturedNode.Start(
            ["node", "--listen", "127.0.0.1:0", "--genesis", _genesis, "--data", _folder, "--block-time", blockTimeMs, "--beneficiary", TortureTraffic.Beneficiary.ToString()], fault);
    }

    private async Task<TortureClient?> ReadyAsync(TorturedNode node)
    {
        var started = Stopwatch.GetTimestamp();
        var client = await node.ReadyAsync(ReadyLimit);
        if (client is not null)
        {
            _startMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }
        return client;
    }

    private static async Task KillAsync(TorturedNode node)
    {
        node.Kill();
        if (await node.WaitAsync(EndLimit) is null)
        {
            throw new TortureException("The node survived SIGKILL.");
        }
    }

    /// <summary>Has another process execute the whole chain again, on the folder as the crash left it.</summary>
    private async Task VerifyAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!_options.Verifies)
        {
            return;
        }
        await using var verify = TorturedNode.Start(["verify", "--data", _folder, "--json"]);
        var code = await verify.WaitAsync(VerifyLimit);
        if (code != 0)
        {
            throw new TortureException($"grid verify ended with {code?.ToString(CultureInfo.InvariantCulture) ?? "nothing in time"}. It said:\n{verify.Output}");
        }
        _verified++;
    }
}
