using System.Text;
using System.Text.Json;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.Node.Fixtures;

/// <summary>
/// Trie tests: keys and values to put or, where the value is null, to remove, and the root. Grid's own trie has hashed keys only, which only a
/// file's name tells; plain keys go to the reference that the unit tests measure that trie by.
/// </summary>
public sealed class TrieTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("in", out _) && entry.TryGetProperty("root", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        var isSecure = fileName.Contains("secure", StringComparison.OrdinalIgnoreCase);
        yield return new FixtureCase(name, "", () => isSecure ? CheckHashed(entry) : Check(PlainRoot(entry), entry.Field("root").Hash()));
    }

    /// <summary>Hexadecimal with 0x, or text.</summary>
    internal static byte[] Bytes(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? FixtureJson.ToBytes(text) : Encoding.UTF8.GetBytes(text);

    private static CaseOutcome Check(Hash256 root, Hash256 want) => root == want
        ? CaseOutcome.Passed
        : CaseOutcome.Failed("the root differs", new Difference("trie", "root", root.ToString(), want.ToString()));

    /// <summary>The root, and the proof of what each key has in the end.</summary>
    private static CaseOutcome CheckHashed(JsonElement entry)
    {
        var trie = MerkleTrie<RawValue>.Empty;
        var content = new Dictionary<Hash256, byte[]?>();
        foreach (var (key, value) in Pairs(entry.Field("in")))
        {
            var hash = Keccak256.Hash(Bytes(key));
            content[hash] = value is null ? null : Bytes(value);
            trie = trie.Update([content[hash] is { } bytes ? new TrieChange<RawValue>(in hash, new RawValue(bytes)) : TrieChange<RawValue>.Remove(in hash)]);
        }
        var root = entry.Field("root").Hash();
        foreach (var (key, value) in content)
        {
            var isProved = ProofVerifier.TryVerify(in root, in key, TrieProof.Of(trie, in key), out var proved);
            if (!isProved || !(value ?? []).AsSpan().SequenceEqual(proved ?? []))
            {
                return CaseOutcome.Failed("a proof doesn't hold", new Difference(key.ToString(), "value", proved is null ? "none" : Hex.Encode(proved), Hex.Encode(value ?? [])));
            }
        }
        return Check(trie.RootHash(), root);
    }

    private static Hash256 PlainRoot(JsonElement entry)
    {
        var content = new Dictionary<string, (byte[], byte[])>();
        foreach (var (key, value) in Pairs(entry.Field("in")))
        {
            var bytes = Bytes(key);
            if (value is null)
            {
                content.Remove(Convert.ToHexString(bytes));
            }
            else
            {
                content[Convert.ToHexString(bytes)] = (bytes, Bytes(value));
            }
        }
        return ReferenceTrie.Root(content.Values);
    }

    private static IEnumerable<(string Key, string? Value)> Pairs(JsonElement input) => input.ValueKind == JsonValueKind.Array
        ? input.Items().Select(pair => (pair.Item(0).Text(), pair.Item(1).TextOrNull()))
        : input.Members().Select(pair => (pair.Name, pair.Value.TextOrNull()));
}

/// <summary>Any bytes as a trie's value.</summary>
internal readonly struct RawValue(byte[] bytes) : ITrieValue
{
    public int MaxEncodedLength => bytes.Length;

    public int Encode(Span<byte> destination)
    {
        bytes.CopyTo(destination);
        return bytes.Length;
    }
}
