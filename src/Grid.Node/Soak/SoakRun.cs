using System.Diagnostics;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Waves;
using Grid.Grains;
using Grid.Grains.Coordinator;
using Grid.Grains.Hosting;
using Grid.Primitives;
using Grid.State;
using Grid.Storage.Memory;

namespace Grid.Node.Soak;

/// <param name="Transactions">How many at least.</param>
/// <param name="BlockTransactions">The most of one block.</param>
internal sealed record SoakOptions(ulong Seed, long Transactions, int BlockTransactions, int Silos, int Lanes);

/// <summary>What a soak came to. Scripts read these names.</summary>
/// <param name="Differing">The first block that wasn't the oracle's; null for none.</param>
/// <param name="MemoryMib">Managed memory in use after a collection, at each tenth of the run.</param>
internal sealed record SoakResult(
    ulong Seed, long Transactions, long Blocks, long Rejected, double Seconds, ulong? Differing, IReadOnlyDictionary<string, long> Fallbacks, long Executions,
    IReadOnlyList<double> MemoryMib)
{
    /// <summary>Transactions before which what is kept of blocks isn't full: memory is then looked at only.</summary>
    private const long FillTransactions = 400_000;

    /// <summary>Whether memory grew by no more than a quarter since half of the run, when all that is kept was full.</summary>
    public bool IsFlat => Transactions < 2 * FillTransactions || MemoryMib.Count < 2 || MemoryMib[^1] <= MemoryMib[MemoryMib.Count / 2] * 1.25;
}

/// <summary>Makes blocks of random conflicting traffic on a cluster in this process, and compares each with sequential execution.</summary>
internal static class SoakRun
{
    private const int MemorySamples = 10;

    /// <summary>Bytes of blocks that are kept, so that memory can be flat.</summary>
    private const long JournalLimitBytes = 64L << 20;

    public static async Task<SoakResult> RunAsync(SoakOptions options, Action<string> observe, CancellationToken cancellation)
    {
        var traffic = new SoakTraffic(options.Seed);
        var oracle = new Oracle(traffic.Genesis);
        var grid = new GridOptions
        {
            Genesis = traffic.Genesis, Lanes = options.Lanes, MakeBlocks = false,
            Execution = new ParallelSettings { Lanes = options.Lanes, SmallBlockGas = 200_000 },
        };
        await using var cluster = await LocalCluster.StartAsync(grid, options.Silos, new MemoryJournal(JournalLimitBytes), new MemoryStateStore());
        var coordinator = cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        var started = Stopwatch.GetTimestamp();
        long transactions = 0, blocks = 0, rejected = 0, executions = 0;
        ulong? differing = null;
        var fallbacks = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var memory = new List<double>();
        while (transactions < options.Transactions && differing is null && !cancellation.IsCancellationRequested)
        {
            var offered = traffic.NextBlock(options.BlockTransactions);
            var expected = oracle.Make(offered);
            var summary = await coordinator.MakeBlock(new BlockRequest
            {
                AllowEmpty = true, Transactions = offered, Timestamp = expected.Timestamp, PrevRandao = expected.PrevRandao, Beneficiary = expected.Beneficiary,
                GasLimit = expected.GasLimit,
            });
            differing = summary!.Header.Hash == expected.Hash ? null : expected.Number;
            transactions += offered.Length;
            blocks++;
            rejected += summary.Rejected;
            executions += summary.Execution.Executions;
            var fallback = summary.Execution.Fallback.ToString();
            fallbacks[fallback] = fallbacks.GetValueOrDefault(fallback) + 1;
            if (transactions * MemorySamples / options.Transactions > memory.Count)
            {
                memory.Add(Math.Round(GC.GetTotalMemory(forceFullCollection: true) / 1048576.0, 1));
                observe($"{transactions} transactions in {blocks} blocks, {memory[^1]} MiB");
            }
        }
        return new SoakResult(
            options.Seed, transactions, blocks, rejected, Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 1), differing, fallbacks, executions, memory);
    }

    /// <summary>The same chain, one transaction after the other.</summary>
    private sealed class Oracle : IBlockHashes
    {
        private static readonly Address Beneficiary = Address.Parse("0xc014ba5ec014ba5ec014ba5ec014ba5ec014ba5e");

        private readonly ChainSpec _spec;
        private readonly Queue<(ulong Number, Hash256 Hash)> _hashes = new();
        private readonly ExecutionMemory _memory = new();
        private WorldTrie _state;
        private BlockHeader _head;

        public Oracle(Genesis genesis)
        {
            _spec = genesis.Spec;
            _state = WorldTrie.Empty().Apply(genesis.ToAccountChanges());
            _head = genesis.ToHeader(_state.Root);
            Remember();
        }

        public BlockHeader Make(Transaction[] offered)
        {
            var attributes = new BlockAttributes(_head.Timestamp + 1, Beneficiary, _head.GasLimit) { PrevRandao = _head.Hash };
            var environment = BlockEnvironment.Next(_spec, _head, attributes, this);
            var executor = new SequentialExecutor(environment, ExecutionMode.Build, offered, _state, memory: _memory);
            if (executor.Run() != ExecutionStatus.Complete)
            {
                throw new InvalidOperationException($"Block {environment.Header.Number} can't be executed: {executor.Error}");
            }
            _state = _state.Apply(executor.Result!.AccessList.ToAccountChanges());
            _head = BlockSealer.Seal(executor.Result, _state.Root).Header;
            Remember();
            return _head;
        }

        public Hash256 GetBlockHash(ulong number) => _hashes.FirstOrDefault(item => item.Number == number).Hash;

        private void Remember()
        {
            _hashes.Enqueue((_head.Number, _head.Hash));
            if (_hashes.Count > 256)
            {
                _hashes.Dequeue();
            }
        }
    }
}
