using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Snapshots;

/// <summary>
/// The state after one committed block, as far as it is on this silo. Immutable: a reader that holds it sees one block,
/// whatever is committed meanwhile.
/// </summary>
/// <param name="header">The block.</param>
/// <param name="shards">By shard number; null for a shard that lives on another silo.</param>
/// <param name="codes">The silo's code.</param>
public sealed class StateView(BlockHeader header, StateShard?[] shards, CodeTable codes, ShardLayout layout) : IStateReader, IWarmableState
{
    public BlockHeader Header { get; } = header;

    public ulong Number => Header.Number;

    public ReadOnlySpan<StateShard?> Shards => shards;

    /// <summary>Whether all shards are on this silo.</summary>
    public bool IsComplete { get; } = Array.TrueForAll(shards, shard => shard is not null);

    /// <summary>Whether the account's shard is on this silo.</summary>
    public bool IsHere(in Address address) => shards[layout.ShardOf(in address)] is not null;

    public void Warm(ReadOnlySpan<Address> addresses) => StateShard.Warm(shards, layout.PrefixNibbles, KeyHashes.Of(addresses));

    /// <summary>Has values at hand before they are looked up one by one, where the store is some way off: asks it for those of a level together.</summary>
    public void LoadDistant(IReadOnlyCollection<Address> accounts, IReadOnlyCollection<SlotKey> slots)
    {
        if (!Array.Exists(shards, shard => shard is { Nodes.IsDistant: true }))
        {
            return;
        }
        var keys = accounts.Concat(slots.Select(slot => slot.Address)).Distinct().Select(address => KeyHashes.Of(in address));
        foreach (var below in keys.GroupBy(key => layout.ShardOf(in key)))
        {
            shards[below.Key]?.LoadDistant([.. below]);
        }
        foreach (var below in slots.GroupBy(slot => slot.Address, slot => slot.Slot))
        {
            var key = KeyHashes.Of(below.Key);
            shards[layout.ShardOf(in key)]?.LoadDistant(in key, [.. below.Select(slot => KeyHashes.Of(in slot))]);
        }
    }

    /// <summary>The same with one more shard.</summary>
    public StateView With(int shard, StateShard slice)
    {
        StateShard?[] more = [.. shards];
        more[shard] = slice;
        return new StateView(Header, more, codes, layout);
    }

    public bool TryGetAccount(in Address address, out AccountRecord? record)
    {
        AccountLeaf? leaf = null;
        var key = KeyHashes.Of(in address);
        var here = shards[layout.ShardOf(in key)] is { } shard && shard.TryGet(in key, out leaf);
        record = leaf?.Record;
        return here;
    }

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        value = default;
        var key = KeyHashes.Of(in address);
        return shards[layout.ShardOf(in key)] is { } shard && shard.TryGetSlot(in key, KeyHashes.Of(in slot), out value);
    }

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code) => codes.TryGet(in codeHash, out code);
}
