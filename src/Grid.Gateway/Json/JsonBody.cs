using System.Buffers;
using System.Text.Json;
using Grid.Primitives;

namespace Grid.Gateway.Json;

/// <summary>Parses a request's body so that reading any string of it can't fail later.</summary>
internal static class JsonBody
{
    /// <exception cref="JsonException">Not JSON, nested too deep, or its text isn't Unicode.</exception>
    public static JsonDocument Parse(in ReadOnlySequence<byte> body, int depthMax) => JsonUnicode.IsValid(in body)
        ? JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = depthMax })
        : throw new JsonException("The text isn't Unicode.");
}
