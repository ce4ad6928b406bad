using System.Text.Json;
using Grid.Gateway.Json;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc;

/// <summary>
/// What a call gave: an error, or what writes its result. A method asks the grid first and returns the writing, so that an answer
/// is never begun that can't be finished.
/// </summary>
internal readonly struct RpcAnswer
{
    private readonly Action<Utf8JsonWriter>? _write;

    private RpcAnswer(Action<Utf8JsonWriter>? write, RpcError? error)
    {
        _write = write;
        Error = error;
    }

    public static readonly RpcAnswer Null = new(static writer => writer.WriteNullValue(), null);

    public RpcError? Error { get; }

    public static RpcAnswer Of(Action<Utf8JsonWriter> write) => new(write, null);

    public static RpcAnswer Quantity(ulong value) => new(writer => writer.WriteQuantityValue(value), null);

    public static RpcAnswer Quantity(UInt256 value) => new(writer => writer.WriteQuantityValue(in value), null);

    public static RpcAnswer Data(ReadOnlyMemory<byte> bytes) => new(writer => writer.WriteDataValue(bytes.Span), null);

    public static RpcAnswer Data(Hash256 hash) => new(writer => writer.WriteDataValue(hash.Span), null);

    public static RpcAnswer Text(string text) => new(writer => writer.WriteStringValue(text), null);

    public static RpcAnswer Boolean(bool value) => new(writer => writer.WriteBooleanValue(value), null);

    public static RpcAnswer Failed(RpcError error) => new(null, error);

    public void WriteResult(Utf8JsonWriter writer) => _write!(writer);

    public static implicit operator RpcAnswer(RpcError error) => Failed(error);
}
