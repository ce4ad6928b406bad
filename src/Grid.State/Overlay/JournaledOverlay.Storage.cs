using Grid.Primitives;
using Grid.State.Overlay;

namespace Grid.State;

public partial class JournaledOverlay
{
    /// <summary>Makes the slot warm (EIP-2929); returns whether it was warm before. No state is read.</summary>
    public bool WarmSlot(in Address address, in UInt256 slot)
    {
        var index = FindOrAddSlot(_accounts.FindOrAdd(in address), in slot);
        ref var entry = ref _slots.Entries[index];
        if (entry.WarmTransaction == _transaction)
        {
            return true;
        }
        entry.WarmTransaction = _transaction;
        _journal.Add(UndoKind.WarmSlot, index);
        return false;
    }

    /// <summary>Whether the account has any storage that is not zero (EIP-7610's collision rule).</summary>
    public bool TryHasStorage(in Address address, out bool hasStorage)
    {
        hasStorage = false;
        var index = Access(in address);
        if (index < 0)
        {
            return false;
        }
        ref var account = ref _accounts.Entries[index];
        account.Reads |= AccountFields.Storage;
        hasStorage = account.StorageGeneration == 0 && _accounts.Origins[index].Base.HasStorage;
        for (var at = account.FirstSlot; at >= 0 && !hasStorage; at = _slots.Entries[at].NextOfAccount)
        {
            hasStorage = _slots.Entries[at].Generation == account.StorageGeneration && !_slots.Entries[at].Value.IsZero;
        }
        return true;
    }

    /// <summary>The current value of the slot: zero where it was never set.</summary>
    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        var index = AccessSlot(in address, in slot);
        if (index < 0)
        {
            value = default;
            return false;
        }
        value = _slots.Entries[index].Value;
        return true;
    }

    /// <summary>The value of the slot when the transaction began (EIP-2200); zero in a contract that the transaction created.</summary>
    public bool TryGetOriginalStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        var index = AccessSlot(in address, in slot);
        if (index < 0)
        {
            value = default;
            return false;
        }
        ref readonly var entry = ref _slots.Entries[index];
        value = _accounts.Entries[entry.Account].CreatedTransaction == _transaction ? UInt256.Zero : entry.Original;
        return true;
    }

    /// <summary>Sets a slot. The slot must have been read in this transaction before.</summary>
    /// <exception cref="InvalidOperationException">It wasn't.</exception>
    public void SetStorage(in Address address, in UInt256 slot, in UInt256 value)
    {
        var index = AccessSlot(in address, in slot);
        if (index < 0)
        {
            throw new InvalidOperationException("A slot that isn't at hand was set.");
        }
        ref var entry = ref _slots.Entries[index];
        if (entry.Value != value)
        {
            _journal.Add(UndoKind.Slot, index).Value = entry.Value;
            entry.Value = value;
        }
    }

    /// <summary>EIP-1153.</summary>
    public UInt256 GetTransient(in Address address, in UInt256 slot)
    {
        if (_transients.Count == 0)
        {
            return UInt256.Zero;
        }
        var index = _transients.Find(_accounts.FindOrAdd(in address), in slot);
        return index < 0 ? UInt256.Zero : _transients.Entries[index].Value;
    }

    /// <summary>EIP-1153.</summary>
    public void SetTransient(in Address address, in UInt256 slot, in UInt256 value)
    {
        var index = _transients.FindOrAdd(_accounts.FindOrAdd(in address), in slot, out _);
        ref var entry = ref _transients.Entries[index];
        _journal.Add(UndoKind.Transient, index).Value = entry.Value;
        entry.Value = value;
    }

    private int FindOrAddSlot(int account, in UInt256 slot)
    {
        var index = _slots.FindOrAdd(account, in slot, out var isNew);
        if (isNew)
        {
            ref var first = ref _accounts.Entries[account].FirstSlot;
            _slots.Entries[index].NextOfAccount = first;
            first = index;
        }
        return index;
    }

    /// <summary>The slot's index after loading it and counting the access; -1 where it isn't at hand.</summary>
    private int AccessSlot(in Address address, in UInt256 slot)
    {
        var account = Access(in address);
        if (account < 0)
        {
            return -1;
        }
        var index = FindOrAddSlot(account, in slot);
        if (_slots.Entries[index].AccessTransaction != _transaction && !BeginSlotAccess(account, index))
        {
            return -1;
        }
        ref var entry = ref _slots.Entries[index];
        var generation = _accounts.Entries[account].StorageGeneration;
        if (entry.Generation != generation)
        {
            // Cleared in this transaction: a revert may bring the value back.
            ref var undo = ref _journal.Add(UndoKind.SlotGeneration, index);
            undo.Value = entry.Value;
            undo.Number = entry.Generation;
            entry.Value = UInt256.Zero;
            entry.Generation = generation;
        }
        return index;
    }

    private bool BeginSlotAccess(int account, int index)
    {
        ref var entry = ref _slots.Entries[index];
        ref readonly var origin = ref _accounts.Origins[account];
        if (!entry.Loaded && !LoadSlot(ref entry, in origin))
        {
            return false;
        }
        if (entry.Generation != origin.StorageGeneration)
        {
            // Cleared by a transaction that has ended.
            entry.Value = UInt256.Zero;
            entry.Generation = origin.StorageGeneration;
            entry.Written = true;
        }
        entry.AccessTransaction = _transaction;
        entry.Original = entry.Value;
        entry.WrittenBefore = entry.Written;
        if (_accessedSlotCount == _accessedSlots.Length)
        {
            Array.Resize(ref _accessedSlots, _accessedSlotCount * 2);
        }
        _accessedSlots[_accessedSlotCount++] = index;
        return true;
    }

    private bool LoadSlot(ref SlotEntry entry, in AccountOrigin origin)
    {
        // What was cleared before this transaction, or never was, needs no reading.
        if (origin.StorageGeneration == 0 && origin.Base.HasStorage)
        {
            ref readonly var address = ref _accounts.Entries[entry.Account].Address;
            if (!Reader.TryGetStorage(in address, in entry.Slot, out entry.Base))
            {
                AddMiss(new StateMiss(MissKind.Storage, address, entry.Slot, default));
                return false;
            }
            entry.Value = entry.Base;
        }
        entry.Loaded = true;
        return true;
    }
}
