using System.Text.Json;
using Grid.Execution.Tracing;
using Grid.Primitives;

namespace Grid.Gateway.Json.Traces;

/// <summary>Where a traced transaction stands.</summary>
public sealed record TracePlace(Hash256 BlockHash, ulong BlockNumber, Hash256 TransactionHash, int TransactionIndex);

/// <summary>A list of calls as geth's flatCallTracer shows it.</summary>
public static class FlatTraceJson
{
    /// <param name="asParity">Whether errors have Parity's sentences.</param>
    /// <param name="place">Null where the transaction is in no block.</param>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<FlatFrame> frames, bool asParity, TracePlace? place)
    {
        writer.WriteStartArray();
        foreach (var frame in frames)
        {
            Write(writer, frame, asParity, place);
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, FlatFrame flat, bool asParity, TracePlace? place)
    {
        var frame = flat.Frame;
        writer.WriteStartObject();
        writer.WriteStartObject("action");
        var type = frame.Type switch
        {
            CallType.Create or CallType.Create2 => WriteCreation(writer, frame),
            CallType.SelfDestruct => WriteDestruction(writer, frame),
            _ => WriteCall(writer, frame),
        };
        writer.WriteEndObject();
        if (place is not null)
        {
            writer.WriteString("blockHash", place.BlockHash.ToString());
            writer.WriteNumber("blockNumber", place.BlockNumber);
        }
        if (frame.Fault is { } fault)
        {
            writer.WriteString("error", asParity ? TraceFaultText.AsParity(in fault) : TraceFaultText.Of(in fault));
        }
        WriteResult(writer, frame);
        writer.WriteNumber("subtraces", flat.SubtraceCount);
        writer.WriteStartArray("traceAddress");
        foreach (var index in flat.TraceAddress)
        {
            writer.WriteNumberValue(index);
        }
        writer.WriteEndArray();
        if (place is not null)
        {
            writer.WriteString("transactionHash", place.TransactionHash.ToString());
            writer.WriteNumber("transactionPosition", place.TransactionIndex);
        }
        writer.WriteString("type", type);
        writer.WriteEndObject();
    }

    private static string WriteCreation(Utf8JsonWriter writer, CallFrame frame)
    {
        writer.WriteString("creationMethod", CallTraceJson.NameOf(frame.Type).ToLowerInvariant());
        writer.WriteString("from", frame.From.ToString());
        writer.WriteString("gas", CallTraceJson.Quantity(frame.Gas));
        writer.WriteString("init", Hex.Encode(frame.Input));
        writer.WriteString("value", frame.Value.ToHex());
        return "create";
    }

    private static string WriteDestruction(Utf8JsonWriter writer, CallFrame frame)
    {
        writer.WriteString("address", frame.From.ToString());
        writer.WriteString("balance", frame.Value.ToHex());
        writer.WriteString("refundAddress", frame.To.ToString());
        return "suicide";
    }

    private static string WriteCall(Utf8JsonWriter writer, CallFrame frame)
    {
        writer.WriteString("callType", CallTraceJson.NameOf(frame.Type).ToLowerInvariant());
        writer.WriteString("from", frame.From.ToString());
        writer.WriteString("gas", CallTraceJson.Quantity(frame.Gas));
        writer.WriteString("input", Hex.Encode(frame.Input));
        writer.WriteString("to", frame.To.ToString());
        writer.WriteString("value", frame.Type == CallType.StaticCall ? "0x0" : frame.Value.ToHex());
        return "call";
    }

    /// <summary>A failure has no result, but for a revert, which has a reason.</summary>
    private static void WriteResult(Utf8JsonWriter writer, CallFrame frame)
    {
        if (frame.Type == CallType.SelfDestruct || (frame.Fault is not null && !frame.HasReverted))
        {
            writer.WriteNull("result");
            return;
        }
        writer.WriteStartObject("result");
        writer.WriteString("gasUsed", CallTraceJson.Quantity(frame.GasUsed));
        if (frame.Type is CallType.Create or CallType.Create2)
        {
            if (frame.To is { } address)
            {
                writer.WriteString("address", address.ToString());
            }
            writer.WriteString("code", Hex.Encode(frame.Output));
        }
        else
        {
            writer.WriteString("output", Hex.Encode(frame.Output));
        }
        writer.WriteEndObject();
    }
}
