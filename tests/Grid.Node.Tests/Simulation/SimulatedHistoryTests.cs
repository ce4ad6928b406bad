using Grid.Node.Simulation;
using Grid.Node.Simulation.Runtime;
using Grid.Primitives;
using Grid.Storage;

namespace Grid.Node.Tests.Simulation;

/// <summary>The commit protocol in seeded worlds, and defects that the simulator must find in them.</summary>
public sealed class SimulatedHistoryTests
{
    private const ulong SeedsMax = 200;

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

    [Fact]
    public void AJournalWithoutFencingIsFound() => AssertFound(
        new SimulationDefects { Journal = (journal, _) => new UnfencedJournal(journal) }, Trouble.Exiles | Trouble.Freezes | Trouble.Lateness);

    [Fact]
    public void AnAcknowledgementBeforeThePoolWriteIsFound() => AssertFound(
        new SimulationDefects { Journal = (journal, _) => new ForgetfulJournal(journal) }, Trouble.Crashes);

    private static void AssertFound(SimulationDefects defects, Trouble trouble)
    {
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            if (SimulatedHistory.Run(seed, defects, trouble).Violation is not null)
            {
                return;
            }
        }
        Assert.Fail($"The defect wasn't found in {SeedsMax} histories.");
    }

    private abstract class Defective(IJournal journal) : IJournal
    {
        protected IJournal Journal => journal;

        public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => journal.ReadChainAsync(cancellation);

        public ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default) => journal.WriteChainAsync(chain, cancellation);

        public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => journal.ReadHeadAsync(cancellation);

        public virtual ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) => journal.TakeFencingNumberAsync(cancellation);

        public virtual ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default) =>
            journal.AppendAsync(block, fencingNumber, cancellation);

        public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => journal.ReadBlockAsync(number, cancellation);

        public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => journal.ReadHashAsync(number, cancellation);

        public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => journal.FindBlockAsync(hash, cancellation);

        public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) =>
            journal.FindTransactionAsync(hash, cancellation);

        public virtual ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default) =>
            journal.UpdatePoolAsync(admitted, removed, cancellation);

        public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => journal.ReadPoolAsync(cancellation);
    }

    /// <summary>Takes every fencing number for the last one.</summary>
    private sealed class UnfencedJournal(IJournal journal) : Defective(journal)
    {
        private ulong _last;

        public override async ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) =>
            _last = await Journal.TakeFencingNumberAsync(cancellation);

        public override ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default) =>
            Journal.AppendAsync(block, Math.Max(_last, fencingNumber), cancellation);
    }

    /// <summary>Answers that admissions are durable, and doesn't keep them.</summary>
    private sealed class ForgetfulJournal(IJournal journal) : Defective(journal)
    {
        public override ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default) =>
            Journal.UpdatePoolAsync([], removed, cancellation);
    }
}
