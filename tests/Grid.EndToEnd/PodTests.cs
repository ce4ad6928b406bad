using System.Diagnostics;
using Grid.Testing;
using Npgsql;

namespace Grid.EndToEnd;

/// <summary>Silos of `--kubernetes` as processes, over PostgreSQL and a Kubernetes API that the test plays: which pods there are decides which silos are alive.</summary>
public sealed class PodTests : IAsyncLifetime
{
    /// <summary>Orleans' SiloStatus.</summary>
    private const int Active = 3, Dead = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<NodeProcess> _silos = [];
    private PostgresServer _server = null!;
    private FakeKubernetes _api = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgresServer.IsInstalled, PostgresServer.Missing);
        _server = await PostgresServer.StartAsync();
        _api = await FakeKubernetes.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
        {
            await silo.DisposeAsync();
        }
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact, Trait("Length", "Long")]
    public async Task A_silo_goes_by_its_pod()
    {
        await JoinAsync("grid-silo-0", "--create-schema");
        await HasStatesAsync("grid-silo-0", Active);

        // None of these is ill: no probe would find one dead.
        var second = await JoinAsync("grid-silo-1");
        await DeleteAsync("grid-silo-1", second, [Dead]);
        // The pod of that name that follows has another address, and a membership that still lists the one before.
        var third = await JoinAsync("grid-silo-1");
        await HasStatesAsync("grid-silo-1", Active, Dead);
        await DeleteAsync("grid-silo-1", third, [Dead, Dead]);

        // Whose pod went while nobody looked is dead when its successor joins, or any other.
        var fourth = await JoinAsync("grid-silo-2");
        await JoinAsync("grid-silo-2");
        await DiesAsync("grid-silo-2", fourth, [Active, Dead]);
        var podless = Start([], []);
        await podless.ReadyAsync();
        await HasStatesAsync("127.0.0.1:%", Active);
        await JoinAsync("grid-silo-3");
        await DiesAsync("127.0.0.1:%", podless, [Dead]);
        await HasStatesAsync("grid-silo-0", Active);
        await HasStatesAsync("grid-silo-2", Active, Dead);
        await HasStatesAsync("grid-silo-3", Active);

        // No more than the role of deploy/kubernetes has.
        Assert.Equal(["get", "list", "watch"], _api.Verbs.Keys.Order());
    }

    [Fact]
    public async Task What_the_api_does_not_know_or_allow_is_refused()
    {
        _api.Create("of-another", "orleans/serviceId=grid,orleans/clusterId=other");
        _api.Create("grid-silo-0");
        Assert.Contains("orleans/clusterId=grid", await RefusedAsync(2, Variables("of-another")), StringComparison.Ordinal);
        Assert.Contains("knows no such pod", await RefusedAsync(2, Variables("grid-silo-9")), StringComparison.Ordinal);
        Assert.Contains("may not get and list pods", await RefusedAsync(2, Variables("grid-silo-0", _api.WriteConfig(isLetIn: false))), StringComparison.Ordinal);
        Assert.Contains("no way to the Kubernetes API", await RefusedAsync(2, Variables("grid-silo-0", Path.Combine(Path.GetTempPath(), "nothing-here"))), StringComparison.Ordinal);
        Assert.Contains("can't be reached", await RefusedAsync(1, Variables("grid-silo-0", _api.WriteConfig(url: "http://127.0.0.1:1"))), StringComparison.Ordinal);
    }

    /// <summary>Deletes a living silo's pod, and waits until another silo has declared it dead.</summary>
    private async Task DeleteAsync(string pod, NodeProcess silo, int[] after)
    {
        // Who watches does so since it learned that it is a member.
        await silo.PollAsync("somebody watches", Patience, () => Task.FromResult(_api.Verbs.ContainsKey("watch")));
        var watch = Stopwatch.StartNew();
        _api.Delete(pod);
        await DiesAsync(pod, silo, after);
        TestContext.Current.TestOutputHelper?.WriteLine($"{pod}: dead {watch.ElapsedMilliseconds} ms after its pod was deleted");
    }

    /// <summary>Waits until a silo is dead to the others while it runs, and ends it. It learns that itself when it reads the membership, a minute later at most.</summary>
    private async Task DiesAsync(string name, NodeProcess silo, int[] after)
    {
        await silo.PollAsync($"{name} is dead", Patience, async () => (await StatesAsync(name)).SequenceEqual(after));
        _silos.Remove(silo);
        await silo.DisposeAsync();
    }

    private async Task<NodeProcess> JoinAsync(string pod, params string[] options)
    {
        _api.Create(pod);
        var silo = Start(Variables(pod), ["--kubernetes", .. options]);
        await silo.ReadyAsync();
        return silo;
    }

    private async Task<string> RefusedAsync(int exitCode, KeyValuePair<string, string>[] variables)
    {
        var outcome = await Start(variables, ["--kubernetes"]).WaitAsync();
        Assert.True(outcome.ExitCode == exitCode, outcome.All);
        return outcome.Error;
    }

    private KeyValuePair<string, string>[] Variables(string pod, string? config = null) =>
    [
        KeyValuePair.Create("POD_NAME", pod), KeyValuePair.Create("POD_NAMESPACE", FakeKubernetes.Namespace), KeyValuePair.Create("POD_IP", "192.0.2.7"),
        KeyValuePair.Create("ORLEANS_CLUSTER_ID", "another"), KeyValuePair.Create("KUBECONFIG", config ?? _api.WriteConfig()),
    ];

    private NodeProcess Start(KeyValuePair<string, string>[] variables, string[] options)
    {
        var silo = NodeProcess.StartRoleWith(
            "silo", NodeProcess.FreePort(), [KeyValuePair.Create("GRID_DATABASE", _server.ConnectionString), .. variables],
            ["--silo", $"127.0.0.1:{NodeProcess.FreePort()}", "--silo-gateway", $"{NodeProcess.FreePort()}", .. options]);
        _silos.Add(silo);
        return silo;
    }

    private async Task HasStatesAsync(string name, params int[] states) => Assert.Equal(states, await StatesAsync(name));

    /// <summary>The states of all silos whose names are like that, those that live first. The variables' cluster and address are none of theirs.</summary>
    private async Task<int[]> StatesAsync(string name)
    {
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString);
        await using var command = source.CreateCommand("select status from grid_orleans.membership where cluster_id = 'grid' and address = '127.0.0.1' and silo_name like $1 order by status");
        command.Parameters.AddWithValue(name);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        var states = new List<int>();
        while (await reader.ReadAsync(Cancellation))
        {
            states.Add(reader.GetInt32(0));
        }
        return [.. states];
    }
}
