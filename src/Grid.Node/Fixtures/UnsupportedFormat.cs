using System.Text.Json;

namespace Grid.Node.Fixtures;

/// <summary>A format that is known by the fields it has, and not run: its cases are counted as skipped.</summary>
/// <param name="title">What people call it.</param>
/// <param name="fields">All of them tell the format.</param>
public sealed class UnsupportedFormat(string title, params string[] fields) : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && Array.TrueForAll(fields, field => entry.TryGetProperty(field, out _));

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, "", () => CaseOutcome.Skipped($"{title}: not supported yet"));
    }
}
