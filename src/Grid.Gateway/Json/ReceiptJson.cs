using System.Text.Json;
using Grid.Chain;
using Grid.Grains.Reader;
using Grid.Primitives;
using static Grid.Gateway.Json.FieldNames;

namespace Grid.Gateway.Json;

/// <summary>A receipt as eth_getTransactionReceipt shows it, and logs (execution-apis, schemas/receipt.yaml).</summary>
internal static class ReceiptJson
{
    /// <param name="blobGasPrice">Wei per blob gas in that block; written for blob transactions.</param>
    public static void Write(Utf8JsonWriter writer, ReceiptView view, in UInt256 blobGasPrice)
    {
        var (transaction, receipt, header) = (view.Transaction, view.Receipt, view.Header);
        var (blockHash, hash) = (header.Hash, transaction.Hash);
        writer.WriteStartObject();
        if (transaction.Type == TransactionType.Blob)
        {
            writer.WriteQuantity(BlobGasUsed, transaction.BlobGas);
            writer.WriteQuantity(BlobGasPrice, in blobGasPrice);
        }
        writer.WriteHash(BlockHash, in blockHash);
        writer.WriteQuantity(BlockNumber, header.Number);
        WriteOptional(writer, ContractAddress, receipt.ContractAddress);
        writer.WriteQuantity(CumulativeGasUsed, receipt.CumulativeGasUsed);
        writer.WriteQuantity(EffectiveGasPrice, transaction.EffectiveGasPrice(header.BaseFeePerGas ?? UInt256.Zero));
        writer.WriteAddress(From, transaction.Sender);
        writer.WriteQuantity(GasUsed, receipt.GasUsed);
        writer.WriteStartArray(Logs);
        for (var i = 0; i < receipt.Logs.Length; i++)
        {
            var log = new LogView(receipt.Logs[i], header.Number, blockHash, header.Timestamp, hash, view.Index, view.FirstLogIndex + i);
            WriteLog(writer, log);
        }
        writer.WriteEndArray();
        writer.WriteData(LogsBloom, receipt.Bloom.Span);
        if (receipt.PostStateRoot is { } root)
        {
            writer.WriteHash(Root, in root);
        }
        else
        {
            writer.WriteQuantity(Status, receipt.Succeeded ? 1UL : 0);
        }
        WriteOptional(writer, To, transaction.To);
        writer.WriteHash(TransactionHash, in hash);
        writer.WriteQuantity(TransactionIndex, (ulong)view.Index);
        writer.WriteQuantity(FieldNames.Type, (ulong)transaction.Type);
        writer.WriteEndObject();
    }

    public static void WriteLog(Utf8JsonWriter writer, LogView view)
    {
        writer.WriteStartObject();
        writer.WriteAddress(FieldNames.Address, view.Log.Address);
        writer.WriteStartArray(Topics);
        foreach (ref readonly var topic in view.Log.Topics.AsSpan())
        {
            writer.WriteDataValue(topic.Span);
        }
        writer.WriteEndArray();
        writer.WriteData(Data, view.Log.Data);
        writer.WriteQuantity(BlockNumber, view.BlockNumber);
        writer.WriteHash(TransactionHash, view.TransactionHash);
        writer.WriteQuantity(TransactionIndex, (ulong)view.TransactionIndex);
        writer.WriteHash(BlockHash, view.BlockHash);
        writer.WriteQuantity(BlockTimestamp, view.BlockTimestamp);
        writer.WriteQuantity(LogIndex, (ulong)view.LogIndex);
        writer.WriteBoolean(Removed, false);
        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, JsonEncodedText name, Address? address)
    {
        if (address is { } present)
        {
            writer.WriteAddress(name, in present);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
