using System.Text.Json;
using Grid.Gateway.Json;
using Grid.Grains.Messages;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>Accounts with Merkle proofs (EIP-1186; execution-apis, eth/state.yaml).</summary>
internal static class ProofMethods
{
    public static async ValueTask<RpcAnswer> GetProof(RpcContext context, RpcParameters parameters)
    {
        var (address, slots, block) = (parameters.Address(0), ReadSlots(parameters), parameters.Block(2));
        try
        {
            var proof = await context.Grid.Reader.GetProof(address, [.. slots.Select(slot => slot.Slot)], block.Selector);
            return RpcAnswer.Of(writer => Write(writer, proof, slots));
        }
        catch (ProofLimitException exception)
        {
            return RpcError.Refused($"too many slots (max {exception.Allowed})");
        }
    }

    private static StorageKey[] ReadSlots(RpcParameters parameters)
    {
        var array = parameters.Required(1);
        return array.ValueKind == JsonValueKind.Array
            ? [.. array.EnumerateArray().Select(key => StorageKey.Parse(key, 1))]
            : throw HexValue.Invalid(1, "expected an array of storage keys");
    }

    private static void Write(Utf8JsonWriter writer, ProofView proof, StorageKey[] slots)
    {
        var account = proof.Account;
        writer.WriteStartObject();
        writer.WriteAddress(FieldNames.Address, account.Address);
        WriteNodes(writer, FieldNames.AccountProof, proof.AccountNodes);
        writer.WriteQuantity(FieldNames.Balance, account.Balance);
        writer.WriteHash(FieldNames.CodeHash, account.CodeHash);
        writer.WriteQuantity(FieldNames.Nonce, account.Nonce);
        writer.WriteHash(FieldNames.StorageHash, account.StorageRoot);
        writer.WriteStartArray(FieldNames.StorageProof);
        for (var i = 0; i < slots.Length; i++)
        {
            Write(writer, slots[i], proof.Slots[i]);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>As geth does, a key that was asked for with 32 bytes is answered with 32 bytes, any other as a quantity.</summary>
    private static void Write(Utf8JsonWriter writer, StorageKey key, SlotProof proof)
    {
        writer.WriteStartObject();
        if (key.IsWhole)
        {
            writer.WriteHash(FieldNames.Key, Hash256.FromWord(key.Slot));
        }
        else
        {
            writer.WriteQuantity(FieldNames.Key, key.Slot);
        }
        writer.WriteQuantity(FieldNames.Value, proof.Value);
        WriteNodes(writer, FieldNames.Proof, proof.Nodes);
        writer.WriteEndObject();
    }

    private static void WriteNodes(Utf8JsonWriter writer, JsonEncodedText name, byte[][] nodes)
    {
        writer.WriteStartArray(name);
        foreach (var node in nodes)
        {
            writer.WriteDataValue(node);
        }
        writer.WriteEndArray();
    }
}
