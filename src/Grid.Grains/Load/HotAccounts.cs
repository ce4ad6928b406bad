using Grid.Primitives;

namespace Grid.Grains.Load;

/// <summary>One of the hottest accounts.</summary>
/// <param name="Address">The account.</param>
/// <param name="Touches">Transactions that were sent to it: at most <paramref name="Error"/> too many.</param>
/// <param name="Error">The count that was inherited from an account that had to make room.</param>
/// <param name="Turns">Turns of its grain on this silo.</param>
/// <param name="BusyTicks">Time of those turns, in 100 ns.</param>
/// <param name="Bytes">Bytes of the changes that those turns carried.</param>
public readonly record struct HotAccount(Address Address, long Touches, long Error, long Turns, long BusyTicks, long Bytes);

/// <summary>
/// The accounts that were touched most, in bounded memory: the Space-Saving sketch (Metwally, Agrawal, El Abbadi, 2005). An
/// account whose true count exceeds total / capacity is certain to be in it.
/// </summary>
/// <remarks>Safe because one lock guards all fields; it is taken once per block and per account turn, not per transaction.</remarks>
public sealed class HotAccounts(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Address, HotAccount> _entries = new(capacity);

    /// <summary>Adds the touches of one block.</summary>
    public void Touch(IEnumerable<KeyValuePair<Address, int>> touches)
    {
        lock (_lock)
        {
            foreach (var (address, count) in touches)
            {
                var entry = Entry(address);
                _entries[address] = entry with { Touches = entry.Touches + count };
            }
        }
    }

    /// <summary>Adds one turn of an account's grain.</summary>
    public void Turn(in Address address, long busyTicks, long bytes)
    {
        lock (_lock)
        {
            var entry = Entry(address);
            _entries[address] = entry with { Turns = entry.Turns + 1, BusyTicks = entry.BusyTicks + busyTicks, Bytes = entry.Bytes + bytes };
        }
    }

    /// <summary>The hottest first.</summary>
    public HotAccount[] Top(int count)
    {
        lock (_lock)
        {
            return [.. _entries.Values.OrderByDescending(x => x.Touches + x.Turns).ThenBy(x => x.Address).Take(count)];
        }
    }

    private HotAccount Entry(in Address address)
    {
        if (_entries.TryGetValue(address, out var entry))
        {
            return entry;
        }
        if (_entries.Count < capacity)
        {
            return new HotAccount(address, 0, 0, 0, 0, 0);
        }
        var coldest = _entries.Values.MinBy(x => x.Touches);
        _entries.Remove(coldest.Address);
        return new HotAccount(address, coldest.Touches, coldest.Touches, 0, 0, 0);
    }
}
