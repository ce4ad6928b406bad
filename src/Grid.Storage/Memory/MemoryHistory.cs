using Grid.Primitives;
using Grid.State;

namespace Grid.Storage.Memory;

/// <summary>Values before of the blocks that a journal in memory keeps. Not thread-safe: the journal's lock guards it.</summary>
internal sealed class MemoryHistory
{
    private readonly Dictionary<Address, List<(ulong Number, AccountRecord? Before)>> _accounts = [];
    private readonly Dictionary<(Address, Hash256), List<(ulong Number, UInt256 Before)>> _slots = [];
    private readonly Dictionary<ulong, BlockHistory> _blocks = [];

    public ulong? Start { get; private set; }

    public static long SizeBytes(BlockHistory block) => 128 + (block.Accounts.Count * 256L) + (block.Slots.Count * 192L);

    public void Add(BlockHistory block)
    {
        Start = !block.IsComplete ? block.Number : Start ?? (block.Number == 0 ? 0 : block.Number - 1);
        _blocks.Add(block.Number, block);
        foreach (var (address, before) in block.Accounts)
        {
            ListOf(_accounts, address).Add((block.Number, before));
        }
        foreach (var (address, key, before) in block.Slots)
        {
            ListOf(_slots, (address, key)).Add((block.Number, before));
        }
    }

    /// <summary>Drops what a block, the oldest, has added; returns how many bytes that were.</summary>
    public long Forget(ulong number)
    {
        if (!_blocks.Remove(number, out var block))
        {
            return 0;
        }
        Start = Math.Max(Start ?? 0, number);
        foreach (var (address, _) in block.Accounts)
        {
            RemoveFirst(_accounts, address);
        }
        foreach (var (address, key, _) in block.Slots)
        {
            RemoveFirst(_slots, (address, key));
        }
        return SizeBytes(block);
    }

    public AccountBefore? FindAccount(in Address address, ulong number) =>
        _accounts.TryGetValue(address, out var list) && IndexAfter(list, number) is var at && at < list.Count ? new AccountBefore(list[at].Before) : null;

    public UInt256? FindSlot(in Address address, in Hash256 key, ulong number) =>
        _slots.TryGetValue((address, key), out var list) && IndexAfter(list, number) is var at && at < list.Count ? list[at].Before : null;

    /// <summary>The first entry of a later block; numbers ascend.</summary>
    private static int IndexAfter<T>(List<(ulong Number, T Before)> list, ulong number)
    {
        int low = 0, high = list.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            (low, high) = list[middle].Number > number ? (low, middle) : (middle + 1, high);
        }
        return low;
    }

    private static List<T> ListOf<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = []);
        }
        return list;
    }

    private static void RemoveFirst<TKey, T>(Dictionary<TKey, List<T>> lists, TKey key)
        where TKey : notnull
    {
        var list = lists[key];
        list.RemoveAt(0);
        if (list.Count == 0)
        {
            lists.Remove(key);
        }
    }
}
