using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Shards;
using Grid.State;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace Grid.Node.Tests.Simulation;

/// <summary>A shard that builds on the try that it applied last, whatever root it is told to build on: a try that was given up is never rolled back.</summary>
[BesideShardPlacement]
internal sealed class CarelessShard(IServiceProvider services) : Grain, IStateShardGrain
{
    // Made in the same context, so that it is the same grain.
    private readonly StateShardGrain _shard = ActivatorUtilities.CreateInstance<StateShardGrain>(services);
    private (ulong Number, SliceRoot Parent, SliceRoot Root)? _last;

    public override Task OnActivateAsync(CancellationToken cancellationToken) => _shard.OnActivateAsync(cancellationToken);

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => _shard.OnDeactivateAsync(reason, cancellationToken);

    public async Task<ShardApplied> Apply(ShardApply apply)
    {
        var number = apply.Attempt.Number;
        // The real shard takes what it is told to be the parent, so the try before is called that.
        var applied = await _shard.Apply(_last is { } last && last.Number == number
            ? new ShardApply(apply.Attempt with { Number = number + 1 }, last.Root, apply.Changes)
            : apply);
        _last = applied.Outcome == ShardOutcome.Applied ? (number, apply.ParentRoot, applied.Root) : null;
        return applied;
    }

    public Task<ShardApplied> Recover(BlockAttempt head, bool reload)
    {
        if (!reload && _last is { } last && last.Number == head.Number + 1)
        {
            return Task.FromResult(new ShardApplied(ShardOutcome.Applied, last.Parent));
        }
        _last = null;
        return _shard.Recover(head, reload);
    }

    public Task<bool> Settle(string silo) => _shard.Settle(silo);

    public Task<StateValues?> Read(StateQuery query) => _shard.Read(query);

    public Task<SliceProofs?> Prove(ProofQuery query) => _shard.Prove(query);

    public Task<StoragePage?> ReadStorage(StorageQuery query) => _shard.ReadStorage(query);
}
