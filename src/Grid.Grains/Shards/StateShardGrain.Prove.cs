using Grid.Grains.Messages;

namespace Grid.Grains.Shards;

public sealed partial class StateShardGrain
{
    public Task<SliceProofs?> Prove(ProofQuery query) => prover.ProveAsync(query);
}
