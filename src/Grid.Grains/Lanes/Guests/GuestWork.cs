using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Waves;
using Grid.Primitives;

namespace Grid.Grains.Lanes.Guests;

/// <summary>Batches of a block that another silo is asked to execute: all of a wave in one message.</summary>
/// <param name="Parent">The block on whose state they are executed.</param>
/// <param name="ParentHash">That block's hash.</param>
/// <param name="Content"><see cref="GuestContent"/>, encoded.</param>
[GenerateSerializer, Immutable, Alias("Grid.GuestWork")]
public sealed record GuestWork([property: Id(0)] ulong Parent, [property: Id(1)] Hash256 ParentHash, [property: Id(2)] byte[] Content);

/// <summary>What came of each batch, in the order of the request.</summary>
/// <param name="Batches">As <see cref="GuestBatches.Encode"/> gives it.</param>
/// <param name="Fetches">Rounds of fetching from other silos.</param>
[GenerateSerializer, Immutable, Alias("Grid.GuestOutcome")]
public sealed record GuestOutcome([property: Id(0)] byte[][] Batches, [property: Id(1)] int Fetches);

/// <summary>
/// What executing batches needs beside the state. Encoded: the block's environment as far as transactions see it, the number of the block's
/// transactions, then each batch with its transactions and their senders, then state that the receiver hasn't.
/// </summary>
/// <param name="Header">With the fields that transactions depend on; the others are as in no block.</param>
/// <param name="Transactions">By their places in the block; null where they aren't in a batch.</param>
internal sealed record GuestContent(BlockHeader Header, Fork Fork, Transaction[] Transactions, GuestBatch[] Batches, SentState State)
{
    private const byte FlagBaseFee = 1, FlagExcessBlobGas = 2;

    private const int BytesPerTransaction = 220;

    /// <summary>Writes it for one receiver.</summary>
    public static byte[] Encode(BlockEnvironment environment, IReadOnlyList<Transaction> transactions, IReadOnlyList<GuestBatch> batches, SentState state)
    {
        using var writer = new CompactWriter(256 + (batches.Sum(batch => batch.Members.Length) * BytesPerTransaction) + state.BytesExpected);
        EncodeEnvironment(writer, environment);
        writer.WriteNumber((ulong)transactions.Count);
        writer.WriteNumber((ulong)batches.Count);
        foreach (var batch in batches)
        {
            writer.WriteNumber(batch.Gas);
            writer.WriteByte(batch.Anchor is null ? (byte)0 : (byte)1);
            writer.WriteBytes(batch.Anchor is { } anchor ? anchor.Span : []);
            writer.WriteNumber((ulong)batch.Members.Length);
            var last = -1;
            foreach (var member in batch.Members)
            {
                writer.WriteNumber((ulong)(member - last - 1));
                last = member;
                var transaction = transactions[member];
                var encoded = transaction.Encoded;
                // Of one whose signature is nobody's the receiver finds that out again.
                writer.WriteBytes((transaction.IsSenderKnown ? transaction.Sender : default).Span);
                writer.WriteNumber((ulong)encoded.Length);
                writer.WriteBytes(encoded);
            }
        }
        state.Encode(writer);
        return writer.Written.ToArray();
    }

    /// <exception cref="FormatException">The bytes aren't that, or a transaction can't be decoded.</exception>
    public static GuestContent Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        var (header, fork) = DecodeEnvironment(ref reader);
        var transactions = new Transaction[checked((int)reader.ReadIndex())];
        var batches = new GuestBatch[reader.ReadCount(itemBytesMin: 3)];
        for (var i = 0; i < batches.Length; i++)
        {
            var gas = reader.ReadNumber();
            Address? anchor = reader.ReadByte() == 0 ? null : new Address(reader.ReadBytes(Address.Length));
            var members = new int[reader.ReadCount(itemBytesMin: Address.Length)];
            var place = -1;
            for (var member = 0; member < members.Length; member++)
            {
                place = reader.ReadPlace(transactions.Length - place - 1) + place + 1;
                members[member] = place;
                var sender = new Address(reader.ReadBytes(Address.Length));
                var transaction = Transaction.Decode(reader.ReadBytes(reader.ReadCount()).ToArray());
                if (!sender.IsZero)
                {
                    transaction.SetSender(in sender);
                }
                transactions[place] = transaction;
            }
            batches[i] = new GuestBatch(members, gas, anchor);
        }
        var state = SentState.Decode(ref reader);
        return reader.IsAtEnd ? new GuestContent(header, fork, transactions, batches, state) : throw reader.Malformed();
    }

    private static void EncodeEnvironment(CompactWriter writer, BlockEnvironment environment)
    {
        var header = environment.Header;
        writer.WriteByte((byte)environment.Fork);
        writer.WriteNumber(header.Number);
        writer.WriteNumber(header.Timestamp);
        writer.WriteNumber(header.GasLimit);
        writer.WriteBytes(header.Beneficiary.Span);
        writer.WriteBytes(header.PrevRandao.Span);
        writer.WriteWord(header.Difficulty);
        writer.WriteByte((byte)((header.BaseFeePerGas is null ? 0 : FlagBaseFee) | (header.ExcessBlobGas is null ? 0 : FlagExcessBlobGas)));
        writer.WriteWord(header.BaseFeePerGas ?? UInt256.Zero);
        writer.WriteNumber(header.ExcessBlobGas ?? 0);
    }

    private static (BlockHeader Header, Fork Fork) DecodeEnvironment(ref CompactReader reader)
    {
        var fork = (Fork)reader.ReadByte();
        var (number, timestamp, gasLimit) = (reader.ReadNumber(), reader.ReadNumber(), reader.ReadNumber());
        var beneficiary = new Address(reader.ReadBytes(Address.Length));
        var randao = new Hash256(reader.ReadBytes(Hash256.Length));
        var difficulty = reader.ReadWord();
        var flags = reader.ReadByte();
        var (baseFee, excessBlobGas) = (reader.ReadWord(), reader.ReadNumber());
        return (new BlockHeader
        {
            Number = number, Timestamp = timestamp, GasLimit = gasLimit, Beneficiary = beneficiary, PrevRandao = randao, Difficulty = difficulty,
            BaseFeePerGas = (flags & FlagBaseFee) == 0 ? null : baseFee, ExcessBlobGas = (flags & FlagExcessBlobGas) == 0 ? null : excessBlobGas,
        }, fork);
    }
}
