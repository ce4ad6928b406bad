using Grid.Chain;
using Grid.Primitives;

namespace Grid.Execution.Waves;

/// <summary>
/// What a part of a block read and left, as those see it who put parts together. Accounts and slots go by numbers of the part's own.
/// </summary>
internal abstract class PartRecord
{
    /// <summary>What the part accessed.</summary>
    public abstract BlockAccessList List { get; }

    /// <summary>For each account of the list its number.</summary>
    public abstract int[] Numbers { get; }

    public abstract TouchLog Log { get; }

    public abstract Address AddressOf(int account);

    public abstract UInt256 KeyOf(int slot);

    /// <summary>The number of the account whose slot it is.</summary>
    public abstract int AccountOf(int slot);

    /// <summary>Negative for a slot that the part didn't access.</summary>
    public abstract int SlotNumberOf(in Address address, in UInt256 key);
}

/// <summary>Of a part that was executed here: the tables that it was executed with.</summary>
internal sealed class OwnRecord(AccessListBuilder builder, TransactionWorld world, TouchLog log) : PartRecord
{
    private BlockAccessList? _list;
    private int[] _numbers = [];

    public override BlockAccessList List => _list ?? throw new InvalidOperationException("The part isn't complete.");

    public override int[] Numbers => _numbers;

    public override TouchLog Log => log;

    /// <summary>Makes the list, once all is recorded.</summary>
    public void Complete() => _list ??= builder.Build(out _numbers);

    public override Address AddressOf(int account) => builder.AddressOf(account);

    public override UInt256 KeyOf(int slot) => builder.KeyOf(slot);

    public override int AccountOf(int slot) => builder.AccountOf(slot);

    public override int SlotNumberOf(in Address address, in UInt256 key) => world.SlotNumberOf(in address, in key);

    /// <summary>The account's slots by number, by ascending key: as the list has them.</summary>
    /// <param name="into">Is cleared.</param>
    public void SlotsOf(int account, List<int> into)
    {
        into.Clear();
        for (var slot = builder.FirstSlotOf(account); slot >= 0; slot = builder.NextSlot(slot))
        {
            into.Add(slot);
        }
        into.Sort((a, b) => builder.KeyOf(a).CompareTo(builder.KeyOf(b)));
    }
}

/// <summary>Of a part that was executed elsewhere: its accounts and slots are numbered as they stand in the list.</summary>
internal sealed class SentRecord : PartRecord
{
    private readonly int[] _firstSlots;
    private readonly int[] _accountOfSlot;
    private readonly int[] _numbers;

    public SentRecord(BlockAccessList list, TouchLog log)
    {
        (List, Log) = (list, log);
        _numbers = new int[list.Accounts.Length];
        _firstSlots = new int[list.Accounts.Length];
        _accountOfSlot = new int[list.SlotCount];
        var next = 0;
        for (var i = 0; i < _numbers.Length; i++)
        {
            _numbers[i] = i;
            _firstSlots[i] = next;
            var count = list.Slots(in list.Accounts[i]).Length;
            _accountOfSlot.AsSpan(next, count).Fill(i);
            next += count;
        }
    }

    public override BlockAccessList List { get; }

    public override int[] Numbers => _numbers;

    public override TouchLog Log { get; }

    public override Address AddressOf(int account) => List.Accounts[account].Address;

    public override UInt256 KeyOf(int slot) => List.Slots(in List.Accounts[_accountOfSlot[slot]])[slot - _firstSlots[_accountOfSlot[slot]]].Key;

    public override int AccountOf(int slot) => _accountOfSlot[slot];

    public override int SlotNumberOf(in Address address, in UInt256 key)
    {
        var account = List.IndexOf(in address);
        if (account < 0)
        {
            return -1;
        }
        var slots = List.Slots(in List.Accounts[account]);
        int low = 0, high = slots.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = slots[middle].Key.CompareTo(key);
            if (order == 0)
            {
                return _firstSlots[account] + middle;
            }
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }
        return -1;
    }
}
