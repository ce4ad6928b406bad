using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// `crypto.json`: deciphering for the network protocol that execution clients speak among themselves. Grid speaks none, and has no cipher of
/// its own: what is tested here of Grid is a point's multiplication, which is the key agreement's; AES, SHA-256 and HMAC are the platform's.
/// </summary>
public sealed class CryptoTestFormat : IFixtureFormat
{
    private const string Altered = "ecies_sec1_altered";

    private const int PointLength = 65, BlockLength = 16, TagLength = 32, KeyLength = 16;

    public bool Recognizes(JsonElement entry) => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("decryption_type", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, "", () => Run(entry));
    }

    private static CaseOutcome Run(JsonElement entry)
    {
        var key = PlainHex(entry.Field("key"));
        var cipher = PlainHex(entry.Field("cipher"));
        var type = entry.Field("decryption_type").Text();
        if (key.Length is not (KeyLength or 24 or 32) || (type == Altered && (key.Length != 32 || cipher.Length < PointLength + BlockLength + TagLength)))
        {
            throw new FixtureFormatException("A key or a cipher of another length than its kind has.");
        }
        var have = type switch
        {
            "aes_ctr" => Counter(key, new byte[BlockLength], cipher),
            Altered => Ecies(UInt256.FromBigEndian(key), cipher),
            var other => throw new FixtureFormatException($"'{other}' is no known cipher."),
        };
        var want = PlainHex(entry.Field("payload"));
        return have is not null && have.AsSpan().SequenceEqual(want)
            ? CaseOutcome.Passed
            : CaseOutcome.Failed("the text differs", new Difference("cipher", "text", have is null ? "refused" : Hex.Encode(have), Hex.Encode(want)));
    }

    /// <summary>ECIES (SEC 1, section 5.1) as in RLPx: point, initial counter, text, tag. Null where the tag doesn't fit.</summary>
    private static byte[]? Ecies(in UInt256 key, byte[] cipher)
    {
        var point = cipher.AsSpan(1, PointLength - 1);
        var text = cipher.AsSpan(PointLength..^TagLength);
        Span<byte> derived = stackalloc byte[2 * KeyLength];
        // The concatenation derivation of SEC 1, section 3.6.1: one hash is enough.
        SHA256.HashData([0, 0, 0, 1, .. Agree(in key, point)], derived);
        var tag = HMACSHA256.HashData(SHA256.HashData(derived[KeyLength..]), text);
        return CryptographicOperations.FixedTimeEquals(tag, cipher.AsSpan(^TagLength..))
            ? Counter(derived[..KeyLength], text[..BlockLength], text[BlockLength..])
            : null;
    }

    /// <summary>
    /// The x of the point times the key. Recovery computes (s·R - z·G) / r for the point R with the x r: with z = 0 and s = r · key that is it.
    /// </summary>
    private static byte[] Agree(in UInt256 key, ReadOnlySpan<byte> point)
    {
        var r = UInt256.FromBigEndian(point[..32]);
        var s = (UInt256)((BigInteger)r * key % Secp256k1.Order);
        var product = new byte[Secp256k1.PublicKeyLength];
        return Secp256k1.TryRecoverPublicKey(default, in r, in s, point[^1] & 1, product)
            ? product[..32]
            : throw new FixtureFormatException("Not a point of the curve.");
    }

    private static byte[] Counter(ReadOnlySpan<byte> key, ReadOnlySpan<byte> initial, ReadOnlySpan<byte> text)
    {
        using var aes = Aes.Create();
        aes.Key = key.ToArray();
        var counter = initial.ToArray();
        var result = new byte[text.Length];
        for (var i = 0; i < text.Length; i += BlockLength)
        {
            var stream = aes.EncryptEcb(counter, PaddingMode.None);
            for (var j = 0; j < BlockLength && i + j < text.Length; j++)
            {
                result[i + j] = (byte)(text[i + j] ^ stream[j]);
            }
            for (var j = BlockLength - 1; j >= 0 && ++counter[j] == 0; j--)
            {
                // The carry goes on.
            }
        }
        return result;
    }

    private static byte[] PlainHex(JsonElement element) => FixtureJson.ToBytes("0x" + element.Text());
}
