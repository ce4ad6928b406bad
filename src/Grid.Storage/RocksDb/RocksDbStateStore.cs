using System.Runtime.CompilerServices;
using Grid.Primitives;
using Grid.State;
using RocksDbSharp;

namespace Grid.Storage.RocksDb;

/// <summary>The store in a data folder.</summary>
/// <remarks>
/// Safe because the versions that a batch is checked against belong to the writing thread, and a scan reads the database as it was
/// when the scan began.
/// </remarks>
public sealed class RocksDbStateStore : IStateStore
{
    private readonly RocksDbFolder _folder;
    private readonly GroupWriter _writer;
    // The writing thread's.
    private readonly Dictionary<int, ulong> _versions = [];

    internal RocksDbStateStore(RocksDbFolder folder, GroupWriter writer) => (_folder, _writer) = (folder, writer);

    public ValueTask<ulong?> ReadVersionAsync(int shard, CancellationToken cancellation = default) => ValueTask.FromResult(ReadVersion(shard));

    public async ValueTask<bool> WriteAsync(IReadOnlyList<StoreBatch> batches, CancellationToken cancellation = default) =>
        await _writer.WriteAsync(batch => Write(batch, batches), cancellation);

    public async IAsyncEnumerable<StoredAccount> ReadShardAsync(int shard, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var visit = _folder.Enter();
        using var scan = new Scan(visit.Database, visit.Families.Accounts, StoreFormat.ShardKey(shard));
        while (scan.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            yield return StoreFormat.DecodeAccount(scan.Key, scan.Value);
        }
        await ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<KeyValuePair<UInt256, UInt256>>> ReadStorageAsync(int shard, Address address, CancellationToken cancellation = default)
    {
        using var visit = _folder.Enter();
        using var scan = new Scan(visit.Database, visit.Families.Slots, StoreFormat.AccountKey(shard, in address));
        var slots = new List<KeyValuePair<UInt256, UInt256>>();
        while (scan.MoveNext())
        {
            slots.Add(StoreFormat.DecodeSlot(scan.Key, scan.Value));
        }
        return ValueTask.FromResult<IReadOnlyList<KeyValuePair<UInt256, UInt256>>>(slots);
    }

    public ValueTask<Bytecode?> ReadCodeAsync(Hash256 codeHash, CancellationToken cancellation = default) => ValueTask.FromResult(
        _folder.Get(codeHash.Span, families => families.Codes) is { } found ? new Bytecode(StoreFormat.DecodeCode(found), codeHash) : null);

    /// <summary>Reads the versions anew: the database was opened again. Called by the writing thread.</summary>
    internal void Forget() => _versions.Clear();

    private bool Write(WriteBatch batch, IReadOnlyList<StoreBatch> changes)
    {
        var shards = new HashSet<int>();
        foreach (var change in changes)
        {
            var version = _versions.TryGetValue(change.Shard, out var known) ? known : ReadVersion(change.Shard);
            // The genesis state is the one batch that starts where nothing is.
            if (!shards.Add(change.Shard) || (version ?? 0) != change.FromNumber || (version is null && change.ToNumber != 0))
            {
                return false;
            }
        }
        using var visit = _folder.Enter();
        foreach (var change in changes)
        {
            Write(batch, visit, change);
        }
        foreach (var change in changes)
        {
            _versions[change.Shard] = change.ToNumber;
        }
        return true;
    }

    private static void Write(WriteBatch batch, RocksDbFolder.Visit visit, StoreBatch changes)
    {
        var families = visit.Families;
        foreach (var code in changes.Codes)
        {
            batch.Put(code.Hash.Span, StoreFormat.EncodeCode(code.Bytes), families.Codes);
        }
        foreach (var change in changes.Accounts)
        {
            var key = StoreFormat.AccountKey(changes.Shard, change.Address);
            if (change.StorageCleared || change.Record is null)
            {
                Clear(batch, visit, key);
            }
            if (change.Record is not { } record)
            {
                batch.Delete(key, families.Accounts);
                continue;
            }
            batch.Put(key, StoreFormat.EncodeRecord(in record), families.Accounts);
            foreach (var (slot, value) in change.Slots)
            {
                var slotKey = StoreFormat.SlotKey(changes.Shard, change.Address, in slot);
                if (value.IsZero)
                {
                    batch.Delete(slotKey, families.Slots);
                }
                else
                {
                    batch.Put(slotKey, StoreFormat.EncodeSlot(in value), families.Slots);
                }
            }
        }
        batch.Put(StoreFormat.ShardKey(changes.Shard), JournalFormat.EncodeNumber(changes.ToNumber), families.Versions);
    }

    /// <summary>Removes all slots of an account, by one range: it may have millions.</summary>
    private static void Clear(WriteBatch batch, RocksDbFolder.Visit visit, byte[] accountKey)
    {
        using var scan = new Scan(visit.Database, visit.Families.Slots, accountKey);
        if (!scan.MoveNext())
        {
            return; // most have none, and a range that is deleted costs later reads
        }
        // One byte longer than the last slot's key: the end of a range isn't part of it.
        var end = new byte[StoreFormat.SlotKeyBytes + 1];
        end.AsSpan().Fill(byte.MaxValue);
        accountKey.CopyTo(end, 0);
        batch.DeleteRange(accountKey, (ulong)accountKey.Length, end, (ulong)end.Length, visit.Families.Slots);
    }

    private ulong? ReadVersion(int shard) =>
        _folder.Get(StoreFormat.ShardKey(shard), families => families.Versions) is { } found ? JournalFormat.DecodeNumber(found, $"the version of shard {shard}") : null;
}
