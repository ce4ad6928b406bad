using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain;

/// <summary>
/// Grid's own form, which shards and the journal use: it has the values before, cleared storage and existence, and is read in one pass.
/// Version 1: the version byte, the number of accounts, then each account in order: address, flags, what the flags announce, its
/// slots and its changes. Numbers are LEB128; a word is a length byte and that many big-endian bytes.
/// </summary>
public sealed partial class BlockAccessList
{
    public const byte CompactVersion = 1;

    private const byte FlagExistedBefore = 1, FlagExistsAfter = 2, FlagCleared = 4, FlagHadCode = 8, FlagHadStorage = 16;

    /// <summary>The fewest accounts that are worth a second thread.</summary>
    private const int AccountsPerRange = 512;

    /// <param name="parallelism">How many threads may work at once.</param>
    public byte[] Encode(int parallelism = 1)
    {
        var ranges = WorkRanges.RangesOf(_accountCount, parallelism, AccountsPerRange);
        var writers = new CompactWriter[ranges];
        WorkRanges.Run(ranges, ranges > 1 ? parallelism : 1, 1, (from, to) =>
        {
            for (var range = from; range < to; range++)
            {
                writers[range] = Encode(
                    WorkRanges.StartOf(range, ranges, _accountCount), WorkRanges.StartOf(range + 1, ranges, _accountCount));
            }
        });
        var lost = EncodeLostStorage();
        var bytes = GC.AllocateUninitializedArray<byte>(writers.Sum(writer => writer.Written.Length) + lost.Length);
        var at = 0;
        foreach (var writer in writers)
        {
            writer.Written.CopyTo(bytes.AsSpan(at));
            at += writer.Written.Length;
            writer.Dispose();
        }
        lost.CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>A range of accounts; the first one has the list's head before it.</summary>
    private CompactWriter Encode(int from, int to)
    {
        var writer = new CompactWriter(64 + ((to - from) * 80));
        if (from == 0)
        {
            writer.WriteByte(VersionOfEncoding);
            writer.WriteNumber((ulong)_accountCount);
        }
        for (var i = from; i < to; i++)
        {
            EncodeAccount(writer, in _accounts[i]);
        }
        return writer;
    }

    private void EncodeAccount(CompactWriter writer, in AccessListAccount account)
    {
        var hadCode = account.ExistedBefore && account.CodeHashBefore != Keccak256.OfEmpty;
        var hadStorage = account.ExistedBefore && account.StorageRootBefore != Keccak256.OfEmptyString;
        writer.WriteBytes(account.Address.Span);
        writer.WriteByte((byte)((account.ExistedBefore ? FlagExistedBefore : 0) | (account.ExistsAfter ? FlagExistsAfter : 0)
            | (account.IsStorageCleared ? FlagCleared : 0) | (hadCode ? FlagHadCode : 0) | (hadStorage ? FlagHadStorage : 0)));
        if (account.ExistedBefore)
        {
            writer.WriteNumber(account.NonceBefore);
            writer.WriteWord(account.BalanceBefore);
        }
        if (hadCode)
        {
            writer.WriteBytes(account.CodeHashBefore.Span);
        }
        if (hadStorage)
        {
            writer.WriteBytes(account.StorageRootBefore.Span);
        }
        if (account.IsStorageCleared)
        {
            writer.WriteNumber(account.StorageClearedAt);
        }
        writer.WriteNumber((ulong)account.Slots.Count);
        foreach (ref readonly var slot in Slots(in account))
        {
            writer.WriteWord(slot.Key);
            writer.WriteWord(slot.Before);
            writer.WriteNumber((ulong)slot.Changes.Count);
            foreach (ref readonly var change in Changes(in slot))
            {
                writer.WriteNumber(change.Index);
                writer.WriteWord(change.Value);
            }
        }
        writer.WriteNumber((ulong)account.Balances.Count);
        foreach (ref readonly var change in BalanceChanges(in account))
        {
            writer.WriteNumber(change.Index);
            writer.WriteWord(change.Value);
        }
        writer.WriteNumber((ulong)account.Nonces.Count);
        foreach (ref readonly var change in NonceChanges(in account))
        {
            writer.WriteNumber(change.Index);
            writer.WriteNumber(change.Value);
        }
        writer.WriteNumber((ulong)account.Codes.Count);
        foreach (ref readonly var change in CodeChanges(in account))
        {
            writer.WriteNumber(change.Index);
            writer.WriteNumber((ulong)change.Code.Length);
            writer.WriteBytes(change.Code.Bytes);
        }
    }

    /// <exception cref="AccessListFormatException">Not this version's form, or its order is wrong.</exception>
    public static BlockAccessList Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return DecodeWhole(bytes);
        }
        catch (CompactFormatException error)
        {
            throw new AccessListFormatException(AccessListError.Malformed, error.Offset);
        }
    }

    private static BlockAccessList DecodeWhole(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        var version = reader.ReadByte();
        Require(version is CompactVersion or CompactVersionWithLostStorage, AccessListError.UnknownVersion, 0);
        var count = reader.ReadCount();
        var arrays = new Arrays();
        arrays.Accounts.Capacity = count;
        for (var i = 0; i < count; i++)
        {
            var at = reader.Position;
            var account = DecodeAccount(ref reader, arrays);
            Require(i == 0 || arrays.Accounts[^1].Address < account.Address, AccessListError.WrongOrder, at);
            arrays.Accounts.Add(account);
        }
        var list = version == CompactVersionWithLostStorage ? DecodeLostStorage(ref reader, arrays.ToList()) : arrays.ToList();
        Require(reader.IsAtEnd, AccessListError.Malformed, reader.Position);
        return list;
    }

    private static AccessListAccount DecodeAccount(ref CompactReader reader, Arrays arrays)
    {
        var address = new Address(reader.ReadBytes(Address.Length));
        var flags = reader.ReadByte();
        Require(flags < 32, AccessListError.Malformed, reader.Position);
        Require((flags & FlagExistedBefore) != 0 || (flags & (FlagHadCode | FlagHadStorage)) == 0, AccessListError.Malformed, reader.Position);
        var existed = (flags & FlagExistedBefore) != 0;
        var nonceBefore = existed ? reader.ReadNumber() : 0;
        var balanceBefore = existed ? reader.ReadWord() : default;
        var codeHash = (flags & FlagHadCode) != 0 ? new Hash256(reader.ReadBytes(Hash256.Length)) : existed ? Keccak256.OfEmpty : default;
        var storageRoot = (flags & FlagHadStorage) != 0 ? new Hash256(reader.ReadBytes(Hash256.Length)) : existed ? Keccak256.OfEmptyString : default;
        var clearedAt = (flags & FlagCleared) != 0 ? reader.ReadIndex() : AccessListAccount.NeverCleared;
        var slots = DecodeSlots(ref reader, arrays);
        return new AccessListAccount
        {
            Address = address,
            ExistedBefore = existed,
            NonceBefore = nonceBefore,
            BalanceBefore = balanceBefore,
            CodeHashBefore = codeHash,
            StorageRootBefore = storageRoot,
            ExistsAfter = (flags & FlagExistsAfter) != 0,
            StorageClearedAt = clearedAt,
            Slots = slots,
            Balances = DecodeChanges(ref reader, arrays.Balances, static (ref CompactReader r, uint index) => new BalanceChange(index, r.ReadWord())),
            Nonces = DecodeChanges(ref reader, arrays.Nonces, static (ref CompactReader r, uint index) => new NonceChange(index, r.ReadNumber())),
            Codes = DecodeChanges(ref reader, arrays.Codes, static (ref CompactReader r, uint index) =>
            {
                var code = r.ReadBytes(r.ReadCount()).ToArray();
                return new CodeChange(index, new Bytecode(code, Keccak256.Hash(code)));
            }),
        };
    }

    private static Run DecodeSlots(ref CompactReader reader, Arrays arrays)
    {
        var count = reader.ReadCount();
        var start = arrays.Slots.Count;
        for (var i = 0; i < count; i++)
        {
            var key = reader.ReadWord();
            Require(i == 0 || arrays.Slots[^1].Key < key, AccessListError.WrongOrder, reader.Position);
            var before = reader.ReadWord();
            var changes = DecodeChanges(ref reader, arrays.StorageChanges, static (ref CompactReader r, uint index) => new StorageChange(index, r.ReadWord()));
            arrays.Slots.Add(new AccessListSlot { Key = key, Before = before, Changes = changes });
        }
        return new Run(start, count);
    }

    private delegate T ChangeReader<out T>(ref CompactReader reader, uint index);

    private static Run DecodeChanges<T>(ref CompactReader reader, List<T> target, ChangeReader<T> read)
    {
        var count = reader.ReadCount();
        var start = target.Count;
        var next = 0L;
        for (var i = 0; i < count; i++)
        {
            var index = reader.ReadIndex();
            Require(index >= next, AccessListError.WrongOrder, reader.Position);
            next = index + 1L;
            target.Add(read(ref reader, index));
        }
        return new Run(start, count);
    }
}
