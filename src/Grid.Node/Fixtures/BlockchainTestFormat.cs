using System.Text.Json;

namespace Grid.Node.Fixtures;

/// <summary>Blockchain tests of the execution-spec-tests and of the older suites: blocks to import one after the other, valid and invalid ones.</summary>
public sealed class BlockchainTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("blocks", out var blocks) && blocks.ValueKind == JsonValueKind.Array
        && entry.TryGetProperty("network", out _)
        && entry.TryGetProperty("lastblockhash", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return FixtureCase.OfChain(name, entry.Field("network").Text(), new BlockchainTest(entry).Run);
    }
}
