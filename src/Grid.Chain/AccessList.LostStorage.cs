using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain;

/// <summary>
/// Storage that the block took away as a whole, which destruction did before Cancun (EIP-6780): the list names only the slots that
/// the block touched, so what else was there is kept beside it. Version 2 of the compact form is version 1 and this, where there is any.
/// </summary>
public sealed partial class BlockAccessList
{
    private const byte CompactVersionWithLostStorage = 2;

    private const byte LostStorageTooLarge = 0, LostStorageKept = 1;

    private readonly IReadOnlyDictionary<Address, HashedSlot[]?> _lostStorage = System.Collections.Frozen.FrozenDictionary<Address, HashedSlot[]?>.Empty;

    private BlockAccessList(BlockAccessList list, IReadOnlyDictionary<Address, HashedSlot[]?> lostStorage)
        : this(
            list._accounts, list._accountCount, list._slots, list.SlotCount, list._storageChanges, list._balances, list._nonces, list._codes) =>
        _lostStorage = lostStorage;

    /// <summary>Whether the account had storage before the block, and none of that after it: its slots here aren't all that changed.</summary>
    public static bool LosesStorage(in AccessListAccount account) =>
        account.ExistedBefore && account.StorageRootBefore != Keccak256.OfEmptyString && (account.IsStorageCleared || !account.ExistsAfter);

    /// <summary>This list as execution gives it.</summary>
    public BlockAccessList WithoutLostStorage() => _lostStorage.Count == 0 ? this : new(this, new Dictionary<Address, HashedSlot[]?>());

    /// <summary>This list with all storage before the block of accounts that lose it.</summary>
    /// <param name="storage">By account; null for storage that is too large to be kept.</param>
    public BlockAccessList WithLostStorage(IReadOnlyDictionary<Address, HashedSlot[]?> storage) => new(this, storage);

    /// <summary>All storage before the block of an account that loses it; null where it isn't kept.</summary>
    public HashedSlot[]? LostStorageOf(in Address address) => _lostStorage.GetValueOrDefault(address);

    private byte VersionOfEncoding => _lostStorage.Count == 0 ? CompactVersion : CompactVersionWithLostStorage;

    /// <summary>The number of entries; then each one's place in the accounts, whether it is kept and, where it is, the slots.</summary>
    private byte[] EncodeLostStorage()
    {
        if (_lostStorage.Count == 0)
        {
            return [];
        }
        using var writer = new CompactWriter(64 + _lostStorage.Sum(entry => 65 * (entry.Value?.Length ?? 0)));
        writer.WriteNumber((ulong)_lostStorage.Count);
        foreach (var (place, slots) in _lostStorage.Select(entry => (Place: IndexOf(entry.Key), entry.Value)).OrderBy(entry => entry.Place))
        {
            writer.WriteNumber((ulong)place);
            writer.WriteByte(slots is null ? LostStorageTooLarge : LostStorageKept);
            if (slots is null)
            {
                continue;
            }
            writer.WriteNumber((ulong)slots.Length);
            foreach (ref readonly var slot in slots.AsSpan())
            {
                writer.WriteBytes(slot.Key.Span);
                writer.WriteWord(slot.Value);
            }
        }
        return writer.Written.ToArray();
    }

    private static BlockAccessList DecodeLostStorage(ref CompactReader reader, BlockAccessList list)
    {
        var count = reader.ReadCount(itemBytesMin: 2);
        Require(count > 0, AccessListError.Malformed, reader.Position);
        var storage = new Dictionary<Address, HashedSlot[]?>(count);
        var next = 0UL;
        for (var i = 0; i < count; i++)
        {
            var place = reader.ReadNumber();
            Require(place >= next, AccessListError.WrongOrder, reader.Position);
            Require(place < (ulong)list._accountCount, AccessListError.Malformed, reader.Position);
            next = place + 1;
            var kept = reader.ReadByte();
            Require(kept is LostStorageTooLarge or LostStorageKept, AccessListError.Malformed, reader.Position);
            storage.Add(list._accounts[place].Address, kept == LostStorageKept ? DecodeSlots(ref reader) : null);
        }
        return list.WithLostStorage(storage);
    }

    private static HashedSlot[] DecodeSlots(ref CompactReader reader)
    {
        var slots = new HashedSlot[reader.ReadCount(Hash256.Length + 1)];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = new HashedSlot(new Hash256(reader.ReadBytes(Hash256.Length)), reader.ReadWord());
            Require(i == 0 || slots[i - 1].Key < slots[i].Key, AccessListError.WrongOrder, reader.Position);
        }
        return slots;
    }
}
