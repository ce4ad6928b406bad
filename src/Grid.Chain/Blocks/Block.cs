using System.Diagnostics.CodeAnalysis;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>A header with its body. Immutable.</summary>
/// <param name="Withdrawals">Null before Shanghai (EIP-4895).</param>
public sealed record Block(BlockHeader Header, Transaction[] Transactions, BlockHeader[] Ommers, Withdrawal[]? Withdrawals)
{
    public Hash256 Hash => Header.Hash;

    /// <summary>Decodes a block's RLP.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Block? block, out BlockError error)
    {
        block = null;
        error = default;
        try
        {
            var outer = new RlpReader(bytes);
            var list = outer.ReadList();
            outer.ExpectEnd();
            var header = BlockHeader.Decode(ref list);
            var transactionList = list.ReadList();
            var transactions = new Transaction[transactionList.CountItems()];
            for (var i = 0; i < transactions.Length; i++)
            {
                if (!Transaction.TryDecodeFromBlock(ref transactionList, out var transaction, out var transactionError))
                {
                    error = BlockError.OfTransaction(i, transactionError);
                    return false;
                }
                transactions[i] = transaction;
            }
            var ommers = DecodeList(list.ReadList(), static (ref RlpReader reader) => BlockHeader.Decode(ref reader));
            var withdrawals = list.IsAtEnd ? null : DecodeList(list.ReadList(), static (ref RlpReader reader) => Withdrawal.Decode(ref reader));
            list.ExpectEnd();
            block = new Block(header, transactions, ommers, withdrawals);
            return true;
        }
        catch (RlpException exception)
        {
            error = new BlockError(BlockErrorCode.MalformedRlp, (ulong)exception.Offset) { Rlp = exception.Error };
            return false;
        }
    }

    public byte[] Encode() => Encode(EncodedList.Of(Transactions).Bytes);

    /// <summary>The block's RLP around its list of transactions, which is encoded already.</summary>
    public byte[] Encode(ReadOnlySpan<byte> transactions)
    {
        var writer = RlpBuffers.Rent();
        Header.Encode(writer);
        var headerLength = writer.Length;
        EncodeOmmers(writer);
        if (Withdrawals is not null)
        {
            var withdrawals = writer.BeginList();
            foreach (var withdrawal in Withdrawals)
            {
                withdrawal.Encode(writer);
            }
            writer.EndList(withdrawals);
        }
        var bytes = EncodedList.Allocate(checked(writer.Length + transactions.Length), out var at);
        writer.Written[..headerLength].CopyTo(bytes.AsSpan(at));
        transactions.CopyTo(bytes.AsSpan(at + headerLength));
        writer.Written[headerLength..].CopyTo(bytes.AsSpan(at + headerLength + transactions.Length));
        RlpBuffers.Return(writer);
        return bytes;
    }

    /// <summary>Keccak-256 of the RLP of the ommers' headers.</summary>
    public Hash256 ComputeOmmersHash()
    {
        if (Ommers.Length == 0)
        {
            return BlockHeader.EmptyOmmersHash;
        }
        var writer = RlpBuffers.Rent();
        EncodeOmmers(writer);
        var hash = Keccak256.Hash(writer.Written);
        RlpBuffers.Return(writer);
        return hash;
    }

    private void EncodeOmmers(RlpWriter writer)
    {
        var ommers = writer.BeginList();
        foreach (var ommer in Ommers)
        {
            ommer.Encode(writer);
        }
        writer.EndList(ommers);
    }

    private delegate T ItemReader<out T>(ref RlpReader reader);

    private static T[] DecodeList<T>(RlpReader list, ItemReader<T> read)
    {
        var items = new T[list.CountItems()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(ref list);
        }
        return items;
    }
}
