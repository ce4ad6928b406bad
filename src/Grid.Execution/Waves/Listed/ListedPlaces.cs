using Grid.Chain;
using Grid.Primitives;

namespace Grid.Execution.Waves;

/// <summary>
/// Where accounts and slots are in a list, by open addressing: transactions look for several each, and a list of ten thousand accounts takes a dozen steps to be searched. Immutable
/// once it is made; any thread.
/// </summary>
internal sealed class ListedPlaces
{
    private readonly BlockAccessList _list;
    private readonly int[] _accounts;
    private readonly (int Account, int Slot)[] _slots;

    public ListedPlaces(BlockAccessList list)
    {
        _list = list;
        // At most half full; 0 is free, places are counted from 1.
        _accounts = new int[TableLength(list.Accounts.Length)];
        _slots = new (int, int)[TableLength(list.SlotCount)];
        for (var i = 0; i < list.Accounts.Length; i++)
        {
            ref readonly var account = ref list.Accounts[i];
            var at = StartOf(Location.HashOf(account.Address), _accounts.Length);
            for (; _accounts[at] != 0; at = (at + 1) & (_accounts.Length - 1))
            {
            }
            _accounts[at] = i + 1;
            var slots = list.Slots(in account);
            for (var slot = 0; slot < slots.Length; slot++)
            {
                AddSlot(i, slot, slots[slot].Key);
            }
        }
    }

    /// <summary>The account's place; negative where it isn't in the list.</summary>
    public int IndexOf(in Address address)
    {
        for (var at = StartOf(Location.HashOf(in address), _accounts.Length); _accounts[at] != 0; at = (at + 1) & (_accounts.Length - 1))
        {
            if (_list.Accounts[_accounts[at] - 1].Address == address)
            {
                return _accounts[at] - 1;
            }
        }
        return -1;
    }

    /// <summary>The slot's place among its account's; negative where it isn't in the list.</summary>
    public int IndexOfSlot(int account, in UInt256 key)
    {
        var slots = _list.Slots(in _list.Accounts[account]);
        for (var at = StartOf(HashOf(account, in key), _slots.Length); _slots[at].Account != 0; at = (at + 1) & (_slots.Length - 1))
        {
            if (_slots[at].Account == account + 1 && slots[_slots[at].Slot].Key == key)
            {
                return _slots[at].Slot;
            }
        }
        return -1;
    }

    private void AddSlot(int account, int slot, in UInt256 key)
    {
        var at = StartOf(HashOf(account, in key), _slots.Length);
        for (; _slots[at].Account != 0; at = (at + 1) & (_slots.Length - 1))
        {
        }
        _slots[at] = (account + 1, slot);
    }

    private static ulong HashOf(int account, in UInt256 key) => Location.Mix(Location.HashOf(in key), (ulong)account);

    private static int StartOf(ulong hash, int length) => (int)(hash >> 32) & (length - 1);

    private static int TableLength(int items) => (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, items * 2));
}
