using System.Text.Json;
using Grid.Execution.Tracing;
using Grid.Primitives;

namespace Grid.Gateway.Json.Traces;

/// <summary>A user operation's validation as geth's erc7562Tracer shows it.</summary>
public static class Erc7562TraceJson
{
    public static void Write(Utf8JsonWriter writer, Erc7562Tracer tracer)
    {
        if (tracer.Root is { } root)
        {
            Write(writer, tracer, root);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    private static void Write(Utf8JsonWriter writer, Erc7562Tracer tracer, CallFrame frame)
    {
        writer.WriteStartObject();
        CallTraceJson.WriteFields(writer, frame);
        WriteFacts(writer, tracer.FactsOf(frame));
        writer.WriteBoolean("outOfGas", frame.Fault is { IsOutOfGas: true });
        if (frame.Logs.Count > 0)
        {
            writer.WriteStartArray("logs");
            foreach (var log in frame.Logs)
            {
                CallTraceJson.WriteLog(writer, log);
            }
            writer.WriteEndArray();
        }
        if (frame.Calls.Count > 0)
        {
            writer.WriteStartArray("calls");
            foreach (var call in frame.Calls)
            {
                Write(writer, tracer, call);
            }
            writer.WriteEndArray();
        }
        if (frame.Depth == 0)
        {
            writer.WriteStartArray("keccak");
            foreach (var data in tracer.Hashed)
            {
                writer.WriteStringValue(Hex.Encode(data));
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter writer, ValidationFacts facts)
    {
        writer.WriteStartObject("accessedSlots");
        writer.WriteStartObject("reads");
        foreach (var (slot, value) in facts.Reads)
        {
            writer.WriteStartArray(Word(slot));
            writer.WriteStringValue(Word(value));
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        WriteCounts(writer, "writes", facts.Writes);
        WriteCounts(writer, "transientReads", facts.TransientReads);
        WriteCounts(writer, "transientWrites", facts.TransientWrites);
        writer.WriteEndObject();

        writer.WriteStartArray("extCodeAccessInfo");
        foreach (var address in facts.CodeAccesses)
        {
            writer.WriteStringValue(address.ToString());
        }
        writer.WriteEndArray();

        writer.WriteStartObject("usedOpcodes");
        foreach (var (opcode, count) in facts.Opcodes)
        {
            writer.WriteNumber(CallTraceJson.Quantity(opcode), count);
        }
        writer.WriteEndObject();

        writer.WriteStartObject("contractSize");
        foreach (var (address, size) in facts.ContractSizes)
        {
            writer.WriteStartObject(address.ToString());
            writer.WriteNumber("contractSize", size.CodeLength);
            writer.WriteNumber("opcode", size.Opcode);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter writer, string name, SortedDictionary<UInt256, int> counts)
    {
        writer.WriteStartObject(name);
        foreach (var (slot, count) in counts)
        {
            writer.WriteNumber(Word(slot), count);
        }
        writer.WriteEndObject();
    }

    private static string Word(UInt256 word) => Hex.Encode(word.ToBigEndian());
}
