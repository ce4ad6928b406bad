using Grid.Chain;
using Grid.Grains.Coordinator;
using Grid.Grains.Lanes;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Shards;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.State;
using Orleans.Runtime;

namespace Grid.Grains.Reader;

/// <summary>
/// Proves accounts and slots: every silo gives the tops of its slices, in one message each, and the account's silo the nodes below; together they must
/// make the state root of the block's header.
/// </summary>
public sealed class AccountProver(SiloDirectory silos, ShardLayout layout, SliceProver local, IGrainFactory grains)
{
    /// <summary>How often a silo is asked again that can't tell the state: it may not have heard of the head yet.</summary>
    private const int RetriesMax = 8;

    /// <exception cref="StateMovedException">A silo can't tell the state after the block.</exception>
    /// <exception cref="StateRootMismatchException">The slices don't make the header's state root: nothing is proved.</exception>
    public async Task<ProofView> ProveAsync(BlockHeader header, Address address, UInt256[] slots)
    {
        for (var retries = 0; ; retries++)
        {
            try
            {
                return await TryProveAsync(header, address, slots);
            }
            catch (StateMovedException) when (retries < RetriesMax)
            {
                await Task.Delay(retries);
            }
        }
    }

    private async Task<ProofView> TryProveAsync(BlockHeader header, Address address, UInt256[] slots)
    {
        var tops = new SliceRoot[layout.Count];
        AccountProof? account = null;
        var shard = layout.ShardOf(in address);
        await Task.WhenAll(silos.ShardsBySilo().Where(x => x.Shards.Length > 0).Select(async x =>
        {
            var isOwner = Array.IndexOf(x.Shards, shard) >= 0;
            var answers = await ProveAsync(x.Silo, new ProofQuery(header.Number, x.Shards, isOwner ? address : null, isOwner ? slots : []));
            var at = 0;
            foreach (var top in answers.SelectMany(answer => answer.Tops))
            {
                tops[x.Shards[at++]] = top;
            }
            if (isOwner)
            {
                account = answers.Select(answer => answer.Account).First(proof => proof is not null);
            }
        }));
        var root = StateRoot.Combine(tops);
        if (root != header.StateRoot)
        {
            throw new StateRootMismatchException(header.Number, header.StateRoot, root);
        }
        var record = account!.Record ?? AccountRecord.Empty;
        return new ProofView(
            new AccountView(address, record.Nonce, record.Balance, record.CodeHash, record.StorageRoot, header.Number),
            StateRoot.Prove(tops, KeyHashes.Of(in address), account.InSlice),
            account.Slots);
    }

    /// <summary>From the silo that should have the shards; where some have moved, from the shards' grains themselves.</summary>
    private async Task<SliceProofs[]> ProveAsync(SiloAddress silo, ProofQuery query)
    {
        if ((silo == silos.Local ? await local.ProveAsync(query) : await silos.LaneOf(silo).Prove(query)) is { } proofs)
        {
            return [proofs];
        }
        return await Task.WhenAll(query.Shards.Select(async shard =>
        {
            var isOwner = query.Account is { } address && layout.ShardOf(in address) == shard;
            var part = new ProofQuery(query.Number, [shard], isOwner ? query.Account : null, isOwner ? query.Slots : []);
            return await grains.GetGrain<IStateShardGrain>(shard).Prove(part) ?? throw new StateMovedException(query.Number);
        }));
    }
}
