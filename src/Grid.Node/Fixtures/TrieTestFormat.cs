using System.Text;
using System.Text.Json;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State.Trie;

namespace Grid.Node.Fixtures;

/// <summary>
/// Trie tests: keys and values to put or, where the value is null, to remove, and the root. Grid has tries with hashed keys only, so cases
/// with plain keys are skipped; only a file's name tells which it holds.
/// </summary>
public sealed class TrieTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("in", out _) && entry.TryGetProperty("root", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        var isSecure = fileName.Contains("secure", StringComparison.OrdinalIgnoreCase);
        yield return new FixtureCase(name, "", () => isSecure ? Run(entry) : CaseOutcome.Skipped("trie test with keys that aren't hashed: not supported"));
    }

    private static CaseOutcome Run(JsonElement entry)
    {
        var trie = MerkleTrie<RawValue>.Empty;
        foreach (var (key, value) in Pairs(entry.Field("in")))
        {
            var hash = Keccak256.Hash(Bytes(key));
            trie = trie.Update([value is null ? TrieChange<RawValue>.Remove(in hash) : new TrieChange<RawValue>(in hash, new RawValue(Bytes(value)))]);
        }
        var root = trie.RootHash();
        var want = entry.Field("root").Hash();
        return root == want ? CaseOutcome.Passed : CaseOutcome.Failed("the root differs", new Difference("trie", "root", root.ToString(), want.ToString()));
    }

    private static IEnumerable<(string Key, string? Value)> Pairs(JsonElement input) => input.ValueKind == JsonValueKind.Array
        ? input.EnumerateArray().Select(pair => (pair[0].Text(), pair[1].GetString()))
        : input.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString()));

    /// <summary>Hexadecimal with 0x, or text.</summary>
    private static byte[] Bytes(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? Hex.Decode(text) : Encoding.UTF8.GetBytes(text);

    private readonly struct RawValue(byte[] bytes) : ITrieValue
    {
        public int MaxEncodedLength => bytes.Length;

        public int Encode(Span<byte> destination)
        {
            bytes.CopyTo(destination);
            return bytes.Length;
        }
    }
}
