using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Execution.Waves;

/// <summary>
/// What came of a batch, as processes send it: the access list's compact form with its length before it, a result for each transaction, and the
/// log of touches. Accounts and slots are named by their places in the list.
/// </summary>
internal static class BatchOutcome
{
    private const byte FlagExecuted = 1, FlagSucceeded = 2, FlagCreated = 4;

    /// <summary>A list's account takes some 100 bytes, a transaction's result and touches as much again.</summary>
    private const int BytesPerTransaction = 512;

    public readonly record struct Decoded(SentRecord Record, TransactionResult[] Results, int[] Steps);

    public static byte[] Encode(TransactionResult[] results, int[] members, OwnRecord record)
    {
        var (accounts, slots) = PlacesOf(record);
        using var writer = new CompactWriter(1_024 + (members.Length * BytesPerTransaction));
        var list = record.List.Encode();
        writer.WriteNumber((ulong)list.Length);
        writer.WriteBytes(list);
        foreach (ref readonly var result in results.AsSpan())
        {
            EncodeResult(writer, in result, record.List);
        }
        record.Log.Encode(writer, accounts, slots);
        return writer.Written.ToArray();
    }

    /// <param name="members">Places of the batch's transactions in the block.</param>
    /// <param name="transactions">All of the block.</param>
    /// <exception cref="FormatException">The bytes aren't that.</exception>
    public static Decoded Decode(ReadOnlySpan<byte> bytes, int[] members, IReadOnlyList<Transaction> transactions)
    {
        var reader = new CompactReader(bytes);
        var list = BlockAccessList.Decode(reader.ReadBytes(reader.ReadCount()));
        var results = new TransactionResult[members.Length];
        var steps = new int[members.Length];
        var step = 0;
        for (var i = 0; i < members.Length; i++)
        {
            results[i] = DecodeResult(ref reader, list, transactions[members[i]].Type);
            steps[i] = results[i].Outcome == TransactionOutcome.Executed ? step++ : -1;
        }
        var log = new TouchLog();
        log.Decode(ref reader, list.Accounts.Length, list.SlotCount);
        return log.StepCount == step && reader.IsAtEnd ? new Decoded(new SentRecord(list, log), results, steps) : throw new CompactFormatException(reader.Position);
    }

    /// <summary>Where accounts and slots stand in the list, by the record's numbers of them.</summary>
    private static (int[] Accounts, int[] Slots) PlacesOf(OwnRecord record)
    {
        var numbers = record.Numbers;
        var accounts = new int[numbers.Length == 0 ? 0 : numbers.Max() + 1];
        var slots = new int[record.List.SlotCount];
        var next = 0;
        var ofAccount = new List<int>();
        for (var place = 0; place < numbers.Length; place++)
        {
            accounts[numbers[place]] = place;
            record.SlotsOf(numbers[place], ofAccount);
            foreach (var slot in ofAccount)
            {
                if (slot >= slots.Length)
                {
                    Array.Resize(ref slots, Math.Max(slots.Length * 2, slot + 1));
                }
                slots[slot] = next++;
            }
        }
        return (accounts, slots);
    }

    /// <summary>Of a transaction that wasn't executed only that: whoever needs to know why tries it in its place.</summary>
    private static void EncodeResult(CompactWriter writer, in TransactionResult result, BlockAccessList list)
    {
        if (result.Receipt is not { } receipt)
        {
            writer.WriteByte(0);
            return;
        }
        writer.WriteByte((byte)(FlagExecuted | (receipt.Succeeded ? FlagSucceeded : 0) | (receipt.ContractAddress is null ? 0 : FlagCreated)));
        writer.WriteByte((byte)result.Halt);
        writer.WriteNumber(result.GasUsed);
        writer.WriteNumber(result.GasRefunded);
        if (receipt.ContractAddress is { } created)
        {
            writer.WriteBytes(created.Span);
        }
        writer.WriteNumber((ulong)receipt.Logs.Length);
        foreach (var log in receipt.Logs)
        {
            writer.WriteNumber((ulong)list.IndexOf(log.Address));
            writer.WriteNumber((ulong)log.Topics.Length);
            foreach (ref readonly var topic in log.Topics.AsSpan())
            {
                writer.WriteBytes(topic.Span);
            }
            writer.WriteNumber((ulong)log.Data.Length);
            writer.WriteBytes(log.Data);
        }
    }

    private static TransactionResult DecodeResult(ref CompactReader reader, BlockAccessList list, TransactionType type)
    {
        var flags = reader.ReadByte();
        if ((flags & FlagExecuted) == 0)
        {
            return new TransactionResult { Outcome = TransactionOutcome.Invalid };
        }
        var halt = (Halt)reader.ReadByte();
        var gasUsed = reader.ReadNumber();
        var gasRefunded = reader.ReadNumber();
        Address? created = (flags & FlagCreated) != 0 ? new Address(reader.ReadBytes(Address.Length)) : null;
        var logs = new Log[reader.ReadCount(itemBytesMin: 3)];
        for (var i = 0; i < logs.Length; i++)
        {
            // Who logs is executed, and so in the list.
            var account = reader.ReadPlace(list.Accounts.Length);
            var topics = new Hash256[reader.ReadCount(Hash256.Length)];
            for (var topic = 0; topic < topics.Length; topic++)
            {
                topics[topic] = new Hash256(reader.ReadBytes(Hash256.Length));
            }
            logs[i] = new Log(list.Accounts[account].Address, topics, reader.ReadBytes(reader.ReadCount()).ToArray());
        }
        var receipt = new Receipt
        {
            Type = type, Succeeded = (flags & FlagSucceeded) != 0, CumulativeGasUsed = gasUsed, Logs = logs, GasUsed = gasUsed, ContractAddress = created,
        };
        return new TransactionResult { Outcome = TransactionOutcome.Executed, Receipt = receipt, Halt = halt, GasUsed = gasUsed, GasRefunded = gasRefunded };
    }
}
