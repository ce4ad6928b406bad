using System.Security.Cryptography;
using Grid.Crypto.Bls12381;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>KZG commitments as EIP-4844 uses them: one check of a polynomial's value at a point, and the hash that names a commitment.</summary>
public static class Kzg
{
    public const int FieldElementsPerBlob = 4096;

    /// <summary>Bytes of a commitment and of a proof: compressed points of G1.</summary>
    public const int PointLength = 48;

    /// <summary>Bytes of a field element, big-endian.</summary>
    public const int ElementLength = 32;

    private const byte VersionedHashVersion = 0x01;

    /// <summary>The order r of the scalar field.</summary>
    public static UInt256 BlsModulus => CurveGroup.Order;

    private static readonly Line[] MinusGenerator = TwistLines.Prepare(-G2.Generator);

    /// <summary>
    /// [tau] G2 of the ceremony for EIP-4844: the second of g2_monomial in trusted_setup_4096.json of ethereum/consensus-specs
    /// (presets/mainnet/trusted_setups), there compressed as b5bfd7dd...c1def2.
    /// </summary>
    private static readonly Line[] Tau = TwistLines.Prepare(new AffinePoint<Fp2>(
        Fp2.Parse(
            "0x185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2",
            "0x15bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72"),
        Fp2.Parse(
            "0x014353bdb96b626dd7d5ee8599d1fca2131569490e28de18e82451a496a9c9794ce26d105941f383ee689bfbbb832a99",
            "0x1666c54b0a32529503432fcae0181b4bef79de09fc63671fda5ed1ba9bfa07899495346f3d7ac9cd23048ef30d0a154f")));

    /// <summary>The version byte and the rest of the commitment's SHA-256: kzg_to_versioned_hash.</summary>
    public static Hash256 VersionedHash(ReadOnlySpan<byte> commitment)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(commitment, hash);
        hash[0] = VersionedHashVersion;
        return new Hash256(hash);
    }

    /// <summary>
    /// Whether the committed polynomial is proven to be y at z: verify_kzg_proof of the consensus specifications (deneb/polynomial-commitments).
    /// Also false where z or y isn't below the modulus, or the commitment or the proof is no compressed point of the subgroup.
    /// </summary>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static bool VerifyProof(ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> z, ReadOnlySpan<byte> y, ReadOnlySpan<byte> proof)
    {
        if (commitment.Length != PointLength || proof.Length != PointLength || z.Length != ElementLength || y.Length != ElementLength)
        {
            throw new ArgumentException("48 bytes of commitment, 32 of z, 32 of y and 48 of proof are needed.");
        }
        var at = UInt256.FromBigEndian(z);
        var value = UInt256.FromBigEndian(y);
        if (at >= BlsModulus || value >= BlsModulus || !TryReadPoint(commitment, out var c) || !TryReadPoint(proof, out var q))
        {
            return false;
        }
        // e(C - y G1, G2) = e(Q, (tau - z) G2), as a product: e(C - y G1 + z Q, -G2) e(Q, tau G2) = 1.
        var left = (MultiScalar.Sum<Fp, G1>([q, G1.Generator], [at, BlsModulus - value]) + c).ToAffine();
        Span<AffinePoint<Fp>> points = [left, q];
        Span<TwistLines> lines = [new(MinusGenerator), new(Tau)];
        // Infinity pairs to 1.
        var first = left.IsInfinity ? 1 : 0;
        var count = (left.IsInfinity ? 0 : 1) + (q.IsInfinity ? 0 : 1);
        return Pairing.IsProductOne(points.Slice(first, count), lines.Slice(first, count));
    }

    /// <summary>
    /// A compressed point: bit 383 is set, bit 382 says infinity, bit 381 that y is the larger root, the rest is x (the encoding of Zcash that the
    /// consensus specifications refer to). It must be in the subgroup.
    /// </summary>
    private static bool TryReadPoint(ReadOnlySpan<byte> bytes, out AffinePoint<Fp> point)
    {
        const byte Compressed = 0x80, Infinite = 0x40, Larger = 0x20;
        point = default;
        if ((bytes[0] & Compressed) == 0)
        {
            return false;
        }
        if ((bytes[0] & Infinite) != 0)
        {
            return bytes[0] == (Compressed | Infinite) && !bytes[1..].ContainsAnyExcept((byte)0);
        }
        Span<byte> plain = stackalloc byte[PointLength];
        bytes.CopyTo(plain);
        plain[0] &= Larger - 1;
        if (!Fp.TryRead(plain, out var x) || !Fp.TryGetRoot((Fp.Square(in x) * x) + G1.B, out var y))
        {
            return false;
        }
        var isLarger = FpWords.Compare(y.ToWords(), (-y).ToWords()) > 0;
        point = new(in x, isLarger == ((bytes[0] & Larger) != 0) ? y : -y);
        return G1.Contains(in point);
    }
}
