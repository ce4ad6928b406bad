using Grid.Node.Simulation;
using Grid.Node.Simulation.Runtime;

namespace Grid.Node.Tests.Simulation;

/// <summary>Defects that the simulator must find, each within some histories of the trouble that brings it out.</summary>
public sealed class DefectTests
{
    private const ulong SeedsMax = 200;

    /// <summary>A stale epoch shows in four histories of 1,200: which ones changes with every message more or less. So looking begins shortly before one where it showed.</summary>
    private const ulong SeedsMaxOfStaleEpoch = 1_500, FirstSeedOfStaleEpoch = 250;

    [Fact]
    public void AnAppendThatIgnoresTheFencingNumberIsFound() => AssertFound(
        new SimulationDefects { Journal = static (journal, _) => new UnfencedJournal(journal) }, Trouble.Exiles | Trouble.Freezes | Trouble.Lateness);

    [Fact]
    public void AnAdmissionThatIsNeverWrittenIsFound() => AssertFound(
        new SimulationDefects { Journal = static (journal, _) => new ForgetfulJournal(journal) }, Trouble.Crashes);

    [Fact]
    public void AnAcknowledgementBeforeTheAdmissionIsDurableIsFound() => AssertFound(
        new SimulationDefects { SiloJournal = static journal => new HastyPoolJournal(journal) }, Trouble.Outages | Trouble.Crashes | Trouble.LostAnswers);

    [Fact]
    public void ABlockThatIsShownBeforeItIsDurableIsFound() => AssertFound(
        new SimulationDefects { SiloJournal = static journal => new HastyBlockJournal(journal) }, Trouble.None);

    [Fact]
    public void ACoordinatorThatTakesARefusedAppendForACommitIsFound() => AssertFound(
        new SimulationDefects { SiloJournal = static journal => new CredulousJournal(journal) }, Trouble.Exiles | Trouble.Freezes | Trouble.Lateness | Trouble.Duplicates);

    [Fact]
    public void ACoordinatorThatKeepsAStaleEpochIsFound() => AssertFound(
        new SimulationDefects { SiloJournal = static journal => new StaleEpochJournal(journal) }, Trouble.Exiles | Trouble.Freezes | Trouble.Duplicates | Trouble.Lateness, SeedsMaxOfStaleEpoch, FirstSeedOfStaleEpoch);

    [Fact]
    public void AShardThatIgnoresTheExpectedRootIsFound() => AssertFound(
        new SimulationDefects { Shard = typeof(CarelessShard) }, Trouble.Outages | Trouble.LostAnswers);

    private static void AssertFound(SimulationDefects defects, Trouble trouble, ulong seedsMax = SeedsMax, ulong first = 1)
    {
        for (var seed = first; seed < first + seedsMax; seed++)
        {
            if (SimulatedHistory.Run(seed, defects, trouble).Violation is { } violation)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"history {seed}: {violation}");
                return;
            }
        }
        Assert.Fail($"The defect wasn't found in {seedsMax} histories.");
    }
}
