using System.Numerics;
using System.Text;
using System.Text.Json;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Node.Fixtures;

/// <summary>RLP tests: a value and its encoding, or an encoding that is valid or not.</summary>
public sealed class RlpTestFormat : IFixtureFormat
{
    /// <summary>Lists in lists that are followed; no official case comes near.</summary>
    private const int MaxDepth = 4096;

    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("in", out _) && entry.TryGetProperty("out", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, "", () => Run(entry.Field("in"), entry.Field("out").Bytes()));
    }

    private static CaseOutcome Run(JsonElement value, byte[] encoded)
    {
        var isValid = IsValid(encoded, out var error);
        if (value.ValueKind == JsonValueKind.String && value.GetString() is "INVALID")
        {
            return isValid ? CaseOutcome.Failed("malformed input is accepted") : CaseOutcome.Passed;
        }
        if (!isValid)
        {
            return CaseOutcome.Failed($"well-formed input is refused: {error}");
        }
        if (value.ValueKind == JsonValueKind.String && value.GetString() is "VALID")
        {
            return CaseOutcome.Passed;
        }
        var writer = new RlpWriter();
        Write(writer, value);
        return writer.Written.SequenceEqual(encoded)
            ? CaseOutcome.Passed
            : CaseOutcome.Failed("the encoding differs", new Difference("rlp", "bytes", Hex.Encode(writer.Written), Hex.Encode(encoded)));
    }

    private static void Write(RlpWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                var list = writer.BeginList();
                foreach (var item in value.Items())
                {
                    Write(writer, item);
                }
                writer.EndList(list);
                break;
            case JsonValueKind.Number:
                writer.WriteUInt64(value.Number());
                break;
            case JsonValueKind.String when value.GetString() is ['#', ..] number:
                writer.WriteBytes(BigInteger.Parse(number.AsSpan(1), provider: null).ToByteArray(isUnsigned: true, isBigEndian: true));
                break;
            default:
                writer.WriteBytes(Encoding.UTF8.GetBytes(value.Text()));
                break;
        }
    }

    private static bool IsValid(byte[] encoded, out RlpError error)
    {
        try
        {
            var reader = new RlpReader(encoded);
            ReadItem(ref reader, MaxDepth);
            reader.ExpectEnd();
            error = default;
            return true;
        }
        catch (RlpException exception)
        {
            error = exception.Error;
            return false;
        }
    }

    private static void ReadItem(ref RlpReader reader, int depthLeft)
    {
        if (depthLeft == 0)
        {
            throw new RlpException(RlpError.LimitExceeded, reader.Position);
        }
        if (!reader.NextIsList)
        {
            reader.ReadBytes();
            return;
        }
        var list = reader.ReadList();
        while (!list.IsAtEnd)
        {
            ReadItem(ref list, depthLeft - 1);
        }
    }
}
