using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>EIP-7928's own form: [address, storage_changes, storage_reads, balance_changes, nonce_changes, code_changes] an account.</summary>
public sealed partial class BlockAccessList
{
    /// <summary>A list's head, an address with its own, and five empty lists.</summary>
    private const int EncodedAccountBytesMin = 1 + 1 + Address.Length + 5;

    public byte[] EncodeRlp()
    {
        var writer = RlpBuffers.Rent();
        EncodeRlp(writer);
        var bytes = writer.ToArray();
        RlpBuffers.Return(writer);
        return bytes;
    }

    public void EncodeRlp(RlpWriter writer)
    {
        var list = writer.BeginList();
        foreach (ref readonly var account in Accounts)
        {
            var item = writer.BeginList();
            writer.WriteAddress(account.Address);
            EncodeSlots(writer, in account);
            EncodeAccountChanges(writer, in account);
            writer.EndList(item);
        }
        writer.EndList(list);
    }

    private void EncodeSlots(RlpWriter writer, in AccessListAccount account)
    {
        var changed = writer.BeginList();
        foreach (ref readonly var slot in Slots(in account))
        {
            if (slot.IsRead)
            {
                continue;
            }
            var item = writer.BeginList();
            writer.WriteUInt256(slot.Key);
            var changes = writer.BeginList();
            foreach (ref readonly var change in Changes(in slot))
            {
                var pair = writer.BeginList();
                writer.WriteUInt64(change.Index);
                writer.WriteUInt256(change.Value);
                writer.EndList(pair);
            }
            writer.EndList(changes);
            writer.EndList(item);
        }
        writer.EndList(changed);
        var reads = writer.BeginList();
        foreach (ref readonly var slot in Slots(in account))
        {
            if (slot.IsRead)
            {
                writer.WriteUInt256(slot.Key);
            }
        }
        writer.EndList(reads);
    }

    private void EncodeAccountChanges(RlpWriter writer, in AccessListAccount account)
    {
        var balances = writer.BeginList();
        foreach (ref readonly var change in BalanceChanges(in account))
        {
            var pair = writer.BeginList();
            writer.WriteUInt64(change.Index);
            writer.WriteUInt256(change.Value);
            writer.EndList(pair);
        }
        writer.EndList(balances);
        var nonces = writer.BeginList();
        foreach (ref readonly var change in NonceChanges(in account))
        {
            var pair = writer.BeginList();
            writer.WriteUInt64(change.Index);
            writer.WriteUInt64(change.Value);
            writer.EndList(pair);
        }
        writer.EndList(nonces);
        var codes = writer.BeginList();
        foreach (ref readonly var change in CodeChanges(in account))
        {
            var pair = writer.BeginList();
            writer.WriteUInt64(change.Index);
            writer.WriteBytes(change.Code.Bytes);
            writer.EndList(pair);
        }
        writer.EndList(codes);
    }

    /// <summary>Decodes EIP-7928's form and checks its order. The values before the block are unknown, and read as zero.</summary>
    /// <exception cref="RlpException">Malformed RLP.</exception>
    /// <exception cref="AccessListFormatException">An order or uniqueness rule of the EIP is broken.</exception>
    public static BlockAccessList DecodeRlp(ReadOnlySpan<byte> bytes)
    {
        var outer = new RlpReader(bytes);
        var list = outer.ReadList();
        outer.ExpectEnd();
        var arrays = new Arrays();
        var previous = default(Address);
        arrays.Accounts.Capacity = Math.Min(list.CountItems(), bytes.Length / EncodedAccountBytesMin);
        while (!list.IsAtEnd)
        {
            var at = list.Position;
            var item = list.ReadList();
            var address = item.ReadAddress();
            Require(arrays.Accounts.Count == 0 || previous < address, AccessListError.WrongOrder, at);
            previous = address;
            var slots = DecodeSlots(ref item, arrays, at);
            var balances = DecodePairs(ref item, arrays.Balances, at, static (ref RlpReader r, uint index) => new BalanceChange(index, r.ReadUInt256()));
            var nonces = DecodePairs(ref item, arrays.Nonces, at, static (ref RlpReader r, uint index) => new NonceChange(index, r.ReadUInt64()));
            var codes = DecodePairs(ref item, arrays.Codes, at, static (ref RlpReader r, uint index) =>
            {
                var code = r.ReadBytes().ToArray();
                return new CodeChange(index, new Bytecode(code, Keccak256.Hash(code)));
            });
            item.ExpectEnd();
            arrays.Accounts.Add(new AccessListAccount
            {
                Address = address, StorageClearedAt = AccessListAccount.NeverCleared, Slots = slots, Balances = balances, Nonces = nonces, Codes = codes,
            });
        }
        return arrays.ToList();
    }

