using Grid.Chain;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Grains.Messages.Codecs;

/// <summary>The network encoding, and the sender, so that the receiver need not recover it.</summary>
[GenerateSerializer, Immutable, Alias("Grid.TransactionSurrogate")]
public struct TransactionSurrogate
{
    [Id(0)] public byte[] Encoded;
    [Id(1)] public Address? Sender;
}

[RegisterConverter]
public sealed class TransactionConverter : IConverter<Transaction, TransactionSurrogate>
{
    public Transaction ConvertFromSurrogate(in TransactionSurrogate surrogate)
    {
        var transaction = Transaction.Decode(surrogate.Encoded);
        if (surrogate.Sender is { } sender)
        {
            transaction.SetSender(in sender);
        }
        return transaction;
    }

    public TransactionSurrogate ConvertToSurrogate(in Transaction value) =>
        new() { Encoded = value.Encoded.ToArray(), Sender = value.IsSenderKnown ? value.Sender : null };
}

[GenerateSerializer, Immutable, Alias("Grid.BlockHeaderSurrogate")]
public struct BlockHeaderSurrogate
{
    [Id(0)] public byte[] Rlp;
}

[RegisterConverter]
public sealed class BlockHeaderConverter : IConverter<BlockHeader, BlockHeaderSurrogate>
{
    public BlockHeader ConvertFromSurrogate(in BlockHeaderSurrogate surrogate)
    {
        var reader = new RlpReader(surrogate.Rlp);
        return BlockHeader.Decode(ref reader);
    }

    public BlockHeaderSurrogate ConvertToSurrogate(in BlockHeader value) => new() { Rlp = value.Encode() };
}

/// <summary>The RLP, and the senders of the transactions; zero where a signature is nobody's, so that the receiver finds that out, too.</summary>
[GenerateSerializer, Immutable, Alias("Grid.BlockSurrogate")]
public struct BlockSurrogate
{
    [Id(0)] public byte[] Rlp;
    [Id(1)] public Address[] Senders;
}

[RegisterConverter]
public sealed class BlockConverter : IConverter<Block, BlockSurrogate>
{
    public Block ConvertFromSurrogate(in BlockSurrogate surrogate)
    {
        if (!Block.TryDecode(surrogate.Rlp, out var block, out var error))
        {
            throw new FormatException($"Another silo sent a block that can't be decoded: {error}");
        }
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            if (surrogate.Senders[i] != default)
            {
                block.Transactions[i].SetSender(in surrogate.Senders[i]);
            }
        }
        return block;
    }

    public BlockSurrogate ConvertToSurrogate(in Block value) =>
        new() { Rlp = value.Encode(), Senders = [.. value.Transactions.Select(transaction => transaction.Sender)] };
}

/// <summary>The trie form, and what it lacks.</summary>
[GenerateSerializer, Immutable, Alias("Grid.ReceiptSurrogate")]
public struct ReceiptSurrogate
{
    [Id(0)] public byte[] Encoded;
    [Id(1)] public ulong GasUsed;
    [Id(2)] public Address? ContractAddress;
}

[RegisterConverter]
public sealed class ReceiptConverter : IConverter<Receipt, ReceiptSurrogate>
{
    public Receipt ConvertFromSurrogate(in ReceiptSurrogate surrogate)
    {
        var receipt = Receipt.Decode(surrogate.Encoded);
        return new Receipt
        {
            Type = receipt.Type,
            Succeeded = receipt.Succeeded,
            PostStateRoot = receipt.PostStateRoot,
            CumulativeGasUsed = receipt.CumulativeGasUsed,
            Logs = receipt.Logs,
            Bloom = receipt.Bloom,
            GasUsed = surrogate.GasUsed,
            ContractAddress = surrogate.ContractAddress,
        };
    }

    public ReceiptSurrogate ConvertToSurrogate(in Receipt value) =>
        new() { Encoded = value.Encode(), GasUsed = value.GasUsed, ContractAddress = value.ContractAddress };
}

