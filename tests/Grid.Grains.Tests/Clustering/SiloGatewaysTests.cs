using System.Net;
using System.Reflection;
using Grid.Grains.Clustering;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans;
using Orleans.Runtime;

namespace Grid.Grains.Tests.Clustering;

/// <summary>Which silos a client is given to ask, by what the cluster told of them; and that questions end which wait for one that was lost.</summary>
public sealed class SiloGatewaysTests
{
    private const int SiloPort = 20_000;

    // Silos are named by the port where they listen for gateways.
    private const int A = 30_000, B = 30_001, C = 30_002, Elsewhere = 40_000;

    private readonly WaitingQuestions _waiting = new();
    private readonly SiloGateways _gateways;

    public SiloGatewaysTests() => _gateways = new SiloGateways([.. new[] { A, B, C }.Select(port => new DnsEndPoint("127.0.0.1", port))], _waiting, NullLogger<SiloGateways>.Instance);

    [Fact]
    public Task All_are_asked_while_nothing_is_known() => AskedAsync(A, B, C);

    [Fact]
    public async Task Who_is_dead_is_left_out_whether_it_was_lost_or_left()
    {
        await KnowAsync(Live(A), Lost(B), Live(C));
        await AskedAsync(A, C);
        await KnowAsync(Live(A), Lost(B), Left(C));
        await AskedAsync(A);
    }

    [Fact]
    public async Task Who_joins_or_leaves_or_was_never_told_of_is_asked()
    {
        await KnowAsync(Live(A), Member(B, 1, SiloStatus.Joining));
        await AskedAsync(A, B, C);
        await KnowAsync(Live(A), Member(B, 1, SiloStatus.ShuttingDown));
        await AskedAsync(A, B, C);
    }

    [Fact]
    public async Task All_are_asked_where_none_of_them_is_known_to_live()
    {
        await KnowAsync(Lost(A), Lost(B), Left(C));
        await AskedAsync(A, B, C);
        // They may have other names here, as behind a translation of addresses.
        await KnowAsync(Lost(A), Live(Elsewhere));
        await AskedAsync(A, B, C);
    }

    [Fact]
    public async Task A_silo_that_started_again_at_its_place_is_asked_again()
    {
        await KnowAsync(Live(A), Lost(B), Live(C));
        await KnowAsync(Live(A), Lost(B), Member(B, 2, SiloStatus.Joining), Live(C));
        await AskedAsync(A, B, C);
        await KnowAsync(Live(A), Lost(B), Member(B, 2, SiloStatus.Active), Live(C));
        await AskedAsync(A, B, C);
    }

    [Fact]
    public async Task Who_was_dead_stays_so_when_its_entry_is_cleaned_up_but_not_when_nobody_tells_any_more()
    {
        await KnowAsync(Live(A), Lost(B), Live(C));
        await KnowAsync(Live(A), Live(C));
        await AskedAsync(A, C);
        _gateways.Forget();
        await AskedAsync(A, B, C);
    }

    [Fact]
    public void Places_that_nobody_asks_for_are_not_kept()
    {
        var known = KnownSilos.None.After([Lost(Elsewhere), Lost(B), Live(A)], [new IPEndPoint(IPAddress.Loopback, A), new IPEndPoint(IPAddress.Loopback, B)]);
        Assert.Equal([B], known.Dead.Select(place => place.Port));
        Assert.Equal([A], known.Live.Select(place => place.Port));
    }

    [Fact]
    public async Task Questions_that_wait_end_when_a_lost_silo_was_left_out_and_later_ones_go_on()
    {
        await KnowAsync(Live(A), Live(B), Live(C));
        await PortsAsync();
        var (early, late) = (Question.Create(), Question.Create());
        var waits = _waiting.Invoke(early);
        await KnowAsync(Live(A), Lost(B), Live(C));
        Assert.False(waits.IsCompleted);
        // Orleans' client closes the connection after this, and asks next time.
        await PortsAsync();
        Assert.False(waits.IsCompleted);
        await PortsAsync();
        await Assert.ThrowsAsync<SiloUnavailableException>(() => waits);

        var goesOn = _waiting.Invoke(late);
        await PortsAsync();
        await PortsAsync();
        Assert.False(goesOn.IsCompleted);
        ((Question)late).Answer.SetResult();
        await goesOn;
    }

