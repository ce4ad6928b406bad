using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>One entry of a transaction's access list (EIP-2930): an account and slots of it that start warm.</summary>
public sealed record AccessListEntry(Address Address, UInt256[] StorageKeys)
{
    internal static AccessListEntry[] DecodeList(ref RlpReader reader)
    {
        var list = reader.ReadList();
        var count = list.CountItems();
        if (count == 0)
        {
            return [];
        }
        var entries = new AccessListEntry[count];
        for (var i = 0; i < count; i++)
        {
            var item = list.ReadList();
            var address = item.ReadAddress();
            var keyList = item.ReadList();
            item.ExpectEnd();
            var keys = new UInt256[keyList.CountItems()];
            for (var k = 0; k < keys.Length; k++)
            {
                keys[k] = UInt256.FromBigEndian(keyList.ReadBytes(32));
            }
            entries[i] = new AccessListEntry(address, keys);
        }
        return entries;
    }

    internal static void EncodeList(RlpWriter writer, ReadOnlySpan<AccessListEntry> entries)
    {
        var list = writer.BeginList();
        Span<byte> word = stackalloc byte[32];
        foreach (var entry in entries)
        {
            var item = writer.BeginList();
            writer.WriteAddress(entry.Address);
            var keys = writer.BeginList();
            foreach (ref readonly var key in entry.StorageKeys.AsSpan())
            {
                key.WriteBigEndian(word);
                writer.WriteBytes(word);
            }
            writer.EndList(keys);
            writer.EndList(item);
        }
        writer.EndList(list);
    }

    public bool Equals(AccessListEntry? other) =>
        other is not null && Address == other.Address && StorageKeys.AsSpan().SequenceEqual(other.StorageKeys);

    public override int GetHashCode() => HashCode.Combine(Address, StorageKeys.Length);
}
