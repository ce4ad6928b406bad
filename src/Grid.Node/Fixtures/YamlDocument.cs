using System.Buffers;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Grid.Node.Fixtures;

/// <summary>Reads a YAML file as the JSON that says the same, so that formats need to know one kind of document only.</summary>
internal static class YamlDocument
{
    private const int MaxDepth = 64;

    /// <exception cref="FixtureFormatException">Not one YAML document.</exception>
    public static JsonDocument Parse(Stream stream)
    {
        var yaml = new YamlStream();
        try
        {
            using var reader = new StreamReader(stream);
            yaml.Load(reader);
        }
        // The library's scanner fails with its own states on some wrong input.
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or ArgumentException)
        {
            throw new FixtureFormatException($"Not YAML: {exception.Message}");
        }
        if (yaml.Documents.Count != 1)
        {
            throw new FixtureFormatException($"Not one YAML document, but {yaml.Documents.Count}.");
        }
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            Write(writer, yaml.Documents[0].RootNode, MaxDepth);
        }
        return JsonDocument.Parse(json.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter writer, YamlNode node, int depthLeft)
    {
        // A node with a name may stand in many places: small files could say a lot.
        if (!node.Anchor.IsEmpty || depthLeft == 0)
        {
            throw new FixtureFormatException("A YAML node with a name, or too deep.");
        }
        switch (node)
        {
            case YamlMappingNode mapping:
                writer.WriteStartObject();
                foreach (var (key, value) in mapping.Children)
                {
                    writer.WritePropertyName((key as YamlScalarNode)?.Value ?? throw new FixtureFormatException("A key that is no scalar."));
                    Write(writer, value, depthLeft - 1);
                }
                writer.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Children)
                {
                    Write(writer, item, depthLeft - 1);
                }
                writer.WriteEndArray();
                break;
            case YamlScalarNode scalar:
                WriteScalar(writer, scalar);
                break;
            default:
                throw new FixtureFormatException($"A YAML node that JSON has no counterpart for: {node.NodeType}.");
        }
    }

    /// <summary>Of plain scalars, the words of YAML's core schema mean something; all else is text.</summary>
    private static void WriteScalar(Utf8JsonWriter writer, YamlScalarNode scalar)
    {
        var isPlain = scalar.Style == ScalarStyle.Plain;
        switch (scalar.Value)
        {
            case "true" when isPlain:
                writer.WriteBooleanValue(true);
                break;
            case "false" when isPlain:
                writer.WriteBooleanValue(false);
                break;
            case null or "null" or "~" or "" when isPlain:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue(scalar.Value);
                break;
        }
    }
}
