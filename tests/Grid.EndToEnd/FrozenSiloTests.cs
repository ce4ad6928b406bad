using Grid.Client;

namespace Grid.EndToEnd;

/// <summary>A silo that stands still without dying keeps its connections. Once the others have declared it dead, gateways ask them, and nothing waits for it.</summary>
public sealed class FrozenSiloTests : IAsyncLifetime
{
    private const int Silos = 3, Questions = 50, GatewaysMax = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ClusterTransfers _transfers = new();
    private ClusterProcesses _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs a system on which a process can be stopped and go on.");
        _cluster = await ClusterProcesses.StartAsync(Silos);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact, Trait("Length", "Long")]
    public async Task Gateways_ask_the_other_silos_once_one_that_stands_still_was_declared_dead()
    {
        await _cluster.StartSilo(0, "--create-schema").ReadyAsync();
        var gateway = _cluster.StartGateway();
        await gateway.ReadyAsync();
        await _cluster.StartSilo(1).ReadyAsync();
        await _cluster.StartSilo(2).ReadyAsync();
        await _transfers.SubmitAsync(gateway);
        // There was no other one when they were first needed.
        Assert.Equal((0, 0), (await CoordinatorAsync(gateway), await ReaderAsync(gateway)));
        await FreezeAsync(0, gateway);
        await _cluster.StartSilo(0).ReadyAsync();

        var coordinator = await CoordinatorAsync(gateway);
        var (other, reader) = await GatewayBesideAsync(coordinator);
        await FreezeAsync(reader, other);
        await AnsweredAsync(gateway);

        // Only one is left, of those that stood still and were started again.
        await _cluster.StartSilo(reader).ReadyAsync();
        foreach (var number in Enumerable.Range(0, Silos).Where(number => number != reader))
        {
            Assert.Equal(0, (await _cluster.StopSiloAsync(number)).ExitCode);
        }
        await _transfers.SubmitAsync(gateway);
        await _transfers.IncludedAsync(gateway);
        await AnsweredAsync(gateway);
        await _transfers.IncludedOnceAsync(gateway);
    }

    /// <summary>Stops a silo through which a gateway reads, and kills it when the cluster was seen to go on without.</summary>
    private async Task FreezeAsync(int number, NodeProcess gateway)
    {
        _cluster.FreezeSilo(number);
        await gateway.PollAsync("the cluster has declared the silo dead", Patience, async () => await QuestionAsync(gateway) && await IsLeftOutAsync(number, gateway));
        await _transfers.SubmitAsync(gateway);
        await _transfers.IncludedAsync(gateway);
        await AnsweredAsync(gateway);
        await _cluster.KillSiloAsync(number);
        await AnsweredAsync(gateway);
    }

    /// <summary>Whether a question is answered; where it isn't, the answer must be that asking again is safe.</summary>
    private static async Task<bool> QuestionAsync(NodeProcess gateway)
    {
        var answer = await gateway.PostAsync(new { jsonrpc = "2.0", id = 1, method = "eth_blockNumber", @params = Array.Empty<object>() });
        if (answer.TryGetProperty("error", out var error))
        {
            Assert.Equal(-32002, error.GetProperty("code").GetInt32());
            return false;
        }
        return true;
    }

    private async Task<bool> IsLeftOutAsync(int number, NodeProcess gateway)
    {
        try
        {
            var report = await gateway.Client.GetGrainsAsync();
            return report.Silos.All(silo => _cluster.NumberOf(silo) != number) && gateway.Output.Contains("nothing is asked through them", StringComparison.Ordinal);
        }
        catch (GridException refusal) when (refusal.Problem.Status == 503)
        {
            return false;
        }
    }

    /// <summary>Many questions in a row, none of which may fail: one that waited for a silo that stands still would time out, and say so.</summary>
    private static async Task AnsweredAsync(NodeProcess gateway)
    {
        for (var i = 0; i < Questions; i++)
        {
            Assert.True(ChainView.Number(await gateway.CallAsync("eth_blockNumber")) > 0);
            Assert.True(await ChainView.BalanceAsync(gateway, Wallet.AddressOf(i % Wallet.Accounts).ToString()) > 0);
        }
    }

    private async Task<int> CoordinatorAsync(NodeProcess gateway)
    {
        int? coordinator = null;
        await gateway.PollAsync("a silo has the coordinator", Patience, async () => (coordinator = await _cluster.FindCoordinatorAsync(gateway)) is not null);
        return coordinator!.Value;
    }

    /// <summary>A gateway that reads through another silo than one, and which silo that is. By what silo a gateway reads, chance decides when it starts.</summary>
    private async Task<(NodeProcess Gateway, int Reader)> GatewayBesideAsync(int number)
    {
        for (var i = 0; i < GatewaysMax; i++)
        {
            var gateway = _cluster.StartGateway();
            await gateway.ReadyAsync();
            if (await ReaderAsync(gateway) is var reader && reader != number)
            {
                return (gateway, reader);
            }
        }
        throw new InvalidOperationException($"{GatewaysMax} gateways all read through silo {number}.");
    }

    /// <summary>The silo through which a gateway reads: on that one, more questions were answered.</summary>
    private async Task<int> ReaderAsync(NodeProcess gateway)
    {
        var before = await ReadsAsync(gateway, 0);
        for (var i = 0; i < Questions; i++)
        {
            await gateway.CallAsync("eth_blockNumber");
        }
        var after = await ReadsAsync(gateway, before.UnixMs);
        return Enumerable.Range(0, Silos).MaxBy(number => Of(after, number) - Of(before, number));

        long Of(GrainsInfo report, int number) => report.Silos.Where(silo => _cluster.NumberOf(silo) == number)
            .SelectMany(silo => silo.GrainTypes).Where(type => type.GrainType == "ChainReaderGrain").Sum(type => type.Turns);
    }

    /// <summary>A report that was made after another one: who asks soon again is given the same.</summary>
    private static async Task<GrainsInfo> ReadsAsync(NodeProcess gateway, long afterUnixMs)
    {
        GrainsInfo report = null!;
        await gateway.PollAsync("there is a new report", Patience, async () => (report = await gateway.Client.GetGrainsAsync()).UnixMs > afterUnixMs);
        return report;
    }
}
