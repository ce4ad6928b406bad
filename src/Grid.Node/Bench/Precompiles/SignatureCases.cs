using System.Numerics;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Node.Bench.Precompiles;

/// <summary>ECRECOVER of signatures that Grid made, and P256VERIFY of EIP-7951's own.</summary>
internal static class SignatureCases
{
    private const string P256Signature = "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4da73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
        + "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d604aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
        + "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e";

    public static IEnumerable<PrecompileCase> All()
    {
        foreach (var (name, isHigh) in new[] { ("low_s", false), ("high_s", true) })
        {
            var hash = Keccak256.Hash(PrecompileCases.Counting(3));
            var key = UInt256.FromBigEndian(Keccak256.Hash(PrecompileCases.Counting(4)).Span);
            var signature = Secp256k1.Sign(in hash, in key);
            var s = isHigh ? Secp256k1.Order - signature.S : signature.S;
            var v = 27 + (isHigh ? signature.RecoveryId ^ 1 : signature.RecoveryId);
            byte[] input = [.. hash.Span, .. PrecompileCases.Word(v), .. signature.R.ToBigEndian(), .. s.ToBigEndian()];
            yield return new($"ecrecover/{name}", 0x01, input, [.. new byte[12], .. Secp256k1.AddressOf(in key).Span]);
        }
        var right = Convert.FromHexString(P256Signature);
        var wrong = (byte[])right.Clone();
        wrong[0] ^= 1;
        yield return new("p256verify/right", 0x100, right, PrecompileCases.Word(BigInteger.One));
        yield return new("p256verify/wrong_hash", 0x100, wrong, []);
    }
}
