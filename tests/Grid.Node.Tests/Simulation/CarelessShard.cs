using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Shards;
using Grid.State;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Grid.Node.Tests.Simulation;

/// <summary>A shard that builds on the last try that it applied at the parent's height, whatever root it is told to build on.</summary>
[BesideShardPlacement]
internal sealed class CarelessShard(IServiceProvider services) : Grain, IStateShardGrain
{
    // Made in the same context, so that it is the same grain.
    private readonly StateShardGrain _shard = ActivatorUtilities.CreateInstance<StateShardGrain>(services);
    private (ulong Number, SliceRoot Root)? _last;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _shard.OnActivateAsync(cancellationToken);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _shard.OnDeactivateAsync(reason, cancellationToken);

    public async Task<ShardApplied> Apply(ShardApply apply)
    {
        var applied = await _shard.Apply(_last is { } last && last.Number == apply.Attempt.Number - 1 ? apply with { ParentRoot = last.Root } : apply);
        if (applied.Outcome == ShardOutcome.Applied)
        {
            _last = (apply.Attempt.Number, applied.Root);
        }
        return applied;
    }

    public Task<ShardApplied> Recover(BlockAttempt head, bool reload)
    {
        _last = null;
        return _shard.Recover(head, reload);
    }

    public Task<bool> Settle(string silo) => _shard.Settle(silo);

    public Task<StateValues?> Read(StateQuery query) => _shard.Read(query);

    public Task<SliceProofs?> Prove(ProofQuery query) => _shard.Prove(query);

    public Task<StoragePage?> ReadStorage(StorageQuery query) => _shard.ReadStorage(query);
}
