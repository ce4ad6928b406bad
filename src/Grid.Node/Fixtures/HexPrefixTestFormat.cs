using System.Text.Json;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.Node.Fixtures;

/// <summary>`hexencodetest.json`: nibbles and their hex-prefix encoding (Yellow Paper, appendix C).</summary>
public sealed class HexPrefixTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("seq", out _) && entry.TryGetProperty("term", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, "", () => Run(entry));
    }

    private static CaseOutcome Run(JsonElement entry)
    {
        byte[] nibbles = [.. entry.Field("seq").Items().Select(nibble => checked((byte)nibble.Number()))];
        var isLeaf = entry.Field("term").GetBoolean();
        var want = entry.Field("out").Text();
        var differences = new List<Difference>();
        Compare("reference", ReferenceTrie.HexPrefix(nibbles, isLeaf));
        // The path of a trie's leaf is what is left of its key, which begins in the middle of a byte as often as not.
        for (var from = 0; from < 2; from++)
        {
            var encoded = new byte[Hash256.Length + 1];
            var length = NibblePaths.WriteHexPrefix(encoded, KeyWith(nibbles, from), from, from + nibbles.Length, isLeaf);
            Compare($"path from nibble {from}", encoded[..length]);
        }
        return differences.Count == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the encoding differs", differences);

        void Compare(string subject, byte[] encoded)
        {
            var have = Convert.ToHexStringLower(encoded);
            if (have != want)
            {
                differences.Add(new Difference(subject, "encoding", have, want));
            }
        }
    }

    private static Hash256 KeyWith(byte[] nibbles, int from)
    {
        var bytes = new byte[Hash256.Length];
        for (var i = 0; i < nibbles.Length; i++)
        {
            var at = from + i;
            bytes[at >> 1] |= (byte)((at & 1) == 0 ? nibbles[i] << 4 : nibbles[i]);
        }
        return new Hash256(bytes);
    }
}
