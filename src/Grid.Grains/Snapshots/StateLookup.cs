using Grid.Grains.Messages;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Snapshots;

/// <summary>Answers a query from a reader.</summary>
public static class StateLookup
{
    /// <summary>All answers; null when one of them isn't at hand.</summary>
    public static StateValues? TryAnswer(IStateReader reader, StateQuery query)
    {
        (reader as StateView)?.LoadDistant(query.Accounts, query.Slots);
        var accounts = new AccountRecord?[query.Accounts.Length];
        for (var i = 0; i < accounts.Length; i++)
        {
            if (!reader.TryGetAccount(in query.Accounts[i], out accounts[i]))
            {
                return null;
            }
        }
        var slots = new UInt256[query.Slots.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            if (!reader.TryGetStorage(query.Slots[i].Address, query.Slots[i].Slot, out slots[i]))
            {
                return null;
            }
        }
        var codes = new Bytecode?[query.Codes.Length];
        for (var i = 0; i < codes.Length; i++)
        {
            if (!reader.TryGetAccount(in query.Codes[i], out var record)
                || (record is { } account && !reader.TryGetCode(in query.Codes[i], account.CodeHash, out codes[i])))
            {
                return null;
            }
        }
        return new StateValues(accounts, slots, codes);
    }
}
