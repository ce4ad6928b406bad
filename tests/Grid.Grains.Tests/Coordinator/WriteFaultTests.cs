using Grid.Chain;
using Grid.Grains.Coordinator;
using Grid.Grains.Faults;
using Grid.Grains.Hosting;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Primitives;
using Grid.Storage;
using Grid.Storage.Memory;
using Grid.Storage.RocksDb;

namespace Grid.Grains.Tests.Coordinator;

/// <summary>
/// A durable write that doesn't begin, or whose end nobody learns of, loses nothing and makes nothing twice: what was acknowledged is in one
/// block, what wasn't is known or taken when it is sent again, and the store follows the head. The same with a process that ends there:
/// `grid torture --at-fault-points`.
/// </summary>
public sealed class WriteFaultTests : IDisposable
{
    /// <summary>Memory writes nothing behind its answers.</summary>
    private static readonly FaultPoint[] OfFolders = [FaultPoint.IndexWriting, FaultPoint.IndexWritten];

    private readonly string _path = Directory.CreateTempSubdirectory("grid-faults-").FullName;

    private const int AttemptsMax = 200;

    private static readonly Address Receiver = Address.FromNumber(9_000);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>The points before and after each durable write.</summary>
    public static IReadOnlyList<FaultPoint> Writes { get; } =
        [.. Enum.GetValues<FaultPoint>().Where(point => Enum.GetName(point)!.EndsWith("Writing", StringComparison.Ordinal) || Enum.GetName(point)!.EndsWith("Written", StringComparison.Ordinal))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<FaultPoint> Points() => [.. Writes.Except([FaultPoint.ChainWriting, FaultPoint.ChainWritten])];

    public static TheoryData<FaultPoint> InstallingPoints() => [.. Writes.Except([FaultPoint.PoolWriting, FaultPoint.PoolWritten, .. OfFolders])];

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [MemberData(nameof(InstallingPoints))]
    public async Task A_genesis_block_that_was_interrupted_is_installed_at_the_next_start(FaultPoint point)
    {
        var genesis = Genesis.Parse("""{"config":{"chainId":5,"terminalTotalDifficulty":0},"difficulty":"0x1","gasLimit":"0x100000","alloc":{"0x0000000000000000000000000000000000000009":{"balance":"0x7"}}}"""u8.ToArray());
        var faults = new FailOnce(point) { IsArmed = true };
        var (memory, store) = (new MemoryJournal(), new MemoryStateStore());
        var (journal, faultyStore) = (new JournalWithFaults(memory, faults), new StateStoreWithFaults(store, faults));
        await Assert.ThrowsAsync<StorageException>(() => GenesisInstaller.InstallAsync(genesis, journal, faultyStore, ShardLayout.Sixteen, Cancellation));
        Assert.True(faults.HasFailed);
        var header = await GenesisInstaller.InstallAsync(genesis, journal, faultyStore, ShardLayout.Sixteen, Cancellation);
        Assert.Equal(header.Hash, (await memory.ReadHeadAsync(Cancellation))!.Hash);
        Assert.NotNull(await memory.ReadChainAsync(Cancellation));
        for (var shard = 0; shard < ShardLayout.Sixteen.Count; shard++)
        {
            Assert.Equal(0UL, (await store.ReadShardAsync(ShardLayout.Sixteen.PrefixOf(shard), Cancellation))!.Version);
        }
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_write_that_seems_to_fail_loses_nothing(FaultPoint point)
    {
        var faults = new FailOnce(point);
        using var folder = OfFolders.Contains(point) ? RocksDbFolder.Open(_path, watch: new IndexFaults(faults)) : null;
        IJournal kept = folder is null ? new MemoryJournal() : folder.Journal;
        var (journal, store) = (new JournalWithFaults(kept, faults), new StateStoreWithFaults(folder is null ? new MemoryStateStore() : folder.Store, faults));
        var options = TestChain.DefaultOptions with { StatesKept = 1, StoreInterval = TimeSpan.FromMilliseconds(5) };
        await using var chain = await TestChain.StartAsync(options: options, faults: faults, journal: journal, store: store);
        var intake = new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen);
        await chain.MakeAsync(chain.Transfer(0, Receiver, 1));

        faults.IsArmed = true;
        var sent = new List<Transaction>();
        for (var attempt = 0; !faults.HasFailed; attempt++)
        {
            Assert.True(attempt < AttemptsMax, $"{point} was never reached");
            sent.AddRange(Enumerable.Range(0, 4).Select(sender => chain.Transfer(sender, Receiver, 1)));
            await TryAsync(() => intake.SubmitAsync([.. sent.TakeLast(4).Select(x => x.EncodedMemory)]));
            await TryAsync(() => chain.Coordinator.MakeBlock(new()));
            await TryAsync(chain.Coordinator.Recover);
            await Task.Delay(Pause, Cancellation);
        }

        // A client that had no answer sends again.
        foreach (var transaction in sent)
        {
            await UntilAsync(async () => (await intake.SubmitAsync([transaction.EncodedMemory]))[0].Status is SubmitStatus.Accepted or SubmitStatus.Known);
        }
        await UntilAsync(async () =>
        {
            await chain.Coordinator.MakeBlock(new());
            return (await kept.ReadPoolAsync(Cancellation)).Count == 0;
        });
        var blocks = await chain.BlocksAsync();
        Assert.Equal(sent.Select(x => x.Hash).Order(), blocks.Skip(1).SelectMany(x => x.Transactions).Select(x => x.Hash).Order());
        Assert.Equal(blocks[^1].Header.StateRoot, SequentialOracle.Replay(chain.Options.Genesis, blocks).Root);
        // The store comes to within the states that are kept of the head, on every shard that has something to write.
        await UntilAsync(async () =>
        {
            await chain.MakeAsync(chain.Transfer(0, Receiver, 1));
            var stored = await store.ReadShardAsync(new ShardLayout(1).PrefixOf(new ShardLayout(1).ShardOf(Receiver)), Cancellation);
            return stored!.Version > (ulong)blocks.Count;
        });
    }

    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            // Whoever asked knows nothing now.
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> isDone)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                if (await isDone())
                {
                    return;
                }
            }
            catch (Exception) when (attempt < AttemptsMax)
            {
                // The activation is on its way out.
            }
            Assert.True(attempt < AttemptsMax, "it never came to that");
            await Task.Delay(Pause, Cancellation);
        }
    }

    private sealed class FailOnce(FaultPoint point) : IFaultPoints
    {
        private volatile bool _isArmed;
        private int _failed;

        public bool IsArmed
        {
            get => _isArmed;
            set => _isArmed = value;
        }

        public bool HasFailed => Volatile.Read(ref _failed) != 0;

        public ValueTask ReachAsync(FaultPoint reached, ulong blockNumber) =>
            _isArmed && reached == point && Interlocked.Exchange(ref _failed, 1) == 0
                ? ValueTask.FromException(new StorageException(StorageError.Unavailable, $"the test has {point} fail"))
                : ValueTask.CompletedTask;
    }
}