/// <summary>The compact encoding of the part's accounts.</summary>
[GenerateSerializer, Immutable, Alias("Grid.AccessListPartSurrogate")]
public struct AccessListPartSurrogate
{
    [Id(0)] public byte[] Encoded;
}

[RegisterConverter]
public sealed class AccessListPartConverter : IConverter<AccessListPart, AccessListPartSurrogate>
{
    public AccessListPart ConvertFromSurrogate(in AccessListPartSurrogate surrogate) => AccessListPart.Whole(BlockAccessList.Decode(surrogate.Encoded));

    public AccessListPartSurrogate ConvertToSurrogate(in AccessListPart value) => new() { Encoded = value.List.Select(value.Accounts).Encode() };
}

[GenerateSerializer, Immutable, Alias("Grid.AccessListEntrySurrogate")]
public struct AccessListEntrySurrogate
{
    [Id(0)] public Address Address;
    [Id(1)] public UInt256[] StorageKeys;
}

[RegisterConverter]
public sealed class AccessListEntryConverter : IConverter<AccessListEntry, AccessListEntrySurrogate>
{
    public AccessListEntry ConvertFromSurrogate(in AccessListEntrySurrogate surrogate) => new(surrogate.Address, surrogate.StorageKeys);

    public AccessListEntrySurrogate ConvertToSurrogate(in AccessListEntry value) => new() { Address = value.Address, StorageKeys = value.StorageKeys };
}

[GenerateSerializer, Immutable, Alias("Grid.TransactionErrorSurrogate")]
public struct TransactionErrorSurrogate
{
    [Id(0)] public byte Code;
    [Id(1)] public UInt256 Have;
    [Id(2)] public UInt256 Want;
    [Id(3)] public int Rlp;
}

[RegisterConverter]
public sealed class TransactionErrorConverter : IConverter<TransactionError, TransactionErrorSurrogate>
{
    public TransactionError ConvertFromSurrogate(in TransactionErrorSurrogate surrogate) =>
        new((TransactionErrorCode)surrogate.Code, surrogate.Have, surrogate.Want) { Rlp = surrogate.Rlp < 0 ? null : (RlpError)surrogate.Rlp };

    public TransactionErrorSurrogate ConvertToSurrogate(in TransactionError value) =>
        new() { Code = (byte)value.Code, Have = value.Have, Want = value.Want, Rlp = value.Rlp is { } rlp ? (int)rlp : -1 };
}

[GenerateSerializer, Immutable, Alias("Grid.BlockErrorSurrogate")]
public struct BlockErrorSurrogate
{
    [Id(0)] public byte Code;
    [Id(1)] public UInt256 Have;
    [Id(2)] public UInt256 Want;
    [Id(3)] public int Index;
    [Id(4)] public int Rlp;
    [Id(5)] public TransactionError Transaction;
    [Id(6)] public byte Ommer;
}

[RegisterConverter]
public sealed class BlockErrorConverter : IConverter<BlockError, BlockErrorSurrogate>
{
    public BlockError ConvertFromSurrogate(in BlockErrorSurrogate surrogate) =>
        new((BlockErrorCode)surrogate.Code, surrogate.Have, surrogate.Want, surrogate.Index)
        {
            Rlp = surrogate.Rlp < 0 ? null : (RlpError)surrogate.Rlp,
            Transaction = surrogate.Transaction,
            Ommer = (BlockErrorCode)surrogate.Ommer,
        };

    public BlockErrorSurrogate ConvertToSurrogate(in BlockError value) => new()
    {
        Code = (byte)value.Code,
        Have = value.Have,
        Want = value.Want,
        Index = value.Index,
        Rlp = value.Rlp is { } rlp ? (int)rlp : -1,
        Transaction = value.Transaction,
        Ommer = (byte)value.Ommer,
    };
}
