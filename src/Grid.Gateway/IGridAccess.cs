using Grid.Grains.Clustering;
using Grid.Grains.Coordinator;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway;

/// <summary>All that the gateway asks of the grid. While no silo answers, each member throws Orleans' <c>SiloUnavailableException</c>.</summary>
public interface IGridAccess
{
    /// <summary>What never changes about the chain.</summary>
    ChainDescription Chain { get; }

    IChainReaderGrain Reader { get; }

    /// <summary>The most transactions of one submission.</summary>
    int SubmitMax { get; }

    /// <summary>Submits raw transactions; one result each, in order.</summary>
    Task<IntakeResult[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> raw);

    /// <summary>The first nonce that neither the head nor the pool has used.</summary>
    Task<ulong> GetNextNonceAsync(Address sender);

    /// <summary>Makes a block now, also an empty one.</summary>
    Task<BlockSummary?> MakeBlockAsync(BlockRequest request);

    /// <summary>The shard of an account.</summary>
    int ShardOf(Address account);

    /// <summary>Gives a shard to a silo, or takes it back: see <see cref="IClusterSettingsGrain.Pin"/>.</summary>
    /// <exception cref="ShardPinException">It can't be, and why.</exception>
    Task<PinnedShards> PinAsync(int shard, string? silo);
}

/// <summary>The grid through Orleans: in a silo's process, or as a client of a cluster.</summary>
/// <param name="settings">The cluster's; null where there is one silo, and so nothing to settle.</param>
public sealed class GrainAccess(IGrainFactory grains, TransactionIntake intake, ChainDescription chain, IClusterSettingsGrain? settings = null) : IGridAccess
{
    private readonly ShardLayout _layout = new(chain.ShardPrefixNibbles);

    private readonly IBlockCoordinatorGrain _coordinator = grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);

    public ChainDescription Chain => chain;

    public IChainReaderGrain Reader { get; } = grains.GetGrain<IChainReaderGrain>(0);

    public int SubmitMax => intake.BatchLimit;

    public Task<IntakeResult[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> raw) => intake.SubmitAsync(raw);

    public Task<ulong> GetNextNonceAsync(Address sender) => intake.PoolOf(in sender).GetNextNonce(sender);

    public Task<BlockSummary?> MakeBlockAsync(BlockRequest request) => _coordinator.MakeBlock(request);

    public int ShardOf(Address account) => _layout.ShardOf(in account);

    public Task<PinnedShards> PinAsync(int shard, string? silo) => settings?.Pin(shard, silo) ?? throw new ShardPinException("A node has one silo, and all shards are there.");
}

/// <summary>The grid of a cluster of other processes, from when it answers on.</summary>
/// <remarks>Safe because it is made once of what was connected once; of two that are made at the same time either will do.</remarks>
public sealed class ClusterAccess(ClusterConnection connection) : IGridAccess
{
    private volatile GrainAccess? _access;

    public ChainDescription Chain => Access.Chain;

    public IChainReaderGrain Reader => Access.Reader;

    public int SubmitMax => Access.SubmitMax;

    private GrainAccess Access => _access ??= Of(connection.Cluster);

    public Task<IntakeResult[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> raw) => Access.SubmitAsync(raw);

    public Task<ulong> GetNextNonceAsync(Address sender) => Access.GetNextNonceAsync(sender);

    public Task<BlockSummary?> MakeBlockAsync(BlockRequest request) => Access.MakeBlockAsync(request);

    public int ShardOf(Address account) => Access.ShardOf(account);

    public Task<PinnedShards> PinAsync(int shard, string? silo) => Access.PinAsync(shard, silo);

    private static GrainAccess Of(ConnectedCluster cluster) =>
        new(cluster.Grains, new TransactionIntake(cluster.Grains, new ShardLayout(cluster.Chain.ShardPrefixNibbles)), cluster.Chain, cluster.Grains.GetGrain<IClusterSettingsGrain>(0));
}
