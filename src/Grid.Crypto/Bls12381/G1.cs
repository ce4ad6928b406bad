using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>The subgroup of order r of y^2 = x^3 + 4 over Fp.</summary>
internal readonly struct G1 : ICurveGroup<Fp>
{
    /// <summary>A cube root of unity: (beta x, y) is -x^2 P, with the curve's parameter x (EIP-2537, fast subgroup checks).</summary>
    private static readonly Fp Beta = Fp.Parse("0x5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffe");

    private static readonly Fp Four = Fp.FromNumber(4);

    public static readonly AffinePoint<Fp> Generator = new(
        Fp.Parse("0x17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"),
        Fp.Parse("0x08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1"));

    public static Fp B => Four;

    public static int Parts => 2;

    public static int PartBits => 128;

    /// <summary>x^2.</summary>
    public static UInt256 Multiplier { get; } = Math.BigMul(CurveGroup.Seed, CurveGroup.Seed);

    public static AffinePoint<Fp> Map(in AffinePoint<Fp> p) => p.IsInfinity ? p : new(Beta * p.X, -p.Y);

    public static bool Contains(in AffinePoint<Fp> p) => CurveGroup.Contains<Fp, G1>(in p);
}
