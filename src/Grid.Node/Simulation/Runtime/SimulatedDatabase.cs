using Grid.Primitives;
using Grid.State.Trie;
using Grid.Storage;
using Grid.Storage.Memory;

namespace Grid.Node.Simulation.Runtime;

/// <summary>
/// The cluster's journal and store: what is durable outlives all silos. Calls take time, may fail before or after they took effect, and take effect also when who
/// made them has died meanwhile.
/// </summary>
internal sealed class SimulatedDatabase(SimulatedWorld world, IJournal journal, Func<IJournal, IJournal> asSilosSeeIt)
{
    private readonly MemoryStateStore _store = new();

    /// <summary>What is durable.</summary>
    public IJournal Journal => journal;

    public IStateStore Store => _store;

    public IJournal JournalOf(SimulatedSilo silo) => asSilosSeeIt(new SiloJournal(world, silo, journal));

    public IStateStore StoreOf(SimulatedSilo silo) => new SiloStore(world, silo, _store);

    /// <summary>The result of a call that waits for nothing: those of storage in memory don't.</summary>
    private static T Now<T>(ValueTask<T> call) => call.IsCompleted
        ? call.GetAwaiter().GetResult()
        : throw new InvalidOperationException("A simulated medium must not wait.");

    private static bool Now(ValueTask call)
    {
        call.GetAwaiter().GetResult();
        return true;
    }

    private static async ValueTask<T> CallAsync<T>(SimulatedWorld world, SimulatedSilo silo, string name, bool isWrite, Func<T> effect)
    {
        var clock = world.Clock;
        clock.CheckThread();
        var fate = world.Faults.OfDatabaseCall(isWrite);
        if (isWrite)
        {
            world.Trace($"{silo.Name} {name}: {fate}");
        }
        var answer = new TaskCompletionSource<T>();
        T result = default!;
        if (fate.TakesEffect)
        {
            clock.Plan(fate.Delay, () => result = effect());
        }
        // At the same instant the effect comes first.
        clock.Plan(fate.AnswerDelay, () => silo.Receive(() =>
        {
            if (fate.Fails)
            {
                answer.SetException(new StorageException(StorageError.Unavailable, $"{name} was cut off"));
            }
            else
            {
                answer.SetResult(result);
            }
        }));
        return await answer.Task;
    }

    private sealed class SiloJournal(SimulatedWorld world, SimulatedSilo silo, IJournal journal) : IJournal
    {
        public ValueTask<ChainRecord?> ReadChainAsync(CancellationToken cancellation = default) => Read("chain", () => Now(journal.ReadChainAsync()));

        public async ValueTask WriteChainAsync(ChainRecord chain, CancellationToken cancellation = default) =>
            await Write("write chain", () => Now(journal.WriteChainAsync(chain)));

        public ValueTask<JournalHead?> ReadHeadAsync(CancellationToken cancellation = default) => Read("head", () => Now(journal.ReadHeadAsync()));

        public ValueTask<ulong> TakeFencingNumberAsync(CancellationToken cancellation = default) => Write("take fencing number", () =>
        {
            var number = Now(journal.TakeFencingNumberAsync());
            world.Watch.FencingNumberTaken(number);
            world.Trace($"{silo.Name} has fencing number {number}");
            return number;
        });

        public ValueTask<AppendOutcome> AppendAsync(JournalBlock block, ulong fencingNumber, CancellationToken cancellation = default) =>
            Write($"append {block.Number} {block.Hash} under {fencingNumber}", () =>
            {
                var outcome = Now(journal.AppendAsync(block, fencingNumber));
                world.Trace($"{silo.Name} append {block.Number} under {fencingNumber}: {outcome}");
                if (outcome == AppendOutcome.Committed)
                {
                    world.Watch.Committed(block, fencingNumber);
                }
                return outcome;
            });

        public ValueTask<JournalBlock?> ReadBlockAsync(ulong number, CancellationToken cancellation = default) => Read("block", () => Now(journal.ReadBlockAsync(number)));

        public ValueTask<Hash256?> ReadHashAsync(ulong number, CancellationToken cancellation = default) => Read("hash", () => Now(journal.ReadHashAsync(number)));

        public ValueTask<ulong?> FindBlockAsync(Hash256 hash, CancellationToken cancellation = default) => Read("find block", () => Now(journal.FindBlockAsync(hash)));

        public ValueTask<TransactionLocation?> FindTransactionAsync(Hash256 hash, CancellationToken cancellation = default) =>
            Read("find transaction", () => Now(journal.FindTransactionAsync(hash)));

        public async ValueTask UpdatePoolAsync(IReadOnlyList<PoolEntry> admitted, IReadOnlyList<Hash256> removed, CancellationToken cancellation = default)
        {
            // As they are now, whatever the caller does with its lists.
            PoolEntry[] added = [.. admitted];
            Hash256[] gone = [.. removed];
            await Write($"pool +{added.Length} -{gone.Length}", () => Now(journal.UpdatePoolAsync(added, gone)));
        }

        public ValueTask<IReadOnlyList<PoolEntry>> ReadPoolAsync(CancellationToken cancellation = default) => Read("pool", () => Now(journal.ReadPoolAsync()));

        private ValueTask<T> Read<T>(string name, Func<T> effect) => CallAsync(world, silo, name, isWrite: false, effect);

        private ValueTask<T> Write<T>(string name, Func<T> effect) => CallAsync(world, silo, name, isWrite: true, effect);
    }

    private sealed class SiloStore(SimulatedWorld world, SimulatedSilo silo, IStateStore store) : IStateStore
    {
        public ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default) =>
            CallAsync(world, silo, "read shard", isWrite: false, () => Now(store.ReadShardAsync(prefix)));

        public ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default) =>
            CallAsync(world, silo, "write store", isWrite: true, () => Now(store.WriteAsync(batches)));

        public Bytecode? ReadCode(in Hash256 codeHash) => store.ReadCode(in codeHash);
    }
}

/// <summary>What becomes of a call to the database.</summary>
/// <param name="Delay">Until it takes effect, if it does.</param>
/// <param name="AnswerDelay">Until the caller is told.</param>
internal readonly record struct DatabaseFate(bool TakesEffect, bool Fails, TimeSpan Delay, TimeSpan AnswerDelay)
{
    public override string ToString() => $"{(TakesEffect ? "done" : "not done")}{(Fails ? ", fails" : "")} {Delay.Ticks} {AnswerDelay.Ticks}";
}
