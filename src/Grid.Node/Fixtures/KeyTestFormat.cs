using System.Text;
using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// `keyaddrtest.json`: a seed, the key that is its hash, and the key's address. The signature that it lists was made by a client of 2014, of a hash that
/// none of today's gives for an empty message: what is checked is that it is somebody's, and that a signature of Grid's is the key's.
/// </summary>
public sealed class KeyTestFormat : IFixtureFormat
{
    private const string SignatureField = "sig_of_emptystring";

    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("seed", out _) && entry.TryGetProperty(SignatureField, out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(entry.Field("seed").Text(), "", () => Run(entry));
    }

    private static CaseOutcome Run(JsonElement entry)
    {
        var seed = Encoding.UTF8.GetBytes(entry.Field("seed").Text());
        var key = Keccak256.Hash(seed);
        var address = Secp256k1.AddressOf(key.ToWord());
        var differences = new List<Difference>();
        Compare("key", Convert.ToHexStringLower(key.Span), entry.Field("key").Text());
        Compare("address", Convert.ToHexStringLower(address.Span), entry.Field("addr").Text());

        var signature = entry.Field(SignatureField);
        var parity = (int)signature.Field("v").Number() - 27;
        var publicKey = new byte[Secp256k1.PublicKeyLength];
        var (r, s) = (signature.Field("r").Word(), signature.Field("s").Word());
        var isRecovered = Secp256k1.TryRecoverPublicKey(Keccak256.OfEmpty, in r, in s, parity, publicKey);
        Compare("signature is somebody's", $"{isRecovered && Secp256k1.Verify(Keccak256.OfEmpty, in r, in s, publicKey)}", $"{true}");

        var own = Secp256k1.Sign(Keccak256.OfEmpty, key.ToWord());
        Secp256k1.TryRecover(Keccak256.OfEmpty, own.R, own.S, own.RecoveryId, out var ownSigner);
        Compare("signer of the own signature", ownSigner.ToString(), address.ToString());
        return differences.Count == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the key differs", differences);

        void Compare(string field, string have, string want)
        {
            if (have != want)
            {
                differences.Add(new Difference("key", field, have, want));
            }
        }
    }
}
