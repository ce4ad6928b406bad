using System.Text;
using System.Text.Json;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.Node.Fixtures;

/// <summary>
/// Trie tests that ask for neighbours: the keys before and after a text, in a trie's order. The keys, of up to 32 bytes, are filled up with zero
/// bytes, which keeps their order, so that Grid's own trie holds them and its leaves give the answer.
/// </summary>
public sealed class TrieOrderTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("in", out _) && entry.TryGetProperty("tests", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        foreach (var test in entry.Field("tests").Items())
        {
            var asked = test.Item(0).Text();
            yield return new FixtureCase($"{name}[{asked}]", "", () => Run(entry.Field("in"), Key(asked), test.Item(1).Text(), test.Item(2).Text()));
        }
    }

    private static CaseOutcome Run(JsonElement keys, Hash256 asked, string wantBefore, string wantAfter)
    {
        // Not in their order, so that the trie has to make it.
        var changes = keys.Items().Reverse().Select(key => new TrieChange<RawValue>(Key(key.Text()), new RawValue([1]))).ToArray();
        var leaves = MerkleTrie<RawValue>.Empty.Update(changes).Leaves().Select(leaf => leaf.Key).ToArray();
        var before = Text(Array.FindLast(leaves, key => key.CompareTo(asked) < 0));
        var after = Text(Array.Find(leaves, key => key.CompareTo(asked) > 0));
        return before == wantBefore && after == wantAfter
            ? CaseOutcome.Passed
            : CaseOutcome.Failed(
                "the neighbours differ", new Difference("key", "before", before, wantBefore), new Difference("key", "after", after, wantAfter));
    }

    private static Hash256 Key(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > Hash256.Length)
        {
            throw new FixtureFormatException($"A key of {bytes.Length} bytes.");
        }
        Array.Resize(ref bytes, Hash256.Length);
        return new Hash256(bytes);
    }

    private static string Text(Hash256 key) => Encoding.UTF8.GetString(key.Span.TrimEnd((byte)0));
}
