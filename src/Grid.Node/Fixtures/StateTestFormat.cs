using System.Text.Json;
using Grid.Evm;

namespace Grid.Node.Fixtures;

/// <summary>
/// State tests of the execution-spec-tests and of the older suites: one transaction over a given state, its variants, and the state root
/// that each leads to under each fork.
/// </summary>
public sealed class StateTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("transaction", out _)
        && entry.TryGetProperty("post", out var post) && post.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("pre", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        var test = new StateTest(entry);
        foreach (var post in entry.Field("post").Members())
        {
            var forkName = post.Name;
            if (!ForkNames.TryParse(forkName, out var fork))
            {
                yield return new FixtureCase(name, forkName, () => CaseOutcome.Skipped($"fork '{forkName}' is not known"));
                continue;
            }
            var hasVariants = post.Value.Items().Count() > 1;
            foreach (var variant in post.Value.Items())
            {
                yield return new FixtureCase(hasVariants ? name + Label(variant) : name, forkName, () => test.Run(fork, variant));
            }
        }
    }

    private static string Label(JsonElement variant)
    {
        var indexes = variant.Field("indexes");
        return $"[d{indexes.Field("data")}g{indexes.Field("gas")}v{indexes.Field("value")}]";
    }
}
