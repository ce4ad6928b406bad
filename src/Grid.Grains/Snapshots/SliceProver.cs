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
    private const int AttemptsMax = 3;

    /// <summary>Null where one of the shards isn't here, or its slice after that block can't be told.</summary>
    public async Task<SliceProofs?> ProveAsync(ProofQuery query)
    {
        for (var attempt = 1; await slices.GetAsync(query.Number) is { } all; attempt++)
        {
            try
            {
                return TryProve(all, query);
            }
            catch (MissingNodeException) when (attempt < AttemptsMax)
            {
                // The store has moved on, and had a node that was made for a later block: made again, the slice has it itself.
                slices.Forget(query.Number);
            }
        }
        return null;
    }

    private SliceProofs? TryProve(ReadOnlySpan<StateShard?> all, ProofQuery query)
    {
        var tops = new SliceRoot[query.Shards.Length];
        for (var i = 0; i < tops.Length; i++)
        {
            if (all[query.Shards[i]] is not { } slice)
            {
                return null;
            }
            tops[i] = slice.Root();
        }
        if (query.Account is not { } address)
        {
            return new SliceProofs(tops, null);
        }
        return all[layout.ShardOf(in address)] is { } own ? new SliceProofs(tops, Prove(own, in address, query.Slots)) : null;
    }

    private static AccountProof Prove(StateShard slice, in Address address, UInt256[] slots)
    {
        var key = KeyHashes.Of(in address);
        var storage = slice.StorageOf(in key, out var source);
        slice.TryGet(in key, out var leaf);
        slice.LoadDistant(in key, [.. slots.Select(slot => KeyHashes.Of(in slot))]);
        return new AccountProof(slice.Prove(in key), leaf?.Record, [.. slots.Select(slot => Prove(storage, source, in slot))]);
    }

    private static SlotProof Prove(MerkleTrie<SlotValue> storage, INodeSource? source, in UInt256 slot)
    {
        var key = KeyHashes.Of(in slot);
        var nodes = TrieProof.Of(storage, in key, source);
        return storage.TryFind(in key, source, out var leaf)
            ? new SlotProof(slot, leaf?.Value.Value ?? default, nodes)
            : throw new MissingNodeException(TriePath.Of(in key, TriePath.MaxLength), key);
    }
}
