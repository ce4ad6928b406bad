namespace Grid.Crypto.Bls12381;

/// <summary>Products of optimal ate pairings.</summary>
internal static class Pairing
{
    /// <summary>Whether e(P1, Q1) ... e(Pn, Qn) is 1, for points of the subgroups. A pair with infinity counts as 1.</summary>
    public static bool IsProductOne(ReadOnlySpan<AffinePoint<Fp>> p, ReadOnlySpan<AffinePoint<Fp2>> q)
    {
        var points = new AffinePoint<Fp>[p.Length];
        var lines = new TwistLines[p.Length];
        var count = 0;
        for (var i = 0; i < p.Length; i++)
        {
            if (!p[i].IsInfinity && !q[i].IsInfinity)
            {
                points[count] = p[i];
                lines[count++] = new TwistLines(in q[i]);
            }
        }
        return IsProductOne(points.AsSpan(0, count), lines.AsSpan(0, count));
    }

    /// <summary>The same for finite points and the lines of finite points, which advance.</summary>
    public static bool IsProductOne(ReadOnlySpan<AffinePoint<Fp>> points, Span<TwistLines> lines) =>
        points.IsEmpty || FinalExponentiation.Compute(MillerLoop.Compute(points, lines)).IsOne;
}
