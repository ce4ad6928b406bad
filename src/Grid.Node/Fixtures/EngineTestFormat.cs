using System.Text.Json;

namespace Grid.Node.Fixtures;

/// <summary>Blockchain tests in the form of the Engine API: payloads to announce one after the other, valid and invalid ones.</summary>
public sealed class EngineTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("engineNewPayloads", out _) && entry.TryGetProperty("network", out _);

    /// <summary>The same tests, filled on the final rule, stand beside them.</summary>
    private static bool IsOfSupersededRule(string name, JsonElement entry) =>
        FixtureChain.IsOfDevnet(entry) && name.Contains("test_ext_code_on_", StringComparison.Ordinal);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return FixtureCase.OfChain(name, entry.Field("network").Text(), engine => IsOfSupersededRule(name, entry)
            ? CaseOutcome.Skipped("filled on a draft of EIP-7702, by which EXTCODESIZE and its kin show a delegation as 0xef01")
            : new EngineTest(entry).Run(engine));
    }
}
