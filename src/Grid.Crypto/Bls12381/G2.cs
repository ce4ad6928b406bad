using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>The subgroup of order r of y^2 = x^3 + 4 (1 + u) over Fp2.</summary>
internal readonly struct G2 : ICurveGroup<Fp2>
{
    /// <summary>1 / (1 + u)^((p-1)/3) and 1 / (1 + u)^((p-1)/2): r and s of EIP-2537, fast subgroup checks.</summary>
    private static readonly Fp2 PsiX = Fp2.Parse(
        "0x0", "0x1a0111ea397fe699ec02408663d4de85aa0d857d89759ad4897d29650fb85f9b409427eb4f49fffd8bfd00000000aaad");

    private static readonly Fp2 PsiY = Fp2.Parse(
        "0x135203e60180a68ee2e9c448d77a2cd91c3dedd930b1cf60ef396489f61eb45e304466cf3e67fa0af1ee7b04121bdea2",
        "0x06af0e0437ff400b6831e36d6bd17ffe48395dabc2d3435e77f76e17009241c5ee67992f72ec05f4c81084fbede3cc09");

    private static readonly Fp2 FourTimesNonresidue = new(Fp.FromNumber(4), Fp.FromNumber(4));

    public static readonly AffinePoint<Fp2> Generator = new(
        Fp2.Parse(
            "0x024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8",
            "0x13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"),
        Fp2.Parse(
            "0x0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801",
            "0x0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be"));

    public static Fp2 B => FourTimesNonresidue;

    public static int Parts => 4;

    public static int PartBits => 64;

    /// <summary>|x|.</summary>
    public static UInt256 Multiplier => CurveGroup.Seed;

    /// <summary>-psi(P).</summary>
    public static AffinePoint<Fp2> Map(in AffinePoint<Fp2> p) => -Psi(in p);

    /// <summary>Frobenius' map carried over from the curve that this one twists: it multiplies points of the subgroup by x.</summary>
    public static AffinePoint<Fp2> Psi(in AffinePoint<Fp2> p) =>
        p.IsInfinity ? p : new(Fp2.Conjugate(in p.X) * PsiX, Fp2.Conjugate(in p.Y) * PsiY);

    /// <summary>The same for a point that isn't affine.</summary>
    public static JacobianPoint<Fp2> Psi(in JacobianPoint<Fp2> p) =>
        p.IsInfinity ? p : new(Fp2.Conjugate(in p.X) * PsiX, Fp2.Conjugate(in p.Y) * PsiY, Fp2.Conjugate(in p.Z));

    public static bool Contains(in AffinePoint<Fp2> p) => CurveGroup.Contains<Fp2, G2>(in p);
}
