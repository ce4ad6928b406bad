using Grid.Primitives;
using Grid.State;

namespace Grid.Storage;

/// <summary>The final state of one account after a batch of blocks.</summary>
/// <param name="Address">The account.</param>
/// <param name="Record">Its record; null where the account is gone.</param>
/// <param name="StorageCleared">Whether every slot from before the batch is gone: applied before <paramref name="Slots"/>.</param>
/// <param name="Slots">Slots with their new values; zero removes one.</param>
public sealed record StoredAccountChange(
    Address Address, AccountRecord? Record, bool StorageCleared, IReadOnlyList<KeyValuePair<UInt256, UInt256>> Slots);

/// <summary>What a run of blocks changed in one shard.</summary>
/// <param name="Shard">The shard's prefix.</param>
/// <param name="FromNumber">The version that the shard must have in the store.</param>
/// <param name="ToNumber">The version that it has afterwards.</param>
public sealed record StoreBatch(
    int Shard, ulong FromNumber, ulong ToNumber, IReadOnlyList<StoredAccountChange> Accounts, IReadOnlyList<Bytecode> Codes);

/// <summary>One account as the store holds it.</summary>
public sealed record StoredAccount(Address Address, AccountRecord Record);

/// <summary>
/// Accounts, slots and code after some block: it trails the head. Each shard has a version of its own, the number of the last
/// block whose changes it holds whole. All members may be called from any thread, writes of one shard by one caller at a time.
/// </summary>
public interface IStateStore
{
    /// <summary>The version of a shard; null before the genesis state was written.</summary>
    ValueTask<ulong?> ReadVersionAsync(int shard, CancellationToken cancellation = default);

    /// <summary>
    /// Writes whole batches atomically, one a shard at most. A batch that starts at another version than the store's is refused.
    /// </summary>
    /// <returns>False when a batch doesn't start at the store's version: nothing was written.</returns>
    ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default);

    /// <summary>
    /// Every account of a shard, in no particular order. Who loads a shard reads the version before and after, and loads again
    /// when it changed in between.
    /// </summary>
    IAsyncEnumerable<StoredAccount> ReadShardAsync(int shard, CancellationToken cancellation = default);

    /// <summary>Every slot of an account that isn't zero.</summary>
    ValueTask<IReadOnlyList<KeyValuePair<UInt256, UInt256>>> ReadStorageAsync(int shard, Address address, CancellationToken cancellation = default);

    ValueTask<Bytecode?> ReadCodeAsync(Hash256 codeHash, CancellationToken cancellation = default);
}
