using System.Text.Json;
using Grid.Execution.Tracing;
using Grid.Gateway.JsonRpc;
using Grid.Primitives;

namespace Grid.Gateway.Json.Traces;

/// <summary>A tree of calls as geth's callTracer shows it, and as its JavaScript predecessor did.</summary>
public static class CallTraceJson
{
    /// <summary>The predecessor leaves out calls of precompiles, and knows no gas of calls that didn't begin.</summary>
    private const string RefusedBefore = "internal failure";

    public static void Write(Utf8JsonWriter writer, CallFrame frame)
    {
        writer.WriteStartObject();
        WriteFields(writer, frame);
        if (frame.Logs.Count > 0)
        {
            writer.WriteStartArray("logs");
            foreach (var log in frame.Logs)
            {
                WriteLog(writer, log);
            }
            writer.WriteEndArray();
        }
        if (frame.Calls.Count > 0)
        {
            writer.WriteStartArray("calls");
            foreach (var call in frame.Calls)
            {
                Write(writer, call);
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    /// <param name="hidden">The precompiles of the fork.</param>
    public static void WriteLegacy(Utf8JsonWriter writer, CallFrame frame, IReadOnlySet<Address> hidden)
    {
        writer.WriteStartObject();
        writer.WriteString("type", NameOf(frame.Type));
        writer.WriteString("from", frame.From.ToString());
        WriteTo(writer, frame);
        if (frame.Type is not (CallType.DelegateCall or CallType.StaticCall))
        {
            writer.WriteString("value", frame.Value.ToHex());
        }
        var isFrame = frame.Type != CallType.SelfDestruct && frame.Fault?.Refusal is null;
        if (isFrame)
        {
            writer.WriteString("gas", Quantity(frame.Gas));
            writer.WriteString("gasUsed", Quantity(frame.GasUsed));
        }
        writer.WriteString("input", Hex.Encode(frame.Input));
        if (isFrame && (frame.Fault is null || (frame.Depth == 0 && frame.Output.Length > 0)))
        {
            writer.WriteString("output", Hex.Encode(frame.Output));
        }
        if (frame.Fault is { } fault)
        {
            writer.WriteString("error", isFrame ? TraceFaultText.Of(in fault) : RefusedBefore);
        }
        var calls = frame.Calls.Where(call => call.To is not { } to || !hidden.Contains(to)).ToList();
        if (calls.Count > 0)
        {
            writer.WriteStartArray("calls");
            foreach (var call in calls)
            {
                WriteLegacy(writer, call, hidden);
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    internal static void WriteFields(Utf8JsonWriter writer, CallFrame frame)
    {
        writer.WriteString("type", NameOf(frame.Type));
        writer.WriteString("from", frame.From.ToString());
        WriteTo(writer, frame);
        if (frame.Type != CallType.StaticCall)
        {
            writer.WriteString("value", frame.Value.ToHex());
        }
        writer.WriteString("gas", Quantity(frame.Gas));
        writer.WriteString("gasUsed", Quantity(frame.GasUsed));
        writer.WriteString("input", Hex.Encode(frame.Input));
        if (frame.Output.Length > 0)
        {
            writer.WriteString("output", Hex.Encode(frame.Output));
        }
        if (frame.Fault is { } fault)
        {
            writer.WriteString("error", TraceFaultText.Of(in fault));
        }
        if (frame.HasReverted && RevertReason.Decode(frame.Output) is { } reason)
        {
            writer.WriteString("revertReason", reason);
        }
    }

    internal static void WriteLog(Utf8JsonWriter writer, TracedLog log)
    {
        writer.WriteStartObject();
        writer.WriteString("address", log.Log.Address.ToString());
        writer.WriteStartArray("topics");
        foreach (var topic in log.Log.Topics)
        {
            writer.WriteStringValue(topic.ToString());
        }
        writer.WriteEndArray();
        writer.WriteString("data", Hex.Encode(log.Log.Data));
        writer.WriteString("index", Quantity(log.Index));
        writer.WriteString("position", Quantity(log.Position));
        writer.WriteEndObject();
    }

    internal static string Quantity(long value) => new UInt256((ulong)value).ToHex();

    internal static string NameOf(CallType type) => type.ToString().ToUpperInvariant();

    private static void WriteTo(Utf8JsonWriter writer, CallFrame frame)
    {
        if (frame.To is { } to)
        {
            writer.WriteString("to", to.ToString());
        }
    }
}
