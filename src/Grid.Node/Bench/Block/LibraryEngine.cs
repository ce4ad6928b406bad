using System.Diagnostics;
using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Profiles;
using Grid.Execution.Waves;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Grid.Storage;
using Grid.Storage.Memory;

namespace Grid.Node.Bench.Block;

/// <summary>Execution over tries in memory, without grains: with one lane the sequential executor, which the grid is measured against.</summary>
/// <param name="lanes">Threads that apply the changes to the tries, hash and encode; execution has one.</param>
/// <param name="profilesMax">Contracts whose calls are learned; null for the preset.</param>
public sealed class LibraryEngine(BlockWorkload workload, int lanes, int? profilesMax = null) : IBlockEngine
{
    private static readonly EncodedBody Nothing = new(
        new BodyRoots(Keccak256.OfEmptyString, Keccak256.OfEmptyString, Bloom.Empty), EncodedList.Of([]).Bytes, EncodedReceipts.Of([]).List.Bytes, BlockAccessList.Empty.Encode(), [], []);

    private readonly WorldTrie _state = WorldTrie.Empty().Apply(workload.Genesis.ToAccountChanges());
    private readonly ExecutionMemoryPool _memories = new(64);
    private readonly ProfileTable _profiles = profilesMax is { } max ? new ProfileTable(max) : new ProfileTable();

    public string Name => "library";

    public async Task<BlockRun> RunAsync(Transaction[] transactions, CancellationToken cancellation)
    {
        var genesis = workload.Genesis.ToHeader(_state.Root);
        var journal = new MemoryJournal();
        var fencingNumber = await journal.TakeFencingNumberAsync(cancellation);
        await AppendAsync(journal, new Chain.Block(genesis, [], [], []), Nothing, fencingNumber, cancellation);
        var environment = BlockEnvironment.Next(workload.Genesis.Spec, genesis, workload.Attributes, new ParentHash(genesis));

        var started = Stopwatch.GetTimestamp();
        var execution = new ParallelExecution(
            environment, ExecutionMode.Build, transactions, _state, _profiles.ForBlock(), new ParallelSettings { Lanes = lanes }, _memories);
        var stages = Execute(execution);
        var result = execution.Result ?? throw new InvalidOperationException($"A block that is made can't be invalid: {execution.Error}");
        var executed = Stopwatch.GetTimestamp();
        var clock = new ApplyClock();
        var after = _state.Apply(result.AccessList.ToAccountChanges(lanes), lanes, clock.OnStep);
        var applied = Stopwatch.GetTimestamp();
        var body = EncodedBody.Of(result, lanes);
        var block = BlockSealer.Seal(result, after.Root, body.Roots);
        await AppendAsync(journal, block, body, fencingNumber, cancellation);
        var ended = Stopwatch.GetTimestamp();

        // Learning is beside the blocks, in the grid as well.
        _profiles.Learn(execution.Observe());
        execution.Release();
        return new BlockRun(block.Header, block.Transactions.Length, new BlockTimes(
            stages.PlanMs, stages.ExecuteMs, stages.ValidateMs, Ms(executed, applied) - clock.HashingMs, clock.HashingMs, Ms(applied, ended), Ms(started, ended)))
        {
            Waves = execution.Report.Waves,
            ExecutionsPerTransaction = execution.Report.ExecutionsPerTransaction,
            Fallback = BlockRun.NameOf(execution.Report.Fallback),
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private (double PlanMs, double ExecuteMs, double ValidateMs) Execute(ParallelExecution execution)
    {
        var at = Stopwatch.GetTimestamp();
        double Next()
        {
            var last = at;
            at = Stopwatch.GetTimestamp();
            return Ms(last, at);
        }
        var wave = execution.Next();
        var planMs = Next();
        double executeMs = 0, validateMs = 0;
        while (wave.Count > 0)
        {
            WaveRunner.RunWave(wave, lanes, static work =>
            {
                if (work.Run() == ExecutionStatus.StateMiss)
                {
                    throw new InvalidOperationException("State is missing though all of it is in memory.");
                }
            });
            executeMs += Next();
            wave = execution.Next();
            validateMs += Next();
        }
        return (planMs, executeMs, validateMs);
    }

    private static async Task AppendAsync(
        MemoryJournal journal, Chain.Block block, EncodedBody body, ulong fencingNumber, CancellationToken cancellation)
    {
        var record = new JournalBlock(
            block.Header.Number, block.Hash, block.Header.ParentHash, block.Header.StateRoot, block.Header.Difficulty, block.Encode(body.Transactions),
            body.Receipts, body.AccessList, body.Hashes, body.Senders);
        var outcome = await journal.AppendAsync(record, fencingNumber, cancellation);
        if (outcome != AppendOutcome.Committed)
        {
            throw new InvalidOperationException($"A journal of one's own refuses a block: {outcome}");
        }
    }

    private static double Ms(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    /// <summary>Adds up the steps that hash.</summary>
    private sealed class ApplyClock
    {
        private long _last = Stopwatch.GetTimestamp();

        public double HashingMs { get; private set; }

        public void OnStep(ApplyStep step)
        {
            var now = Stopwatch.GetTimestamp();
            if (step is ApplyStep.StorageHashed or ApplyStep.AccountsHashed)
            {
                HashingMs += Ms(_last, now);
            }
            _last = now;
        }
    }

    private sealed class ParentHash(BlockHeader parent) : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => number == parent.Number ? parent.Hash : default;
    }
}
