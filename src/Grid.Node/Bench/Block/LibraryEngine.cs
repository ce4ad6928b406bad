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

/// <summary>The sequential executor over tries in memory, without grains: what the grid is measured against.</summary>
/// <param name="lanes">Threads that apply the changes to the tries, hash and encode; execution has one.</param>
public sealed class LibraryEngine(BlockWorkload workload, int lanes) : IBlockEngine
{
    private static readonly EncodedBody Nothing = new(
        new BodyRoots(Keccak256.OfEmptyString, Keccak256.OfEmptyString, Bloom.Empty), EncodedList.Of([]).Bytes, EncodedReceipts.Of([]).List.Bytes, BlockAccessList.Empty.Encode(), [], []);

    private readonly WorldTrie _state = WorldTrie.Empty().Apply(workload.Genesis.ToAccountChanges());
    private readonly ExecutionMemory _memory = new();
    private readonly ExecutionMemoryPool _memories = new(64);
    private readonly ProfileTable _profiles = new();

    public string Name => "library";

    public async Task<BlockRun> RunAsync(Transaction[] transactions, CancellationToken cancellation)
    {
        var genesis = workload.Genesis.ToHeader(_state.Root);
        var journal = new MemoryJournal();
        var fencingNumber = await journal.TakeFencingNumberAsync(cancellation);
        await AppendAsync(journal, new Chain.Block(genesis, [], [], []), Nothing, fencingNumber, cancellation);
        var environment = BlockEnvironment.Next(workload.Genesis.Spec, genesis, workload.Attributes, new ParentHash(genesis));

        var started = Stopwatch.GetTimestamp();
        var execution = Execute(environment, transactions);
        var executed = Stopwatch.GetTimestamp();
        var clock = new ApplyClock();
        var after = _state.Apply(execution.AccessList.ToAccountChanges(lanes), lanes, clock.OnStep);
        var applied = Stopwatch.GetTimestamp();
        var body = EncodedBody.Of(execution, lanes);
        var block = BlockSealer.Seal(execution, after.Root, body.Roots);
        await AppendAsync(journal, block, body, fencingNumber, cancellation);
        var ended = Stopwatch.GetTimestamp();
        return new BlockRun(block.Header, block.Transactions.Length, new BlockTimes(
            0, Ms(started, executed), Ms(executed, applied) - clock.HashingMs, clock.HashingMs, Ms(applied, ended), Ms(started, ended)));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private BlockExecution Execute(BlockEnvironment environment, Transaction[] transactions)
    {
        if (lanes > 1)
        {
            return ExecuteInParallel(environment, transactions);
        }
        var executor = new SequentialExecutor(environment, ExecutionMode.Build, transactions, _state, memory: _memory);
        var status = executor.Run();
        return status == ExecutionStatus.Complete
            ? executor.Result!
            : throw new InvalidOperationException($"A block over a state that is all in memory is {status}: {executor.Error}");
    }

    private BlockExecution ExecuteInParallel(BlockEnvironment environment, Transaction[] transactions)
    {
        var execution = new ParallelExecution(
            environment, ExecutionMode.Build, transactions, _state, _profiles.ForBlock(), new ParallelSettings { Lanes = lanes }, _memories);
        var t0 = Environment.CpuUsage.TotalTime.TotalMilliseconds;
        while (execution.Next() is { Count: > 0 } wave)
        {
            var t1 = Environment.CpuUsage.TotalTime.TotalMilliseconds;
            WaveRunner.RunWave(wave, lanes, work => work.Run());
            var t2 = Environment.CpuUsage.TotalTime.TotalMilliseconds;
            Console.Error.WriteLine($"next {t1 - t0:F2} wave {t2 - t1:F2}");
            t0 = t2;
        }
        Console.Error.WriteLine($"merge {Environment.CpuUsage.TotalTime.TotalMilliseconds - t0:F2} {execution.Report}");
        Console.Error.WriteLine(_profiles.Learn(execution.Observe()));
        execution.Release();
        return execution.Result!;
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
