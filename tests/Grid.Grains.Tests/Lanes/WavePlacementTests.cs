using Grid.Execution;
using Grid.Execution.Waves;
using Grid.Grains.Lanes.Guests;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Tests.Lanes;

/// <summary>Which silo executes which batch.</summary>
public sealed class WavePlacementTests
{
    private const ulong Heavy = 50_000_000, Light = 21_000;

    [Fact]
    public void Work_goes_where_its_state_is()
    {
        LaneWork[] wave = [Batch(Heavy, site: 0), Batch(Heavy, site: 1), Batch(Heavy, site: 2)];
        Assert.Equal([0, 1, 2], WavePlacement.Place(wave, 3, own: 1, lanes: 1, new PlacementCosts()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_silo_with_all_of_the_state_is_helped(int site)
    {
        LaneWork[] wave = [.. Enumerable.Range(0, 8).Select(_ => Batch(Heavy, site))];
        var places = WavePlacement.Place(wave, 2, own: 0, lanes: 1, new PlacementCosts());
        Assert.InRange(places.Count(place => place == 0), 3, 5);
    }

    [Fact]
    public void What_takes_less_than_a_message_stays()
    {
        LaneWork[] wave = [Batch(Light, site: 0), Batch(Light, site: 0)];
        Assert.Equal([0, 0], WavePlacement.Place(wave, 2, own: 0, lanes: 1, new PlacementCosts()));
    }

    [Fact]
    public void What_can_not_be_sent_stays()
    {
        LaneWork[] wave = [new(new Unsendable(), 0), Batch(Heavy, site: 1)];
        Assert.Equal([0, 1], WavePlacement.Place(wave, 2, own: 0, lanes: 1, new PlacementCosts()));
    }

    private static LaneWork Batch(ulong gas, int site) => new(new Sendable(), gas, Site: site);

    private class Unsendable : IResumable
    {
        public IReadOnlyCollection<StateMiss> Misses => [];

        public ExecutionStatus Run() => ExecutionStatus.Complete;

        public void Continue(IStateReader reader)
        {
        }
    }

    private sealed class Sendable : Unsendable, ISendable
    {
        public int[] Members { get; } = [0];

        public void Adopt(ReadOnlySpan<byte> outcome)
        {
        }
    }
}
