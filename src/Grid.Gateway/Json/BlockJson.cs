using System.Buffers.Binary;
using System.Text.Json;
using Grid.Chain;
using Grid.Grains.Reader;
using Grid.Primitives;
using static Grid.Gateway.Json.FieldNames;

namespace Grid.Gateway.Json;

/// <summary>A block as eth_getBlockByNumber shows it (execution-apis, schemas/block.yaml).</summary>
internal static class BlockJson
{
    public static void Write(Utf8JsonWriter writer, BlockView view, bool fullTransactions)
    {
        var block = view.Block;
        writer.WriteStartObject();
        WriteHeaderFields(writer, block.Header);
        writer.WriteQuantity(Size, (ulong)view.SizeBytes);
        writer.WriteStartArray(Transactions);
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            if (fullTransactions)
            {
                TransactionJson.Write(writer, block.Transactions[i], block.Header, i);
            }
            else
            {
                writer.WriteDataValue(block.Transactions[i].Hash.Span);
            }
        }
        writer.WriteEndArray();
        writer.WriteStartArray(Uncles);
        foreach (var ommer in block.Ommers)
        {
            writer.WriteDataValue(ommer.Hash.Span);
        }
        writer.WriteEndArray();
        WriteWithdrawals(writer, block.Withdrawals);
        writer.WriteEndObject();
    }

    private static void WriteHeaderFields(Utf8JsonWriter writer, BlockHeader header)
    {
        Span<byte> nonce = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(nonce, header.Nonce);
        writer.WriteHash(Hash, header.Hash);
        writer.WriteHash(ParentHash, header.ParentHash);
        writer.WriteHash(Sha3Uncles, header.OmmersHash);
        writer.WriteAddress(Miner, header.Beneficiary);
        writer.WriteHash(StateRoot, header.StateRoot);
        writer.WriteHash(TransactionsRoot, header.TransactionsRoot);
        writer.WriteHash(ReceiptsRoot, header.ReceiptsRoot);
        writer.WriteData(LogsBloom, header.LogsBloom.Span);
        writer.WriteQuantity(Difficulty, header.Difficulty);
        writer.WriteQuantity(Number, header.Number);
        writer.WriteQuantity(GasLimit, header.GasLimit);
        writer.WriteQuantity(GasUsed, header.GasUsed);
        writer.WriteQuantity(Timestamp, header.Timestamp);
        writer.WriteData(ExtraData, header.ExtraData);
        writer.WriteHash(MixHash, header.PrevRandao);
        writer.WriteData(FieldNames.Nonce, nonce);
        WriteOptional(writer, BaseFeePerGas, header.BaseFeePerGas);
        WriteOptional(writer, WithdrawalsRoot, header.WithdrawalsRoot);
        WriteOptional(writer, BlobGasUsed, header.BlobGasUsed);
        WriteOptional(writer, ExcessBlobGas, header.ExcessBlobGas);
        WriteOptional(writer, ParentBeaconBlockRoot, header.ParentBeaconBlockRoot);
        WriteOptional(writer, RequestsHash, header.RequestsHash);
        WriteOptional(writer, BlockAccessListHash, header.BlockAccessListHash);
    }

    private static void WriteWithdrawals(Utf8JsonWriter writer, Withdrawal[]? withdrawals)
    {
        if (withdrawals is null)
        {
            return;
        }
        writer.WriteStartArray(Withdrawals);
        foreach (var withdrawal in withdrawals)
        {
            writer.WriteStartObject();
            writer.WriteQuantity(FieldNames.Index, withdrawal.Index);
            writer.WriteQuantity(ValidatorIndex, withdrawal.ValidatorIndex);
            writer.WriteAddress(FieldNames.Address, withdrawal.Address);
            writer.WriteQuantity(Amount, withdrawal.AmountGwei);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteOptional(Utf8JsonWriter writer, JsonEncodedText name, UInt256? value)
    {
        if (value is { } present)
        {
            writer.WriteQuantity(name, in present);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, JsonEncodedText name, ulong? value)
    {
        if (value is { } present)
        {
            writer.WriteQuantity(name, present);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, JsonEncodedText name, Hash256? value)
    {
        if (value is { } present)
        {
            writer.WriteHash(name, in present);
        }
    }
}
