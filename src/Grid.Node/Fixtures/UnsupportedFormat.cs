using System.Text.Json;

namespace Grid.Node.Fixtures;

/// <summary>A format that is known by the fields it has, and not run: its cases are counted as skipped.</summary>
/// <param name="reason">What people read: the format, and why it isn't run.</param>
/// <param name="fields">All of them tell the format.</param>
public sealed class UnsupportedFormat(string reason, params string[] fields) : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && Array.TrueForAll(fields, field => entry.TryGetProperty(field, out _));

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, "", () => CaseOutcome.Skipped(reason));
    }
}
