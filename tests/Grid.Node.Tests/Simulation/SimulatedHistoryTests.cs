using Grid.Node.Simulation;

namespace Grid.Node.Tests.Simulation;

/// <summary>The commit protocol in seeded worlds.</summary>
public sealed class SimulatedHistoryTests
{
    [Fact]
    public void AllHoldsInHistoriesWithTrouble()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var result = SimulatedHistory.Run(seed);
            Assert.True(result.Violation is null, $"seed {seed}: {result.Violation}");
        }
    }

    [Fact]
    public void TheSameSeedGivesTheSameTrace()
    {
        var first = SimulatedHistory.Run(7, only: Trouble.All);
        Assert.Equal(first, SimulatedHistory.Run(7, only: Trouble.All));
        Assert.NotEqual(first.TraceHash, SimulatedHistory.Run(8, only: Trouble.All).TraceHash);
    }
}
