using System.Text.Json;

namespace Grid.Node.Fixtures;

/// <summary>
/// Compares a trace with a fixture's, field by field; the order of fields doesn't matter, nor do capitals in hexadecimal. The fixtures were written by
/// several versions of a client: a log's index is in few of them and compared where it is there.
/// </summary>
/// <param name="isFlat">
/// Flat traces: some list the fields of all types of frame with their zeros, some none of them, and some where the transaction stood on its chain, which
/// isn't told. So there a field that is missing is the same as a zero, and the place is left out.
/// </param>
internal sealed class TraceComparison(bool isFlat)
{
    private const int MaxDifferences = 64;

    private const string Missing = "missing";

    private static readonly HashSet<string> Place = ["blockHash", "blockNumber", "transactionHash", "transactionPosition"];

    private readonly List<Difference> _differences = [];

    public IReadOnlyList<Difference> Compare(JsonElement have, JsonElement want)
    {
        Compare("$", have, want);
        return _differences;
    }

    private void Compare(string path, JsonElement have, JsonElement want)
    {
        if (have.ValueKind != want.ValueKind)
        {
            Differ(path, have.ToString(), want.ToString());
            return;
        }
        switch (want.ValueKind)
        {
            case JsonValueKind.Object:
                CompareObjects(path, have, want);
                break;
            case JsonValueKind.Array when have.GetArrayLength() != want.GetArrayLength():
                Differ(path, $"{have.GetArrayLength()} elements", $"{want.GetArrayLength()} elements");
                break;
            case JsonValueKind.Array:
                for (var i = 0; i < want.GetArrayLength(); i++)
                {
                    Compare($"{path}[{i}]", have[i], want[i]);
                }
                break;
            default:
                if (!string.Equals(have.ToString(), want.ToString(), StringComparison.OrdinalIgnoreCase))
                {
                    Differ(path, have.ToString(), want.ToString());
                }
                break;
        }
    }

    private void CompareObjects(string path, JsonElement have, JsonElement want)
    {
        foreach (var field in want.EnumerateObject())
        {
            if (isFlat && Place.Contains(field.Name))
            {
                continue;
            }
            if (have.TryGetProperty(field.Name, out var value) && !IsNothing(value))
            {
                if (!IsNothing(field.Value))
                {
                    Compare($"{path}.{field.Name}", value, field.Value);
                }
                else
                {
                    Differ($"{path}.{field.Name}", value.ToString(), Missing);
                }
            }
            else if (!IsNothing(field.Value))
            {
                Differ($"{path}.{field.Name}", Missing, field.Value.ToString());
            }
        }
        foreach (var field in have.EnumerateObject())
        {
            var isOptional = field.Name == "index" && have.TryGetProperty("topics", out _);
            if (!want.TryGetProperty(field.Name, out _) && !IsNothing(field.Value) && !isOptional)
            {
                Differ($"{path}.{field.Name}", field.Value.ToString(), Missing);
            }
        }
    }

    /// <summary>Whether a field may as well be missing.</summary>
    private bool IsNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Object => isFlat && value.EnumerateObject().All(field => IsNothing(field.Value)),
        JsonValueKind.String => isFlat && value.GetString() is "" or ['0', 'x', ..] && value.GetString().AsSpan(2).Trim('0').IsEmpty,
        _ => false,
    };

    private void Differ(string path, string have, string want)
    {
        if (_differences.Count < MaxDifferences)
        {
            _differences.Add(new Difference(path, "value", have, want));
        }
    }
}
