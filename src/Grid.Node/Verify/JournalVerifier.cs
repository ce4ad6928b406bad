using System.Threading.Channels;
using Grid.Chain;
using Grid.Execution.Import;
using Grid.Grains.Snapshots;
using Grid.State;
using Grid.Storage;

namespace Grid.Node.Verify;

/// <summary>Something that isn't what it must be.</summary>
/// <param name="Number">The block at which it shows.</param>
public sealed record VerifyFinding(ulong Number, string Detail);

/// <summary>What executing a journal again came to.</summary>
/// <param name="Blocks">Blocks that were executed, the genesis block not among them.</param>
/// <param name="Finding">The first block, by height, that isn't what execution gives; null where all are.</param>
public sealed record JournalVerdict(int Blocks, long Transactions, long GasUsed, VerifyFinding? Finding);

/// <summary>
/// Executes a journal's blocks again from the genesis state, one transaction after the other, and compares all that the journal says of them. One task
/// goes ahead with the blocks' deltas, which must lead to each header's state root, and hands out the states from which the
/// others execute runs of blocks.
/// </summary>
/// <remarks>Safe because states are immutable, each run has an executor of its own, and what they come to is added up under a lock.</remarks>
public sealed class JournalVerifier(IJournal journal, Genesis genesis, int threads)
{
    private const int BlocksPerRange = 64;

    private readonly Lock _lock = new();
    private int _blocks;
    private long _transactions, _gasUsed;
    private VerifyFinding? _finding;

    private sealed record Run(ulong First, ulong Last, ImportParent Parent, WorldTrie State);

    /// <param name="onBlock">Told of each block that was executed.</param>
    public async Task<JournalVerdict> RunAsync(Action<int>? onBlock, CancellationToken cancellation)
    {
        var runs = Channel.CreateBounded<Run>(threads);
        var workers = Enumerable.Range(0, threads).Select(_ => Task.Run(() => ExecuteRunsAsync(runs.Reader, onBlock, cancellation), cancellation)).ToArray();
        try
        {
            await Task.Run(() => GoAheadAsync(runs.Writer, cancellation), cancellation);
        }
        finally
        {
            runs.Writer.TryComplete();
            await Task.WhenAll(workers);
        }
        return new JournalVerdict(_blocks, _transactions, _gasUsed, _finding);
    }

    private async Task GoAheadAsync(ChannelWriter<Run> runs, CancellationToken cancellation)
    {
        var head = await journal.ReadHeadAsync(cancellation) ?? throw new StorageException(StorageError.Incompatible, "there is no chain");
        var state = WorldTrie.Empty().Apply(genesis.ToAccountChanges(), threads);
        var header = genesis.ToHeader(state.Root);
        var totalDifficulty = header.Difficulty;
        if (await journal.ReadHashAsync(0, cancellation) is var first && first != header.Hash)
        {
            Find(0, $"is {first}, but the genesis makes {header.Hash}");
            return;
        }
        for (ulong number = 1; number <= head.Number && IsGood; number++)
        {
            if (number % BlocksPerRange == 1)
            {
                await runs.WriteAsync(new Run(number, Math.Min(head.Number, number + BlocksPerRange - 1), new ImportParent(header, totalDifficulty), state), cancellation);
            }
            if (await journal.ReadBlockAsync(number, cancellation) is not { } stored || !Block.TryDecode(stored.Block.Span, out var block, out _))
            {
                Find(number, "isn't there, or can't be read");
                return;
            }
            state = state.Apply(BlockAccessList.Decode(stored.AccessList.Span).ToAccountChanges());
            header = block.Header;
            totalDifficulty += header.Difficulty;
            if (state.Root != header.StateRoot)
            {
                Find(number, $"has the state root {header.StateRoot}, but its delta makes {state.Root}");
                return;
            }
        }
        if (IsGood && header.Hash != head.Hash)
        {
            Find(head.Number, $"is {header.Hash}, but the journal's head says {head.Hash}");
        }
    }

    private async Task ExecuteRunsAsync(ChannelReader<Run> runs, Action<int>? onBlock, CancellationToken cancellation)
    {
        await foreach (var run in runs.ReadAllAsync(cancellation))
        {
            var range = new VerifiedRange(genesis.Spec, journal, run.Parent, run.State, await BlockHashWindow.ReadAsync(journal, run.First - 1));
            for (var number = run.First; number <= run.Last && IsGood; number++)
            {
                cancellation.ThrowIfCancellationRequested();
                var error = await journal.ReadBlockAsync(number, cancellation) is { } stored ? await range.VerifyAsync(stored) : "isn't there";
                if (error is not null)
                {
                    Find(number, error);
                    break;
                }
                Count(range.Last);
                onBlock?.Invoke(1);
            }
        }
    }

    private bool IsGood
    {
        get
        {
            lock (_lock)
            {
                return _finding is null;
            }
        }
    }

    private void Find(ulong number, string detail)
    {
        lock (_lock)
        {
            if (_finding is null || number < _finding.Number)
            {
                _finding = new VerifyFinding(number, detail);
            }
        }
    }

    private void Count(Execution.BlockExecution execution)
    {
        lock (_lock)
        {
            _blocks++;
            _transactions += execution.Transactions.Length;
            _gasUsed += (long)execution.Environment.Header.GasUsed;
        }
    }
}
