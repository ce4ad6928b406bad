using System.Text.Json;
using Grid.Chain;
using Grid.Primitives;
using static Grid.Gateway.Json.FieldNames;

namespace Grid.Gateway.Json;

/// <summary>A transaction as eth_getTransactionByHash shows it (execution-apis, schemas/transaction.yaml).</summary>
internal static class TransactionJson
{
    /// <param name="header">The block that includes it; null while it waits in the pool.</param>
    public static void Write(Utf8JsonWriter writer, Transaction transaction, BlockHeader? header, int index)
    {
        writer.WriteStartObject();
        WritePlace(writer, header, index);
        writer.WriteAddress(From, transaction.Sender);
        writer.WriteQuantity(Gas, transaction.GasLimit);
        WriteFees(writer, transaction, header);
        writer.WriteHash(Hash, transaction.Hash);
        writer.WriteData(Input, transaction.Data.Span);
        writer.WriteQuantity(Nonce, transaction.Nonce);
        if (transaction.To is { } to)
        {
            writer.WriteAddress(To, in to);
        }
        else
        {
            writer.WriteNull(To);
        }
        writer.WriteQuantity(Value, transaction.Value);
        writer.WriteQuantity(FieldNames.Type, (ulong)transaction.Type);
        WriteTypeFields(writer, transaction);
        WriteSignature(writer, transaction);
        writer.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter writer, BlockHeader? header, int index)
    {
        if (header is null)
        {
            writer.WriteNull(BlockHash);
            writer.WriteNull(BlockNumber);
            writer.WriteNull(TransactionIndex);
            return;
        }
        writer.WriteHash(BlockHash, header.Hash);
        writer.WriteQuantity(BlockNumber, header.Number);
        writer.WriteQuantity(BlockTimestamp, header.Timestamp);
        writer.WriteQuantity(TransactionIndex, (ulong)index);
    }

    private static void WriteFees(Utf8JsonWriter writer, Transaction transaction, BlockHeader? header)
    {
        // A pending transaction's price isn't known before its block: its limit stands there (execution-apis, geth).
        var price = header is null ? transaction.MaxFeePerGas : transaction.EffectiveGasPrice(header.BaseFeePerGas ?? UInt256.Zero);
        writer.WriteQuantity(GasPrice, in price);
        if (transaction.Type >= TransactionType.DynamicFee)
        {
            writer.WriteQuantity(MaxFeePerGas, transaction.MaxFeePerGas);
            writer.WriteQuantity(MaxPriorityFeePerGas, transaction.MaxPriorityFeePerGas);
        }
        if (transaction.Type == TransactionType.Blob)
        {
            writer.WriteQuantity(MaxFeePerBlobGas, transaction.MaxFeePerBlobGas);
        }
    }

    private static void WriteTypeFields(Utf8JsonWriter writer, Transaction transaction)
    {
        if (transaction.Type == TransactionType.Legacy)
        {
            if (transaction.ChainId is { } legacyChain)
            {
                writer.WriteQuantity(ChainId, legacyChain);
            }
            return;
        }
        WriteAccessList(writer, transaction.AccessList);
        writer.WriteQuantity(ChainId, transaction.ChainId ?? 0);
        if (transaction.Type == TransactionType.Blob)
        {
            writer.WriteStartArray(BlobVersionedHashes);
            foreach (ref readonly var hash in transaction.BlobVersionedHashes.AsSpan())
            {
                writer.WriteDataValue(hash.Span);
            }
            writer.WriteEndArray();
        }
        if (transaction.Type == TransactionType.SetCode)
        {
            WriteAuthorizations(writer, transaction.AuthorizationList);
        }
    }

    private static void WriteAccessList(Utf8JsonWriter writer, AccessListEntry[] entries)
    {
        Span<byte> word = stackalloc byte[32];
        writer.WriteStartArray(FieldNames.AccessList);
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            writer.WriteAddress(FieldNames.Address, entry.Address);
            writer.WriteStartArray(StorageKeys);
            foreach (ref readonly var key in entry.StorageKeys.AsSpan())
            {
                key.WriteBigEndian(word);
                writer.WriteDataValue(word);
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteAuthorizations(Utf8JsonWriter writer, Authorization[] authorizations)
    {
        writer.WriteStartArray(AuthorizationList);
        foreach (var authorization in authorizations)
        {
            writer.WriteStartObject();
            writer.WriteQuantity(ChainId, authorization.ChainId);
            writer.WriteAddress(FieldNames.Address, authorization.Address);
            writer.WriteQuantity(Nonce, authorization.Nonce);
            writer.WriteQuantity(YParity, (ulong)authorization.YParity);
            writer.WriteQuantity(R, authorization.R);
            writer.WriteQuantity(S, authorization.S);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSignature(Utf8JsonWriter writer, Transaction transaction)
    {
        if (transaction.Type != TransactionType.Legacy)
        {
            writer.WriteQuantity(V, (ulong)transaction.YParity);
            writer.WriteQuantity(YParity, (ulong)transaction.YParity);
        }
        else
        {
            // EIP-155: v is 27 or 28 without a chain, else 35 + 2 · chain + parity.
            var v = transaction.ChainId is { } chain ? ((UInt256)chain * 2) + 35 + (ulong)transaction.YParity : (UInt256)(27UL + transaction.YParity);
            writer.WriteQuantity(V, in v);
        }
        writer.WriteQuantity(R, transaction.R);
        writer.WriteQuantity(S, transaction.S);
    }
}
