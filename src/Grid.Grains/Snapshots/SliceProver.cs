using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Snapshots.Past;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Snapshots;

/// <summary>Makes this silo's part of proofs.</summary>
/// <remarks>Safe because slices are immutable; references of their nodes that aren't computed yet come out the same whoever computes them.</remarks>
public sealed class SliceProver(PastSlices slices, ShardLayout layout)
{
    /// <summary>Null where one of the shards isn't here, or its slice after that block can't be told.</summary>
    public async Task<SliceProofs?> ProveAsync(ProofQuery query) => await slices.GetAsync(query.Number) is { } all ? TryProve(all, query) : null;

    private SliceProofs? TryProve(ReadOnlySpan<StateShard?> slices, ProofQuery query)
    {
        var tops = new SliceRoot[query.Shards.Length];
        for (var i = 0; i < tops.Length; i++)
        {
            if (slices[query.Shards[i]] is not { } slice)
            {
                return null;
            }
            tops[i] = slice.Root();
        }
        if (query.Account is not { } address)
        {
            return new SliceProofs(tops, null);
        }
        return slices[layout.ShardOf(in address)] is { } own ? new SliceProofs(tops, Prove(own, in address, query.Slots)) : null;
    }

    private static AccountProof Prove(StateShard slice, in Address address, UInt256[] slots)
    {
        var key = KeyHashes.Of(in address);
        var inSlice = slice.Prove(in key);
        slice.TryGet(in key, out var leaf);
        var storage = leaf switch
        {
            { Storage: { } trie } => trie,
            { Record: { HasStorage: true } record } => throw new MissingNodeException(TriePath.Root, record.StorageRoot),
            _ => MerkleTrie<SlotValue>.Empty,
        };
        return new AccountProof(inSlice, leaf?.Record, [.. slots.Select(slot => Prove(storage, in slot))]);
    }

    private static SlotProof Prove(MerkleTrie<SlotValue> storage, in UInt256 slot)
    {
        var key = KeyHashes.Of(in slot);
        var nodes = TrieProof.Of(storage, in key);
        storage.TryGet(in key, out _, out var value);
        return new SlotProof(slot, value.Value, nodes);
    }
}