    private delegate T PairReader<out T>(ref RlpReader reader, uint index);

    private static Run DecodePairs<T>(ref RlpReader item, List<T> target, int at, PairReader<T> read)
    {
        var list = item.ReadList();
        var start = target.Count;
        var next = 0L;
        while (!list.IsAtEnd)
        {
            var pair = list.ReadList();
            var index = ReadIndex(ref pair);
            Require(index >= next, AccessListError.WrongOrder, at);
            next = index + 1L;
            target.Add(read(ref pair, index));
            pair.ExpectEnd();
        }
        return new Run(start, target.Count - start);
    }

    /// <summary>Merges the two lists of the EIP, changed and read, into one in the order of the keys.</summary>
    private static Run DecodeSlots(ref RlpReader item, Arrays arrays, int at)
    {
        var changed = item.ReadList();
        var reads = item.ReadList();
        var slots = arrays.Changed;
        slots.Clear();
        while (!changed.IsAtEnd)
        {
            var entry = changed.ReadList();
            var key = entry.ReadUInt256();
            Require(slots.Count == 0 || slots[^1].Key < key, AccessListError.WrongOrder, at);
            var changes = DecodePairs(ref entry, arrays.StorageChanges, at, static (ref RlpReader r, uint index) => new StorageChange(index, r.ReadUInt256()));
            Require(changes.Count > 0, AccessListError.SlotWithoutChange, at);
            entry.ExpectEnd();
            slots.Add(new AccessListSlot { Key = key, Changes = changes });
        }
        var start = arrays.Slots.Count;
        var next = 0;
        UInt256? previous = null;
        while (!reads.IsAtEnd)
        {
            var key = reads.ReadUInt256();
            Require(previous is not { } last || last < key, AccessListError.WrongOrder, at);
            previous = key;
            while (next < slots.Count && slots[next].Key < key)
            {
                arrays.Slots.Add(slots[next++]);
            }
            Require(next == slots.Count || slots[next].Key != key, AccessListError.WrongOrder, at);
            arrays.Slots.Add(new AccessListSlot { Key = key });
        }
        for (; next < slots.Count; next++)
        {
            arrays.Slots.Add(slots[next]);
        }
        return new Run(start, arrays.Slots.Count - start);
    }

    private static uint ReadIndex(ref RlpReader reader)
    {
        var at = reader.Position;
        var value = reader.ReadUInt64();
        return value <= uint.MaxValue ? (uint)value : throw new RlpException(RlpError.TooWide, at);
    }

    private static void Require(bool condition, AccessListError error, int offset)
    {
        if (!condition)
        {
            throw new AccessListFormatException(error, offset);
        }
    }

    /// <summary>The arrays while they grow.</summary>
    internal sealed class Arrays
    {
        public List<AccessListAccount> Accounts { get; } = [];

        public List<AccessListSlot> Slots { get; } = [];

        /// <summary>The changed slots of the account at hand, before those are among them that were only read.</summary>
        public List<AccessListSlot> Changed { get; } = [];

        public List<StorageChange> StorageChanges { get; } = [];

        public List<BalanceChange> Balances { get; } = [];

        public List<NonceChange> Nonces { get; } = [];

        public List<CodeChange> Codes { get; } = [];

        public BlockAccessList ToList() => new([.. Accounts], [.. Slots], [.. StorageChanges], [.. Balances], [.. Nonces], [.. Codes]);
    }
}
