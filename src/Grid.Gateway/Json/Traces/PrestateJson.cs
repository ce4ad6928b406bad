using System.Text.Json;
using Grid.Execution.Tracing;
using Grid.Primitives;

namespace Grid.Gateway.Json.Traces;

/// <summary>Accounts as geth's prestateTracer shows them, and as its JavaScript predecessor did.</summary>
public static class PrestateJson
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<Address, PrestateAccount> accounts)
    {
        writer.WriteStartObject();
        foreach (var (address, account) in accounts)
        {
            writer.WriteStartObject(address.ToString());
            if (account.Balance is { } balance)
            {
                writer.WriteString("balance", balance.ToHex());
            }
            if (account.Nonce is { } nonce and > 0)
            {
                writer.WriteNumber("nonce", nonce);
            }
            if (account.Code is { Length: > 0 } code)
            {
                writer.WriteString("code", Hex.Encode(code.Bytes));
            }
            if (account.CodeHash is { } hash)
            {
                writer.WriteString("codeHash", hash.ToString());
            }
            if (account.Storage.Count > 0)
            {
                WriteStorage(writer, account);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    /// <summary>The option diffMode.</summary>
    public static void Write(Utf8JsonWriter writer, StateDifference difference)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("pre");
        Write(writer, difference.Before);
        writer.WritePropertyName("post");
        Write(writer, difference.After);
        writer.WriteEndObject();
    }

    /// <summary>The predecessor gives every field, also of nothing, and no code hash.</summary>
    public static void WriteLegacy(Utf8JsonWriter writer, IReadOnlyDictionary<Address, PrestateAccount> accounts)
    {
        writer.WriteStartObject();
        foreach (var (address, account) in accounts)
        {
            writer.WriteStartObject(address.ToString());
            writer.WriteString("balance", (account.Balance ?? UInt256.Zero).ToHex());
            writer.WriteNumber("nonce", account.Nonce ?? 0);
            writer.WriteString("code", Hex.Encode(account.Code?.Bytes ?? []));
            WriteStorage(writer, account);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteStorage(Utf8JsonWriter writer, PrestateAccount account)
    {
        writer.WriteStartObject("storage");
        foreach (var (slot, value) in account.Storage)
        {
            writer.WriteString(Hex.Encode(slot.ToBigEndian()), Hex.Encode(value.ToBigEndian()));
        }
        writer.WriteEndObject();
    }
}
