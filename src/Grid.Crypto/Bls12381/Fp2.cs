using System.Runtime.CompilerServices;

namespace Grid.Crypto.Bls12381;

/// <summary>An element c0 + c1 u of Fp2, u^2 = -1. Products, squares and differences are below 3p with magnitude 1.</summary>
internal readonly struct Fp2(in Fp c0, in Fp c1) : ICurveField<Fp2>
{
    private static readonly Fp Half = Fp.Invert(Fp.FromNumber(2));

    public readonly Fp C0 = c0;
    public readonly Fp C1 = c1;

    public static Fp2 Zero => default;

    public static Fp2 One => new(Fp.One, Fp.Zero);

    public bool IsZero => C0.IsZero && C1.IsZero;

    public static bool AreEqual(in Fp2 a, in Fp2 b) => Fp.AreEqual(in a.C0, in b.C0) && Fp.AreEqual(in a.C1, in b.C1);

    public static Fp2 Parse(ReadOnlySpan<char> c0, ReadOnlySpan<char> c1) => new(Fp.Parse(c0), Fp.Parse(c1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp2 operator +(in Fp2 a, in Fp2 b) => new(a.C0 + b.C0, a.C1 + b.C1);

    /// <summary>a + b with magnitude 1, not reduced.</summary>
    public static Fp2 AddCarried(in Fp2 a, in Fp2 b) => new(Fp.AddCarried(in a.C0, in b.C0), Fp.AddCarried(in a.C1, in b.C1));

    public static Fp2 operator -(in Fp2 a, in Fp2 b) => new(a.C0 - b.C0, a.C1 - b.C1);

    public static Fp2 operator -(in Fp2 a) => new(-a.C0, -a.C1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp2 Scale(in Fp2 a, uint factor) => new(Fp.Scale(in a.C0, factor), Fp.Scale(in a.C1, factor));

    /// <summary>The same value below 2p with magnitude 1.</summary>
    public static Fp2 Reduce(in Fp2 a) => new(Fp.Reduce(in a.C0), Fp.Reduce(in a.C1));

    /// <summary>
    /// Three products and two reductions (Karatsuba), for factors whose magnitudes multiply to at most 8, and multiples to at most 500.
    /// </summary>
    [SkipLocalsInit]
    public static Fp2 operator *(in Fp2 a, in Fp2 b)
    {
        FpWide.Multiply(in a.C0, in b.C0, out var low);
        FpWide.Multiply(in a.C1, in b.C1, out var high);
        FpWide.Multiply(a.C0 + a.C1, b.C0 + b.C1, out var sums);
        return new(FpWide.ReduceDifference(in low, in high), FpWide.ReduceDifference(in sums, in low, in high));
    }

    /// <summary>(a0 + a1)(a0 - a1) and 2 a0 a1.</summary>
    public static Fp2 Square(in Fp2 a) => new((a.C0 + a.C1) * (a.C0 - a.C1), (a.C0 + a.C0) * a.C1);

    public static Fp2 operator *(in Fp2 a, in Fp b) => new(a.C0 * b, a.C1 * b);

    /// <summary>a (1 + u): by what the cubic extension is not a cube.</summary>
    public static Fp2 MultiplyByNonresidue(in Fp2 a) => new(a.C0 - a.C1, Fp.Reduce(a.C0 + a.C1));

    /// <summary>c0 - c1 u, which is a^p.</summary>
    public static Fp2 Conjugate(in Fp2 a) => new(in a.C0, -a.C1);

    /// <summary>c0^2 + c1^2.</summary>
    public static Fp Norm(in Fp2 a) => Fp.Square(in a.C0) + Fp.Square(in a.C1);

    public static Fp2 Invert(in Fp2 a)
    {
        var inverse = Fp.Invert(Norm(in a));
        return new(a.C0 * inverse, -(a.C1 * inverse));
    }

    /// <summary>
    /// A square root; false where there is none (the complex method: Scott, "A note on the calculation of some functions in finite fields: tricks
    /// of the trade", 2020, section 6.3). With the norm's root n, a = (x0 + x1 u)^2 has x0^2 = (c0 + n) / 2 and x1 = c1 / 2 x0.
    /// </summary>
    public static bool TryGetRoot(in Fp2 a, out Fp2 root)
    {
        root = default;
        if (!Fp.TryGetRoot(Norm(in a), out var norm))
        {
            return false;
        }
        var square = (a.C0 + norm) * Half;
        if (square.IsZero)
        {
            // c1 is 0 then; the norm's other root shows c0.
            square = a.C0;
        }
        // Either this is a square and the candidate is 1 / x0, or (c0 - n) / 2 is one, as their product is -c1^2 / 4; then it is 2 x0 / c1.
        var candidate = Fp.InverseRootCandidate(in square);
        var x0 = square * candidate;
        var half = a.C1 * Half * candidate;
        root = Fp.AreEqual(Fp.Square(in x0), in square) ? new(in x0, in half) : new(in half, -x0);
        return true;
    }

    /// <summary>sgn0 of RFC 9380, section 4.1, for an extension of degree two.</summary>
    public bool IsOdd => C0.IsOdd || (C0.IsZero && C1.IsOdd);

    public override string ToString() => $"{C0} + {C1} u";
}
