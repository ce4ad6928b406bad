using Grid.Primitives;
using Grid.State;
using Grid.Storage;

namespace Grid.Grains.Shards;

/// <summary>What committed blocks changed in a shard since the store's version, merged: the last value of everything.</summary>
internal sealed class UnwrittenChanges
{
    private readonly Dictionary<Address, Account> _accounts = [];
    private readonly Dictionary<Hash256, Bytecode> _codes = [];
    private ulong _storeNumber;
    private ulong _number;

    /// <summary>Committed blocks that the store lacks.</summary>
    public int Blocks => (int)(_number - _storeNumber);

    /// <summary>Begins at the store's version, with the blocks that were replayed on top of it.</summary>
    public void Start(ulong storeNumber, IReadOnlyList<(ulong Number, IReadOnlyList<AccountChange> Changes)> replayed)
    {
        Clear();
        _storeNumber = _number = storeNumber;
        foreach (var (number, changes) in replayed)
        {
            Add(number, changes);
        }
    }

    public void Add(ulong number, IReadOnlyList<AccountChange> changes)
    {
        _number = number;
        foreach (var change in changes)
        {
            if (!_accounts.TryGetValue(change.Address, out var account))
            {
                _accounts.Add(change.Address, account = new Account());
            }
            account.Record = change.After;
            if (change.StorageCleared || change.After is null)
            {
                account.StorageCleared = true;
                account.Slots.Clear();
            }
            foreach (ref readonly var slot in change.Slots.Span)
            {
                account.Slots[slot.Slot] = slot.After;
            }
            if (change.NewCode is { } code)
            {
                _codes[code.Hash] = code;
            }
        }
    }

    /// <summary>All of it, as one atomic batch; null when the store has everything.</summary>
    public StoreBatch? ToBatch(int shard) => Blocks == 0
        ? null
        : new StoreBatch(
            shard,
            _storeNumber,
            _number,
            [.. _accounts.Select(x => new StoredAccountChange(x.Key, x.Value.Record, x.Value.StorageCleared, [.. x.Value.Slots]))],
            [.. _codes.Values]);

    /// <summary>Forgets what the store has now. Nothing was added since <see cref="ToBatch"/>.</summary>
    public void Written(ulong number)
    {
        _storeNumber = number;
        Clear();
    }

    /// <summary>
    /// Takes another version of the store for the one to go on from: a write that was believed lost may be there. What is merged here are the
    /// last values, so it doesn't matter that some of them are written already.
    /// </summary>
    /// <returns>False where the store is ahead: what is here isn't enough then.</returns>
    public bool TryRebase(ulong storeNumber)
    {
        if (storeNumber < _storeNumber || storeNumber > _number)
        {
            return false;
        }
        _storeNumber = storeNumber;
        if (Blocks == 0)
        {
            Clear();
        }
        return true;
    }

    private void Clear()
    {
        _accounts.Clear();
        _codes.Clear();
    }

    private sealed class Account
    {
        public AccountRecord? Record { get; set; }

        public bool StorageCleared { get; set; }

        public Dictionary<UInt256, UInt256> Slots { get; } = [];
    }
}
