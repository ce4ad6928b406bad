using System.Runtime.CompilerServices;

namespace Grid.Crypto.Bls12381;

/// <summary>An element c0 + c1 w of Fp12 over Fp6, w^2 = v. Coefficients have magnitude 1 and are below 6p.</summary>
internal readonly struct Fp12(in Fp6 c0, in Fp6 c1)
{
    public readonly Fp6 C0 = c0;
    public readonly Fp6 C1 = c1;

    public static Fp12 One => new(Fp6.One, Fp6.Zero);

    public bool IsOne => AreEqual(in this, One);

    public static bool AreEqual(in Fp12 a, in Fp12 b) => Fp6.AreEqual(in a.C0, in b.C0) && Fp6.AreEqual(in a.C1, in b.C1);

    /// <summary>Three products in Fp6 and twelve reductions.</summary>
    [SkipLocalsInit]
    public static Fp12 operator *(in Fp12 a, in Fp12 b)
    {
        Fp6Wide.Multiply(in a.C0, in b.C0, out var low);
        Fp6Wide.Multiply(in a.C1, in b.C1, out var high);
        Fp6Wide.Multiply(a.C0 + a.C1, b.C0 + b.C1, out var cross);
        Fp6Wide.Subtract(in cross, in low, in high, out cross);
        Fp6Wide.AddTimesV(in low, in high, out low);
        return new(Fp6Wide.Reduce(in low), Fp6Wide.Reduce(in cross));
    }

    /// <summary>a a by (a0 + a1)(a0 + a1 v) - a0 a1 (1 + v) and 2 a0 a1.</summary>
    public static Fp12 Square(in Fp12 a)
    {
        var t = a.C0 * a.C1;
        var sum = (a.C0 + a.C1) * (a.C0 + Fp6.MultiplyByV(in a.C1));
        return new(sum - (t + Fp6.MultiplyByV(in t)), t + t);
    }

    /// <summary>a (l0 + l1 v + l4 v w): a line of <see cref="MillerLoop"/>, with 13 products in Fp2.</summary>
    [SkipLocalsInit]
    public static Fp12 MultiplyByLine(in Fp12 a, in Fp2 l0, in Fp2 l1, in Fp2 l4)
    {
        Fp6Wide.Multiply(in a.C0, in l0, in l1, out var low);
        Fp6Wide.MultiplyByV(in a.C1, in l4, out var high);
        Fp6Wide.Multiply(a.C0 + a.C1, in l0, Fp2.AddCarried(in l1, in l4), out var cross);
        Fp6Wide.Subtract(in cross, in low, in high, out cross);
        Fp6Wide.AddTimesV(in low, in high, out low);
        return new(Fp6Wide.Reduce(in low), Fp6Wide.Reduce(in cross));
    }

    /// <summary>c0 - c1 w = a^(p^6); the inverse of an a of the cyclotomic subgroup.</summary>
    public static Fp12 Conjugate(in Fp12 a) => new(in a.C0, -a.C1);

    public static Fp12 Invert(in Fp12 a)
    {
        var norm = (a.C0 * a.C0) - Fp6.MultiplyByV(a.C1 * a.C1);
        var inverse = Fp6.Invert(in norm);
        return new(a.C0 * inverse, -(a.C1 * inverse));
    }
}