    [Fact]
    public async Task Questions_wait_on_when_a_silo_leaves_by_itself()
    {
        await KnowAsync(Live(A), Live(B), Live(C));
        await PortsAsync();
        var question = Question.Create();
        var waits = _waiting.Invoke(question);
        await KnowAsync(Live(A), Left(B), Live(C));
        await AskedAsync(A, C);
        await PortsAsync();
        Assert.False(waits.IsCompleted);
        ((Question)question).Answer.SetResult();
        await waits;
    }

    [Fact]
    public async Task Questions_wait_on_when_a_silo_leaves_that_another_one_had_suspected_before()
    {
        var suspects = Live(C).SiloAddress;
        await KnowAsync(Live(A), Voted(Live(B), suspects), Live(C));
        await PortsAsync();
        var waits = _waiting.Invoke(Question.Create());
        await KnowAsync(Live(A), Voted(Left(B), suspects, Live(B).SiloAddress), Live(C));
        await AskedAsync(A, C);
        await PortsAsync();
        Assert.False(waits.IsCompleted);
    }

    [Fact]
    public async Task Questions_wait_on_when_a_silo_leaves_at_whose_place_another_one_was_lost_before()
    {
        await KnowAsync(Live(A), Lost(B), Member(B, 2, SiloStatus.Active), Live(C));
        await PortsAsync();
        var waits = _waiting.Invoke(Question.Create());
        await KnowAsync(Live(A), Lost(B), Left(B, 2), Live(C));
        await AskedAsync(A, C);
        await PortsAsync();
        Assert.False(waits.IsCompleted);
    }

    private async Task AskedAsync(params int[] ports) => Assert.Equal(ports, await PortsAsync());

    private async Task<int[]> PortsAsync() => [.. (await _gateways.GetGateways()).Select(gateway => gateway.Port)];

    /// <summary>Tells a membership, after the names were resolved: what isn't asked for isn't kept.</summary>
    private async Task KnowAsync(params MembershipEntry[] members)
    {
        if ((await PortsAsync()).Length > 0)
        {
            _gateways.Learn(members);
        }
    }

    private static MembershipEntry Live(int port) => Member(port, 1, SiloStatus.Active);

    /// <summary>By itself: it has voted for that.</summary>
    private static MembershipEntry Left(int port, int generation = 1)
    {
        var silo = Member(port, generation, SiloStatus.Dead);
        return Voted(silo, silo.SiloAddress);
    }

    /// <summary>Declared dead by another one.</summary>
    private static MembershipEntry Lost(int port) => Voted(Member(port, 1, SiloStatus.Dead), Live(Elsewhere).SiloAddress);

    private static MembershipEntry Voted(MembershipEntry silo, params SiloAddress[] voters)
    {
        silo.SuspectTimes = [.. voters.Select(voter => Tuple.Create(voter, DateTime.UnixEpoch))];
        return silo;
    }

    private static MembershipEntry Member(int port, int generation, SiloStatus status) => new()
    {
        SiloAddress = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, SiloPort + port), generation),
        ProxyPort = port,
        Status = status,
    };

    /// <summary>A call that is answered when the test says so.</summary>
    private class Question : DispatchProxy
    {
        public TaskCompletionSource Answer { get; } = new();

        public static IOutgoingGrainCallContext Create() => DispatchProxy.Create<IOutgoingGrainCallContext, Question>();

        protected override object? Invoke(MethodInfo? method, object?[]? arguments) => method!.Name == nameof(IOutgoingGrainCallContext.Invoke) ? Answer.Task : null;
    }
}
