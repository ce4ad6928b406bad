using System.Diagnostics;
using System.Globalization;
using Grid.Chain;
using Grid.Node.Bench;
using Grid.Node.Bench.Block;
using Grid.Node.Fuzz;
using Grid.Storage.Postgres;
using Grid.Testing;

namespace Grid.Node.Torture.Cluster;

/// <summary>
/// A cluster of processes under load, of which one after the other is killed: a silo, the coordinator's silo, a gateway, the database. Blocks must go on, and at
/// the end of each round all gateways, the journal and a sequential execution must agree on everything that anybody was told.
/// </summary>
internal sealed class ClusterTortureRun
{
    private const int WorkMsMin = 200, WorkMsMax = 2_500, OutageMsMax = 3_000, StartMsMax = 4_000, PauseMsMax = 400;

    /// <summary>The block at hand when something is killed may have been committed already: the one after it wasn't.</summary>
    private const int BlocksAfter = 2;

    private const string BlockTimeMs = "100";

    private static readonly TimeSpan ResumeLimit = TimeSpan.FromSeconds(60), SettleLimit = TimeSpan.FromSeconds(60), AuditLimit = TimeSpan.FromSeconds(60), VerifyLimit = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20), RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly ClusterTortureOptions _options;
    private readonly string _genesis;
    private readonly Action<string> _report;
    private readonly Dice _dice;
    private readonly TortureLedger _ledger = new();
    private readonly TortureTraffic _traffic;
    private readonly TortureAudit _audit;
    private readonly Dictionary<Victim, int> _kills = [];
    private readonly List<Victim> _victims = [];
    private readonly List<double> _resumes = [], _databaseResumes = [];
    private TorturedCluster _cluster = null!;
    private int _earlyKills, _verified, _turn;

    /// <param name="parent">An empty folder, for the genesis file.</param>
    /// <param name="report">Is told of each round.</param>
    public ClusterTortureRun(ClusterTortureOptions options, string parent, Action<string> report)
    {
        (_options, _genesis, _report) = (options, Path.Combine(parent, "genesis.json"), report);
        _dice = new Dice(options.Seed, ulong.MaxValue);
        _traffic = new TortureTraffic(options.Seed, _ledger, int.MaxValue, PauseMsMax);
        _audit = new TortureAudit(_ledger, _traffic, _dice);
    }

    public async Task<ClusterTortureResult> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using (var file = File.Create(_genesis))
        {
            GenesisFile.Write(DevelopmentAccounts.Genesis((ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds()), file);
        }
        await using var database = await PostgresServer.StartAsync();
        await using var cluster = _cluster = new TorturedCluster(
            database, _options.Silos, _options.Gateways, ["--genesis", _genesis, "--block-time", BlockTimeMs, "--beneficiary", TortureTraffic.Beneficiary.ToString()]);
        string? lost = null;
        var round = 0;
        try
        {
            await cluster.StartAsync();
            for (; round < _options.Rounds; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                var victim = Choose();
                await WorkAndKillAsync(victim);
                await AgreeAsync(0, cancellation);
                _report($"round {round + 1}: {victim}; {_ledger.BlockCount} blocks, {_ledger.Acknowledged.Length} transactions acknowledged, {_traffic.Retried} answers \"not now\"");
            }
        }
        catch (Exception error) when (error is TortureException or TortureCutException or TortureRetryException)
        {
            lost = $"{error.Message}\n{await DescribeAsync()}\n{cluster.Output}";
        }
        return new ClusterTortureResult(
            _options.Seed, round, _options.Silos, _options.Gateways, Kills(Victim.Silo), Kills(Victim.CoordinatorSilo), Kills(Victim.Gateway), Kills(Victim.Database), _earlyKills,
            _ledger.BlockCount, _ledger.Acknowledged.Length, _audit.Resubmitted, _traffic.Retried, _verified, Median(_resumes), Max(_resumes), Max(_databaseResumes),
            Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 1), lost);

        int Kills(Victim victim) => _kills.GetValueOrDefault(victim);
    }

    /// <summary>What the cluster says of itself, for whoever looks into it.</summary>
    private async Task<string> DescribeAsync()
    {
        try
        {
            var status = await _cluster.Gateways[0].Client.GetStatusAsync();
            return BenchJson.Line(new { status.Head, status.Pool, status.Totals });
        }
        catch (Exception error) when (error is TortureException or TortureCutException or TortureRetryException)
        {
            return error.Message;
        }
    }

    /// <summary>Each of them before any comes again.</summary>
    private Victim Choose()
    {
        if (_victims.Count == 0)
        {
            _victims.AddRange(Enum.GetValues<Victim>());
        }
        var victim = _dice.Pick(_victims.ToArray());
        _victims.Remove(victim);
        return victim;
    }

    private async Task WorkAndKillAsync(Victim victim)
    {
        using var stop = new CancellationTokenSource();
        var clients = _cluster.Gateways.Select(gateway => gateway.Client).ToArray();
        var work = Task.WhenAll([
            _traffic.RunAsync(clients, Next, stop.Token), .. _cluster.Gateways.Select(gateway => Task.Run(() => LookAsync(gateway, stop.Token), CancellationToken.None)),
        ]);
        try
        {
            await Task.Delay(_dice.Between(WorkMsMin, WorkMsMax), CancellationToken.None);
            _kills[victim] = _kills.GetValueOrDefault(victim) + 1;
            await (victim switch
            {
                Victim.Silo => KillSiloAsync(_dice.Below(_cluster.SiloCount)),
                Victim.CoordinatorSilo => KillSiloAsync(await FindCoordinatorAsync()),
                Victim.Gateway => KillGatewayAsync(_dice.Pick(_cluster.Gateways.ToArray())),
                _ => KillDatabaseAsync(),
            });
            await _cluster.ReadyAsync();
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }
    }

    /// <summary>It is started again before or after blocks go on, and sometimes killed while it starts.</summary>
    private async Task KillSiloAsync(int number)
    {
        var highest = _ledger.Highest ?? 0;
        var killed = Stopwatch.GetTimestamp();
        await _cluster.KillSiloAsync(number);
        if (_dice.OneIn(2))
        {
            _resumes.Add(await ResumeAsync(killed, highest));
            _cluster.StartSilo(number);
        }
        else
        {
            _cluster.StartSilo(number);
            _resumes.Add(await ResumeAsync(killed, highest));
        }
        if (_dice.OneIn(3))
        {
            await Task.Delay(_dice.Below(StartMsMax), CancellationToken.None);
            highest = _ledger.Highest ?? 0;
            killed = Stopwatch.GetTimestamp();
            await _cluster.KillSiloAsync(number);
            _earlyKills++;
            _cluster.StartSilo(number);
            _resumes.Add(await ResumeAsync(killed, highest));
        }
    }

    private async Task KillGatewayAsync(TorturedGateway gateway)
    {
        var highest = _ledger.Highest ?? 0;
        await _cluster.KillGatewayAsync(gateway);
        if (_cluster.Gateways.Count > 1)
        {
            await ResumeAsync(Stopwatch.GetTimestamp(), highest);
        }
        _cluster.StartGateway(gateway);
    }

    /// <summary>At once, or as an immediate shutdown does it; both leave the server to recover from its log.</summary>
    private async Task KillDatabaseAsync()
    {
        await (_dice.OneIn(2) ? _cluster.Database.KillAsync() : _cluster.Database.QuitAsync());
        await Task.Delay(_dice.Below(OutageMsMax), CancellationToken.None);
        var highest = _ledger.Highest ?? 0;
        await _cluster.Database.StartAgainAsync();
        _databaseResumes.Add(await ResumeAsync(Stopwatch.GetTimestamp(), highest));
    }

    /// <summary>Waits until blocks go on; seconds since a moment.</summary>
    /// <exception cref="TortureException">They don't in time.</exception>
    private async Task<double> ResumeAsync(long since, ulong highest)
    {
        while ((_ledger.Highest ?? 0) < highest + BlocksAfter)
        {
            if (Stopwatch.GetElapsedTime(since) > ResumeLimit)
            {
                throw new TortureException($"No block after {(_ledger.Highest ?? 0).ToString(CultureInfo.InvariantCulture)} for {ResumeLimit.TotalSeconds} s.");
            }
            await Task.Delay(LookInterval, CancellationToken.None);
        }
        return Stopwatch.GetElapsedTime(since).TotalSeconds;
    }

    private async Task<int> FindCoordinatorAsync()
    {
        int? found = null;
        await PatientlyAsync(
            AuditLimit,
            async client => found = await _cluster.FindCoordinatorAsync(client) ?? throw new TortureRetryException("No silo has the coordinator."));
        return found ?? throw new TortureException("Nobody has said which silo has the coordinator.");
    }

    /// <summary>Sends what isn't acknowledged, waits until all of it is in blocks, and has everybody asked.</summary>
    private async Task AgreeAsync(ulong from, CancellationToken cancellation)
    {
        await PatientlyAsync(SettleLimit, client => _traffic.SettleAsync(client, cancellation));
        await PatientlyAsync(SettleLimit, client => _audit.DrainAsync(client, SettleLimit));
        foreach (var gateway in _cluster.Gateways)
        {
            await PatientlyAsync(AuditLimit, _audit.RunAsync, gateway);
        }
        await using (var journal = await PostgresDatabase.OpenAsync(new PostgresOptions(_cluster.Database.ConnectionString), cancellation, SchemaRule.Keep))
        {
            foreach (var (number, hash) in _ledger.HashesFrom(from))
            {
                var kept = await journal.Journal.ReadHashAsync(number, cancellation);
                if (kept?.ToString() != hash)
                {
                    throw new TortureException($"Block {number} was told to be {hash}, and the journal has {kept?.ToString() ?? "none"}.");
                }
            }
        }
        if (!_options.Verifies)
        {
            return;
        }
        await using var verify = TorturedNode.Start(["verify", "--json"], database: _cluster.Database.ConnectionString);
        if (await verify.WaitAsync(VerifyLimit) is not 0 and var code)
        {
            throw new TortureException($"grid verify ended with {code?.ToString(CultureInfo.InvariantCulture) ?? "nothing in time"}. It said:\n{verify.Output}");
        }
        _verified++;
    }

    /// <summary>Asks one gateway after the other until one answers: what was killed may have to say "not now" for a moment, or not have heard of the last blocks.</summary>
    private async Task PatientlyAsync(TimeSpan limit, Func<TortureClient, Task> ask, TorturedGateway? only = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var gateway = only ?? _cluster.Gateways[_turn++ % _cluster.Gateways.Count];
            try
            {
                await ask(gateway.Client);
                return;
            }
            catch (Exception error) when (IsTransient(error, gateway) && Stopwatch.GetElapsedTime(started) < limit)
            {
                await Task.Delay(RetryPause, CancellationToken.None);
            }
        }
    }

    private static bool IsTransient(Exception error, TorturedGateway gateway) =>
        error is TortureRetryException or TortureMissingException || (error is TortureCutException && gateway.MayCut);

    /// <summary>Another gateway than one that is gone.</summary>
    /// <exception cref="TortureException">It isn't gone: it left a request without an answer.</exception>
    private TortureClient Next(TortureClient gone, TortureCutException cut)
    {
        var index = _cluster.Gateways.ToList().FindIndex(gateway => gateway.Client == gone);
        return _cluster.Gateways[index].MayCut
            ? _cluster.Gateways[(index + 1) % _cluster.Gateways.Count].Client
            : throw new TortureException($"A gateway that wasn't killed left a request without an answer: {cut.Message}");
    }

    private async Task LookAsync(TorturedGateway gateway, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                _ledger.See(await gateway.Client.GetHeadAsync());
            }
            catch (TortureRetryException)
            {
                // Not now.
            }
            catch (TortureCutException) when (gateway.MayCut)
            {
                // It is gone, and comes again.
            }
            await Task.Delay(LookInterval, CancellationToken.None);
        }
    }

    private static double Median(List<double> values) => values.Count == 0 ? 0 : Math.Round(values.Order().ElementAt(values.Count / 2), 1);

    private static double Max(List<double> values) => values.Count == 0 ? 0 : Math.Round(values.Max(), 1);
}
