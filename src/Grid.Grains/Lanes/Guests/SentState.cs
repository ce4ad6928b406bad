using Grid.Execution.Waves;
using Grid.Grains.Messages;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Lanes.Guests;

/// <summary>
/// State that goes with batches to the silo that executes them: what it is expected to need, hasn't got, and the sender has. Most work then starts
/// without a question. Slots of others it has to fetch itself.
/// </summary>
/// <param name="Accounts">Null where there is no account.</param>
/// <param name="Slots">With their values.</param>
/// <param name="Wanted">Slots that are at neither silo.</param>
internal sealed record SentState(
    List<(Address Address, AccountRecord? Record)> Accounts, List<(SlotKey Key, UInt256 Value)> Slots, List<SlotKey> Wanted)
{
    private const byte FlagExists = 1, FlagStorage = 2, FlagCode = 4;

    /// <summary>Of the encoding: an account without code takes 30 bytes or so, a slot with its key 60.</summary>
    public int BytesExpected => (Accounts.Count * 32) + ((Slots.Count + Wanted.Count) * 64);

    /// <param name="state">The sender's, at the parent.</param>
    /// <param name="site">The receiver's.</param>
    /// <param name="accounts">That are surely needed; may repeat.</param>
    /// <param name="slots">That are expected to be needed and aren't at the receiver.</param>
    public static SentState Collect(FetchedState state, ExecutionSites sites, int site, IEnumerable<Address> accounts, HashSet<SlotKey> slots)
    {
        var sent = new SentState([], new(slots.Count), []);
        var seen = new HashSet<Address>();
        foreach (var address in accounts)
        {
            sent.AddAccount(state, sites, site, seen, in address);
        }
        foreach (var slot in slots)
        {
            // Whoever has a slot touched is looked at, too.
            sent.AddAccount(state, sites, site, seen, slot.Address);
            if (state.TryGetStorage(slot.Address, slot.Slot, out var value))
            {
                sent.Slots.Add((slot, value));
            }
            else
            {
                sent.Wanted.Add(slot);
            }
        }
        return sent;
    }

    private void AddAccount(FetchedState state, ExecutionSites sites, int site, HashSet<Address> seen, in Address address)
    {
        if (seen.Add(address) && sites.SiteOf(address) != site && state.TryGetAccount(in address, out var record))
        {
            Accounts.Add((address, record));
        }
    }

    public void Encode(CompactWriter writer)
    {
        writer.WriteNumber((ulong)Accounts.Count);
        foreach (var (address, record) in Accounts)
        {
            writer.WriteBytes(address.Span);
            EncodeRecord(writer, record);
        }
        writer.WriteNumber((ulong)Slots.Count);
        foreach (var (key, value) in Slots)
        {
            writer.WriteBytes(key.Address.Span);
            writer.WriteWord(key.Slot);
            writer.WriteWord(value);
        }
        writer.WriteNumber((ulong)Wanted.Count);
        foreach (var key in Wanted)
        {
            writer.WriteBytes(key.Address.Span);
            writer.WriteWord(key.Slot);
        }
    }

    /// <exception cref="FormatException">The bytes aren't that.</exception>
    public static SentState Decode(ref CompactReader reader)
    {
        var accounts = new List<(Address, AccountRecord?)>(reader.ReadCount(itemBytesMin: Address.Length + 1));
        for (var left = accounts.Capacity; left > 0; left--)
        {
            accounts.Add((new Address(reader.ReadBytes(Address.Length)), DecodeRecord(ref reader)));
        }
        var slots = new List<(SlotKey, UInt256)>(reader.ReadCount(itemBytesMin: Address.Length + 2));
        for (var left = slots.Capacity; left > 0; left--)
        {
            slots.Add((new SlotKey(new Address(reader.ReadBytes(Address.Length)), reader.ReadWord()), reader.ReadWord()));
        }
        var wanted = new List<SlotKey>(reader.ReadCount(itemBytesMin: Address.Length + 1));
        for (var left = wanted.Capacity; left > 0; left--)
        {
            wanted.Add(new SlotKey(new Address(reader.ReadBytes(Address.Length)), reader.ReadWord()));
        }
        return new SentState(accounts, slots, wanted);
    }

    private static void EncodeRecord(CompactWriter writer, AccountRecord? record)
    {
        if (record is not { } account)
        {
            writer.WriteByte(0);
            return;
        }
        writer.WriteByte((byte)(FlagExists | (account.HasStorage ? FlagStorage : 0) | (account.HasCode ? FlagCode : 0)));
        writer.WriteNumber(account.Nonce);
        writer.WriteWord(account.Balance);
        writer.WriteBytes(account.HasStorage ? account.StorageRoot.Span : []);
        writer.WriteBytes(account.HasCode ? account.CodeHash.Span : []);
    }

    private static AccountRecord? DecodeRecord(ref CompactReader reader)
    {
        var flags = reader.ReadByte();
        return (flags & FlagExists) == 0 ? null : new AccountRecord(
            reader.ReadNumber(),
            reader.ReadWord(),
            (flags & FlagStorage) == 0 ? AccountRecord.Empty.StorageRoot : new Hash256(reader.ReadBytes(Hash256.Length)),
            (flags & FlagCode) == 0 ? AccountRecord.Empty.CodeHash : new Hash256(reader.ReadBytes(Hash256.Length)));
    }
}
