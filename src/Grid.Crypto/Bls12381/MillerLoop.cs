namespace Grid.Crypto.Bls12381;

/// <summary>
/// The function of the optimal ate pairing (Vercauteren, "Optimal pairings", 2008) for BLS12 curves: the Miller loop over the parameter x. All pairs
/// share the squarings (Scott, "Computing the Tate pairing", 2005, section 6; Granger, Smart, 2006).
/// </summary>
internal static class MillerLoop
{
    /// <summary>The product of f_{x,Q}(P) over pairs of finite points. The lines advance.</summary>
    public static Fp12 Compute(ReadOnlySpan<AffinePoint<Fp>> points, Span<TwistLines> lines)
    {
        var f = Fp12.One;
        for (var bit = 62; bit >= 0; bit--)
        {
            f = bit == 62 ? f : Fp12.Square(in f);
            for (var i = 0; i < points.Length; i++)
            {
                f = Multiply(in f, lines[i].Double(), in points[i]);
            }
            if (IsSet(bit))
            {
                for (var i = 0; i < points.Length; i++)
                {
                    f = Multiply(in f, lines[i].Add(), in points[i]);
                }
            }
        }
        // x is negative: the inverse, up to what the final exponentiation removes.
        return Fp12.Conjugate(in f);
    }

    /// <summary>The steps that the loop takes, in order.</summary>
    public static void ForEachStep(Action doubled, Action added)
    {
        for (var bit = 62; bit >= 0; bit--)
        {
            doubled();
            if (IsSet(bit))
            {
                added();
            }
        }
    }

    private static bool IsSet(int bit) => ((CurveGroup.Seed >> bit) & 1) != 0;

    private static Fp12 Multiply(in Fp12 f, in Line line, in AffinePoint<Fp> p) =>
        Fp12.MultiplyByLine(in f, in line.L0, line.L1 * p.X, line.L4 * p.Y);
}
