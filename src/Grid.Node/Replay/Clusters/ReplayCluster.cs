using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Grains;
using Grid.Grains.Coordinator;
using Grid.Grains.Hosting;
using Grid.Grains.Placement;
using Grid.Grains.Snapshots;
using Grid.Node.Fixtures;
using Grid.State;
using Grid.Storage;
using Grid.Storage.Memory;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Grid.Node.Replay.Clusters;

/// <summary>
/// Silos in this process for the chains of one specification, one after the other: a new chain replaces journal and store, and the
/// coordinator recovers from them, which takes a thousandth of what starting silos takes. One user at a time.
/// </summary>
internal sealed class ReplayCluster : IAsyncDisposable
{
    /// <summary>The slowest block of the fixtures takes seconds; a busy machine takes a multiple.</summary>
    private static readonly TimeSpan BlockLimit = TimeSpan.FromMinutes(5);

    /// <summary>Few, so that fixtures of some blocks reach the store, which starts over with each chain.</summary>
    private const int StoreLagBlocks = 4;

    private readonly RewindingJournal _journal;
    private readonly RewindingStateStore _store;
    private readonly LocalCluster _cluster;
    private readonly IBlockCoordinatorGrain _coordinator;
    private readonly SiloSnapshot[] _snapshots;

    private ReplayCluster(ChainSpec spec, RewindingJournal journal, RewindingStateStore store, LocalCluster cluster, IGrainFactory caller)
    {
        (Spec, _journal, _store, _cluster) = (spec, journal, store, cluster);
        _coordinator = caller.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        _snapshots = [.. cluster.Silos.Select(silo => silo.Services.GetRequiredService<SiloSnapshot>())];
    }

    public ChainSpec Spec { get; }

    /// <param name="lanes">Lane threads per silo.</param>
    public static async Task<ReplayCluster> StartAsync(ChainSpec spec, int silos, int lanes)
    {
        var (journal, store) = (new RewindingJournal(), new RewindingStateStore());
        var options = new GridOptions
        {
            Genesis = new Genesis { Spec = spec, Accounts = [] },
            Lanes = lanes,
            // The blocks of fixtures are too small for waves to pay.
            Execution = new ParallelSettings { Lanes = lanes, AlwaysSplits = lanes > 1 },
            MakeBlocks = false,
            // A write that waits would end up in the store of the next chain.
            StoreInterval = TimeSpan.FromDays(1),
            StoreLagBlocksMax = StoreLagBlocks,
        };
        var cluster = await LocalCluster.StartAsync(options, silos, journal, store, (_, silo) => silo
            .Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = BlockLimit));
        // The coordinator's first recovery must be over before the journal is replaced.
        await cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key).Describe();
        return new ReplayCluster(spec, journal, store, cluster, await FarFromCoordinatorAsync(cluster));
    }

    /// <summary>Forgets the chain and begins with this genesis block.</summary>
    public async Task InstallAsync(ChainStart start)
    {
        _journal.Clear();
        _store.Clear();
        await GenesisInstaller.InstallAsync(start.Genesis, start.Accounts, start.State, _journal, _store, ShardLayout.Sixteen);
        await _coordinator.Recover();
    }

    /// <summary>Has the coordinator import a block on its head.</summary>
    /// <param name="encodedLength">Bytes of the block's RLP; null where it didn't come as RLP.</param>
    public Task<ImportResult> ImportAsync(Block block, int? encodedLength) => _coordinator.ImportBlock(new BlockImport(block, encodedLength));

    /// <summary>The last block of the journal.</summary>
    public async Task<JournalBlock> ReadHeadAsync() =>
        await _journal.ReadHeadAsync() is { } head && await _journal.ReadBlockAsync(head.Number) is { } block
            ? block
            : throw new InvalidOperationException("The journal lacks its head.");

    /// <summary>The state after a recent block, put together from what the shards of all silos have published.</summary>
    public WorldTrie StateAfter(ulong number)
    {
        var shards = new StateShard?[ShardLayout.Sixteen.Count];
        var codes = new CodeTable();
        foreach (var snapshot in _snapshots)
        {
            var view = snapshot.At(number) ?? throw new InvalidOperationException($"A silo doesn't show block {number}.");
            for (var i = 0; i < shards.Length; i++)
            {
                if (view.Shards[i] is { } shard)
                {
                    shards[i] = shard;
                    AddCodes(shard, snapshot.Codes, codes);
                }
            }
        }
        return WorldTrie.Of([.. shards.Select((shard, i) => shard ?? throw new InvalidOperationException($"No silo shows shard {i} after block {number}."))], codes);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    /// <summary>Of several silos one that doesn't have the coordinator, so that blocks and answers always go between silos.</summary>
    private static async Task<IGrainFactory> FarFromCoordinatorAsync(LocalCluster cluster)
    {
        var coordinator = cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        var place = await cluster.Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(coordinator);
        var far = cluster.Silos.FirstOrDefault(silo => !silo.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.Equals(place));
        return far?.Services.GetRequiredService<IGrainFactory>() ?? cluster.Grains;
    }

    private static void AddCodes(StateShard shard, CodeTable from, CodeTable to)
    {
        foreach (var leaf in shard.Accounts.Leaves())
        {
            if (leaf.Value.Record.HasCode && from.TryGet(leaf.Value.Record.CodeHash, out var code) && code is not null)
            {
                to.Add(code);
            }
        }
    }
}
