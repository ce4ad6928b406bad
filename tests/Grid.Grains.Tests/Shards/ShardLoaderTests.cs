using Grid.Chain;
using Grid.Grains.Hosting;
using Grid.Grains.Placement;
using Grid.Grains.Shards;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage;
using Grid.Storage.Memory;

namespace Grid.Grains.Tests.Shards;

/// <summary>A shard that is loaded while the chain goes on.</summary>
public sealed class ShardLoaderTests
{
    private const int Shard = 4;

    private static readonly ShardLayout Layout = ShardLayout.Sixteen;

    /// <summary>History 5844: the head was read first, a block was committed and stored, and the state after it was taken for that of the head.</summary>
    [Fact]
    public async Task A_store_that_goes_past_the_head_while_it_is_read_is_taken_for_what_it_is()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (journal, store) = (new MemoryJournal(), new MemoryStateStore());
        var genesis = TestChain.DefaultOptions.Genesis;
        await GenesisInstaller.InstallAsync(genesis, journal, store, Layout, cancellation);
        var parent = (await journal.ReadHeadAsync(cancellation))!;
        var moving = new MovingStore(store, async () =>
        {
            var header = new BlockHeader { Number = 1, ParentHash = parent.Hash, StateRoot = parent.StateRoot };
            var block = new JournalBlock(
                1, header.Hash, parent.Hash, parent.StateRoot, 0, new Block(header, [], [], null).Encode(), default, BlockAccessList.Empty.Encode(), default, default);
            Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(block, await journal.TakeFencingNumberAsync(cancellation), cancellation));
            var slice = (await store.ReadShardAsync(Layout.PrefixOf(Shard), cancellation))!.Slice;
            Assert.True(await store.WriteAsync([new StoreBatch(0, 1, slice, slice, [])], cancellation));
        });
        var loader = new ShardLoader(journal, moving, Layout, new CodeTable(), new JournalParts(journal, Layout, BackgroundWork.OnThreadPool));
        var loaded = await loader.LoadAsync(Shard, cancellation);
        Assert.Equal((1UL, 1UL), (loaded.Stored.Version, loaded.Number));
    }

    /// <summary>A store in which something happens just before it is read for the first time.</summary>
    private sealed class MovingStore(IStateStore store, Func<Task> move) : IStateStore
    {
        private bool _hasMoved;

        public async ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default)
        {
            if (!_hasMoved)
            {
                _hasMoved = true;
                await move();
            }
            return await store.ReadShardAsync(prefix, cancellation);
        }

        public ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default) => store.WriteAsync(batches, cancellation);

        public Bytecode? ReadCode(in Hash256 codeHash) => store.ReadCode(in codeHash);
    }
}
