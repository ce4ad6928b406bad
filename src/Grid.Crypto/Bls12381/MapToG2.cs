namespace Grid.Crypto.Bls12381;

/// <summary>
/// Fp2 elements to points of G2: simplified SWU on an isogenous curve, the 3-isogeny, the cofactor (RFC 9380, sections 6.6.2, 6.6.3 and 8.8.2 and
/// appendix E.3, the same as EIP-2537's field_to_curve document).
/// </summary>
internal static class MapToG2
{
    /// <summary>240 u, 1012 (1 + u) and -(2 + u).</summary>
    private static readonly Fp2 A = new(Fp.Zero, Fp.FromNumber(240));
    private static readonly Fp2 B = new(Fp.FromNumber(1012), Fp.FromNumber(1012));
    private static readonly Fp2 Z = -new Fp2(Fp.FromNumber(2), Fp.One);

    /// <summary>-B / A and B / (Z A).</summary>
    private static readonly Fp2 MinusBOverA = -(B * Fp2.Invert(in A));
    private static readonly Fp2 BOverZA = B * Fp2.Invert(Z * A);

    /// <summary>k_(1,i), k_(2,i), k_(3,i), k_(4,i) from the lowest on; denominators are monic.</summary>
    private static readonly Fp2[] XNumerator =
    [
        Fp2.Parse(
            "0x5c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97d6",
            "0x5c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97d6"),
        Fp2.Parse("0x0", "0x11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71a"),
        Fp2.Parse(
            "0x11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71e",
            "0x8ab05f8bdd54cde190937e76bc3e447cc27c3d6fbd7063fcd104635a790520c0a395554e5c6aaaa9354ffffffffe38d"),
        Fp2.Parse("0x171d6541fa38ccfaed6dea691f5fb614cb14b4e7f4e810aa22d6108f142b85757098e38d0f671c7188e2aaaaaaaa5ed1", "0x0"),
    ];

    private static readonly Fp2[] XDenominator =
    [
        Fp2.Parse("0x0", "0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa63"),
        Fp2.Parse("0xc", "0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa9f"),
        Fp2.One,
    ];

    private static readonly Fp2[] YNumerator =
    [
        Fp2.Parse(
            "0x1530477c7ab4113b59a4c18b076d11930f7da5d4a07f649bf54439d87d27e500fc8c25ebf8c92f6812cfc71c71c6d706",
            "0x1530477c7ab4113b59a4c18b076d11930f7da5d4a07f649bf54439d87d27e500fc8c25ebf8c92f6812cfc71c71c6d706"),
        Fp2.Parse("0x0", "0x5c759507e8e333ebb5b7a9a47d7ed8532c52d39fd3a042a88b58423c50ae15d5c2638e343d9c71c6238aaaaaaaa97be"),
        Fp2.Parse(
            "0x11560bf17baa99bc32126fced787c88f984f87adf7ae0c7f9a208c6b4f20a4181472aaa9cb8d555526a9ffffffffc71c",
            "0x8ab05f8bdd54cde190937e76bc3e447cc27c3d6fbd7063fcd104635a790520c0a395554e5c6aaaa9354ffffffffe38f"),
        Fp2.Parse("0x124c9ad43b6cf79bfbf7043de3811ad0761b0f37a1e26286b0e977c69aa274524e79097a56dc4bd9e1b371c71c718b10", "0x0"),
    ];

    private static readonly Fp2[] YDenominator =
    [
        Fp2.Parse(
            "0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa8fb",
            "0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa8fb"),
        Fp2.Parse("0x0", "0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffa9d3"),
        Fp2.Parse("0x12", "0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaa99"),
        Fp2.One,
    ];

    public static AffinePoint<Fp2> Map(in Fp2 u) => ClearCofactor(Isogeny(SimplifiedSwu(in u))).ToAffine();

    /// <summary>The point of y^2 = x^3 + A x + B.</summary>
    private static AffinePoint<Fp2> SimplifiedSwu(in Fp2 u)
    {
        var zu2 = Z * Fp2.Square(in u);
        var tv1 = Fp2.Invert(Fp2.Square(in zu2) + zu2);
        var x = tv1.IsZero ? BOverZA : MinusBOverA * (Fp2.One + tv1);
        var gx = ((Fp2.Square(in x) + A) * x) + B;
        if (!Fp2.TryGetRoot(in gx, out var y))
        {
            // gx2 = (Z u^2)^3 gx1, and Z u^2 is no square either.
            x *= zu2;
            gx *= zu2 * Fp2.Square(in zu2);
            Fp2.TryGetRoot(in gx, out y);
        }
        return new(in x, y.IsOdd == u.IsOdd ? y : -y);
    }

    /// <summary>(xn / xd, y yn / yd) with Z = xd yd. A zero denominator gives infinity.</summary>
    private static JacobianPoint<Fp2> Isogeny(in AffinePoint<Fp2> p)
    {
        Fp2 xn = Evaluate(XNumerator, in p.X), xd = Evaluate(XDenominator, in p.X);
        Fp2 yn = Evaluate(YNumerator, in p.X), yd = Evaluate(YDenominator, in p.X);
        var z = xd * yd;
        if (z.IsZero)
        {
            return JacobianPoint<Fp2>.Infinity;
        }
        return new(xn * yd * z, p.Y * yn * xd * Fp2.Square(in z), in z);
    }

    /// <summary>
    /// (x^2 - x - 1) P + (x - 1) psi(P) + psi^2(2P), which is h_eff P (Budroni, Pintore, "Efficient hash maps to G2 on BLS curves", 2017; RFC 9380,
    /// appendix G.3), with x = -|x|.
    /// </summary>
    private static JacobianPoint<Fp2> ClearCofactor(in JacobianPoint<Fp2> p)
    {
        var t1 = CurveGroup.MultiplyBySeed(in p); // -x P
        var t2 = G2.Psi(in p);
        var t3 = CurveGroup.MultiplyBySeed(t1 + -t2); // x^2 P + x psi(P)
        return t3 + t1 + -p + -t2 + G2.Psi(G2.Psi(p.Double()));
    }

    /// <summary>Horner's rule.</summary>
    private static Fp2 Evaluate(Fp2[] coefficients, in Fp2 x)
    {
        var result = coefficients[^1];
        for (var i = coefficients.Length - 2; i >= 0; i--)
        {
            result = (result * x) + coefficients[i];
        }
        return result;
    }
}
