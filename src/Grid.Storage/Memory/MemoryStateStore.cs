using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Grid.Primitives;
using Grid.State;

namespace Grid.Storage.Memory;

/// <summary>The store in the process's memory.</summary>
/// <remarks>
/// Safe because one lock guards the shards, scans work on a copy made under it, and code is immutable and only ever added.
/// </remarks>
public sealed class MemoryStateStore : IStateStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, Shard> _shards = [];
    private readonly ConcurrentDictionary<Hash256, Bytecode> _codes = new();

    public ValueTask<ulong?> ReadVersionAsync(int shard, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_shards.TryGetValue(shard, out var found) ? found.Version : (ulong?)null);
        }
    }

    public ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            var shards = new HashSet<int>();
            foreach (var batch in batches)
            {
                // The genesis state is the one batch that starts where nothing is.
                var version = _shards.TryGetValue(batch.Shard, out var shard) ? shard.Version : 0;
                if (!shards.Add(batch.Shard) || version != batch.FromNumber || (shard is null && batch.ToNumber != 0))
                {
                    return ValueTask.FromResult(false);
                }
            }
            foreach (var batch in batches)
            {
                Write(batch);
            }
            return ValueTask.FromResult(true);
        }
    }

    public async IAsyncEnumerable<StoredAccount> ReadShardAsync(int shard, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        StoredAccount[] accounts;
        lock (_lock)
        {
            accounts = _shards.TryGetValue(shard, out var found) ? [.. found.Accounts.Select(x => new StoredAccount(x.Key, x.Value))] : [];
        }
        foreach (var account in accounts)
        {
            yield return account;
        }
        await ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<KeyValuePair<UInt256, UInt256>>> ReadStorageAsync(int shard, Address address, CancellationToken cancellation = default)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<KeyValuePair<UInt256, UInt256>>>(
                _shards.TryGetValue(shard, out var found) && found.Storage.TryGetValue(address, out var slots) ? [.. slots] : []);
        }
    }

    public ValueTask<Bytecode?> ReadCodeAsync(Hash256 codeHash, CancellationToken cancellation = default) =>
        ValueTask.FromResult(_codes.GetValueOrDefault(codeHash));

    private void Write(StoreBatch batch)
    {
        if (!_shards.TryGetValue(batch.Shard, out var shard))
        {
            _shards.Add(batch.Shard, shard = new Shard());
        }
        foreach (var code in batch.Codes)
        {
            _codes.TryAdd(code.Hash, code);
        }
        foreach (var change in batch.Accounts)
        {
            if (change.StorageCleared || change.Record is null)
            {
                shard.Storage.Remove(change.Address);
            }
            if (change.Record is not { } record)
            {
                shard.Accounts.Remove(change.Address);
                continue;
            }
            shard.Accounts[change.Address] = record;
            WriteSlots(shard, change);
        }
        shard.Version = batch.ToNumber;
    }

    private static void WriteSlots(Shard shard, StoredAccountChange change)
    {
        if (change.Slots.Count == 0)
        {
            return;
        }
        if (!shard.Storage.TryGetValue(change.Address, out var slots))
        {
            shard.Storage.Add(change.Address, slots = []);
        }
        foreach (var (slot, value) in change.Slots)
        {
            if (value.IsZero)
            {
                slots.Remove(slot);
            }
            else
            {
                slots[slot] = value;
            }
        }
        if (slots.Count == 0)
        {
            shard.Storage.Remove(change.Address);
        }
    }

    private sealed class Shard
    {
        public ulong Version { get; set; }

        public Dictionary<Address, AccountRecord> Accounts { get; } = [];

        public Dictionary<Address, Dictionary<UInt256, UInt256>> Storage { get; } = [];
    }
}
