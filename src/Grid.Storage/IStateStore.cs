using Grid.Primitives;
using Grid.State;
using Grid.State.Stored;
using Grid.State.Trie;

namespace Grid.Storage;

/// <summary>A shard as the store has it.</summary>
/// <param name="Version">The number of the last block whose changes it holds whole.</param>
/// <param name="Slice">Loads from the store what isn't in memory, for as long as the store has it: until that node is overwritten by a later version.</param>
public sealed record StoredShard(ulong Version, StateShard Slice);

/// <summary>What a run of blocks changed in one shard, which the slices' prefix names.</summary>
/// <param name="FromNumber">The version that the shard must have in the store.</param>
/// <param name="ToNumber">The version that it has afterwards.</param>
/// <param name="Before">The slice at the first version; null for the genesis state, which starts from nothing.</param>
/// <param name="After">The slice at the second one, with its root computed.</param>
/// <param name="Codes">Code that the run brought in.</param>
public sealed record StoreBatch(ulong FromNumber, ulong ToNumber, StateShard? Before, StateShard After, IReadOnlyList<Bytecode> Codes)
{
    public TriePath Prefix => After.Prefix;

    /// <summary>Whether the batch starts where the store's version is; the genesis state is the one that starts where nothing is.</summary>
    public bool Follows(ulong? version) => version is null ? FromNumber == 0 && ToNumber == 0 : version == FromNumber;
}

/// <summary>
/// The nodes of the state's tries by place, and code by hash, after some block: it trails the head. Each shard has a version of its
/// own. All members may be called from any thread, writes of one shard by one caller at a time.
/// </summary>
public interface IStateStore
{
    /// <summary>A shard at its version; null before the genesis state was written.</summary>
    ValueTask<StoredShard?> ReadShardAsync(TriePath prefix, CancellationToken cancellation = default);

    /// <summary>
    /// Writes whole batches atomically, one a shard at most. A batch that starts at another version than the store's is refused.
    /// </summary>
    /// <returns>False when a batch doesn't start at the store's version: nothing was written.</returns>
    ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default);

    /// <summary>Reads code on the caller's thread; null where the store hasn't got it.</summary>
    Bytecode? ReadCode(in Hash256 codeHash);
}
