using Grid.Grains.Coordinator;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway;

/// <summary>All that the gateway asks of the grid.</summary>
public interface IGridAccess
{
    IChainReaderGrain Reader { get; }

    /// <summary>The most transactions of one submission.</summary>
    int SubmitMax { get; }

    /// <summary>Submits raw transactions; one result each, in order.</summary>
    Task<IntakeResult[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> raw);

    /// <summary>The first nonce that neither the head nor the pool has used.</summary>
    Task<ulong> GetNextNonceAsync(Address sender);

    /// <summary>Makes a block now, also an empty one.</summary>
    Task<BlockSummary?> MakeBlockAsync(BlockRequest request);
}

/// <summary>The grid through Orleans: in a silo's process, or as a client of a cluster.</summary>
public sealed class GrainAccess(IGrainFactory grains, TransactionIntake intake) : IGridAccess
{
    private readonly IBlockCoordinatorGrain _coordinator = grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);

    public IChainReaderGrain Reader { get; } = grains.GetGrain<IChainReaderGrain>(0);

    public int SubmitMax => intake.BatchLimit;

    public Task<IntakeResult[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> raw) => intake.SubmitAsync(raw);

    public Task<ulong> GetNextNonceAsync(Address sender) => intake.PoolOf(in sender).GetNextNonce(sender);

    public Task<BlockSummary?> MakeBlockAsync(BlockRequest request) => _coordinator.MakeBlock(request);
}
