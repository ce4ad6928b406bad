using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>
/// The form in which processes send a log: the number of steps; of each its block access index, and its touches of accounts and of slots, each
/// a count and that many.
/// </summary>
internal sealed partial class TouchLog
{
    private const byte FlagExistsBefore = 1, FlagExistsAfter = 2, FlagHadStorage = 4, FlagCleared = 8, FlagHadNoCode = 16, FlagBalanceStays = 32, FlagNonceStays = 64;

    private const byte CodeTakenAway = 0, CodeSet = 1;

    /// <param name="accountPlaces">What is written for an account, by its number.</param>
    /// <param name="slotPlaces">What is written for a slot, by its number.</param>
    public void Encode(CompactWriter writer, int[] accountPlaces, int[] slotPlaces)
    {
        writer.WriteNumber((ulong)StepCount);
        for (var step = 0; step < StepCount; step++)
        {
            var accounts = AccountsOf(step);
            var slots = SlotsOf(step);
            writer.WriteNumber(accounts.IsEmpty ? slots.IsEmpty ? 0 : slots[0].Index : accounts[0].Index);
            writer.WriteNumber((ulong)accounts.Length);
            foreach (ref readonly var touch in accounts)
            {
                writer.WriteNumber((ulong)accountPlaces[touch.Account]);
                Encode(writer, in touch);
            }
            writer.WriteNumber((ulong)slots.Length);
            foreach (ref readonly var touch in slots)
            {
                writer.WriteNumber((ulong)slotPlaces[touch.Slot]);
                writer.WriteWord(touch.Before);
                writer.WriteWord(touch.After);
            }
        }
    }

    /// <summary>Fills an empty log; accounts and slots are numbered by what was written for them.</summary>
    /// <param name="accounts">How many accounts there are.</param>
    /// <param name="slots">How many slots there are.</param>
    /// <exception cref="CompactFormatException">The bytes aren't a log.</exception>
    public void Decode(ref CompactReader reader, int accounts, int slots)
    {
        var steps = reader.ReadCount(itemBytesMin: 3);
        for (var step = 0; step < steps; step++)
        {
            _steps.Add(new Step(_accountCount, _slotCount));
            var index = reader.ReadIndex();
            for (var left = reader.ReadCount(itemBytesMin: 4); left > 0; left--)
            {
                ref var touch = ref NextAccount(reader.ReadPlace(accounts), index);
                Decode(ref reader, ref touch);
                Complete(in touch);
            }
            for (var left = reader.ReadCount(itemBytesMin: 3); left > 0; left--)
            {
                ref var touch = ref NextSlot(reader.ReadPlace(slots), index);
                touch.Before = reader.ReadWord();
                touch.After = reader.ReadWord();
            }
        }
    }

    private void Encode(CompactWriter writer, in AccountTouch touch)
    {
        var hadNoCode = touch.CodeHashBefore == Keccak256.OfEmpty;
        var (balanceStays, nonceStays) = (touch.BalanceAfter == touch.BalanceBefore, touch.NonceAfter == touch.NonceBefore);
        writer.WriteByte((byte)touch.Reads);
        writer.WriteByte((byte)touch.Writes);
        writer.WriteByte((byte)((touch.ExistsBefore ? FlagExistsBefore : 0) | (touch.ExistsAfter ? FlagExistsAfter : 0) | (touch.HadStorage ? FlagHadStorage : 0)
            | (touch.StorageCleared ? FlagCleared : 0) | (hadNoCode ? FlagHadNoCode : 0) | (balanceStays ? FlagBalanceStays : 0) | (nonceStays ? FlagNonceStays : 0)));
        writer.WriteNumber(touch.NonceBefore);
        writer.WriteWord(touch.BalanceBefore);
        if (!nonceStays)
        {
            writer.WriteNumber(touch.NonceAfter);
        }
        if (!balanceStays)
        {
            writer.WriteWord(touch.BalanceAfter);
        }
        if ((touch.Reads & AccountFields.Funds) != 0)
        {
            writer.WriteWord(touch.RequiredBalance);
        }
        if (!hadNoCode)
        {
            writer.WriteBytes(touch.CodeHashBefore.Span);
        }
        if ((touch.Writes & AccountFields.Code) != 0)
        {
            EncodeCode(writer, _codes[touch.Code]);
        }
    }

    private void Decode(ref CompactReader reader, ref AccountTouch touch)
    {
        touch.Reads = (AccountFields)reader.ReadByte();
        touch.Writes = (AccountFields)reader.ReadByte();
        var flags = reader.ReadByte();
        touch.ExistsBefore = (flags & FlagExistsBefore) != 0;
        touch.ExistsAfter = (flags & FlagExistsAfter) != 0;
        touch.HadStorage = (flags & FlagHadStorage) != 0;
        touch.StorageCleared = (flags & FlagCleared) != 0;
        touch.NonceBefore = reader.ReadNumber();
        touch.BalanceBefore = reader.ReadWord();
        touch.NonceAfter = (flags & FlagNonceStays) != 0 ? touch.NonceBefore : reader.ReadNumber();
        touch.BalanceAfter = (flags & FlagBalanceStays) != 0 ? touch.BalanceBefore : reader.ReadWord();
        touch.RequiredBalance = (touch.Reads & AccountFields.Funds) != 0 ? reader.ReadWord() : default;
        touch.CodeHashBefore = (flags & FlagHadNoCode) != 0 ? Keccak256.OfEmpty : new Hash256(reader.ReadBytes(Hash256.Length));
        if ((touch.Writes & AccountFields.Code) != 0)
        {
            touch.Code = _codes.Count;
            _codes.Add(DecodeCode(ref reader));
        }
    }

    private static void EncodeCode(CompactWriter writer, Bytecode? code)
    {
        writer.WriteByte(code is null ? CodeTakenAway : CodeSet);
        if (code is not null)
        {
            writer.WriteNumber((ulong)code.Length);
            writer.WriteBytes(code.Bytes);
        }
    }

    private static Bytecode? DecodeCode(ref CompactReader reader)
    {
        if (reader.ReadByte() == CodeTakenAway)
        {
            return null;
        }
        var bytes = reader.ReadBytes(reader.ReadCount()).ToArray();
        return new Bytecode(bytes, Keccak256.Hash(bytes));
    }
}
