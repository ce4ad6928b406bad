using System.Runtime.CompilerServices;

namespace Grid.Crypto.Bls12381;

/// <summary>An element c0 + c1 v + c2 v^2 of Fp6 over Fp2, v^3 = 1 + u. Coefficients have magnitude 1 and are below 12p.</summary>
internal readonly struct Fp6(in Fp2 c0, in Fp2 c1, in Fp2 c2)
{
    public readonly Fp2 C0 = c0;
    public readonly Fp2 C1 = c1;
    public readonly Fp2 C2 = c2;

    public static Fp6 Zero => default;

    public static Fp6 One => new(Fp2.One, Fp2.Zero, Fp2.Zero);

    /// <summary>Not reduced: the sum of two below 6p is below 12p.</summary>
    public static Fp6 operator +(in Fp6 a, in Fp6 b) =>
        new(Fp2.AddCarried(in a.C0, in b.C0), Fp2.AddCarried(in a.C1, in b.C1), Fp2.AddCarried(in a.C2, in b.C2));

    public static Fp6 operator -(in Fp6 a, in Fp6 b) => new(a.C0 - b.C0, a.C1 - b.C1, a.C2 - b.C2);

    public static Fp6 operator -(in Fp6 a) => new(-a.C0, -a.C1, -a.C2);

    /// <summary>Below 3p.</summary>
    [SkipLocalsInit]
    public static Fp6 operator *(in Fp6 a, in Fp6 b)
    {
        Fp6Wide.Multiply(in a, in b, out var product);
        return Fp6Wide.Reduce(in product);
    }

    /// <summary>a v.</summary>
    public static Fp6 MultiplyByV(in Fp6 a) => new(Fp2.MultiplyByNonresidue(in a.C2), in a.C0, in a.C1);

    /// <summary>1 / a by the norm to Fp2 ("Guide to Pairing-Based Cryptography", section 5.2.4).</summary>
    public static Fp6 Invert(in Fp6 a)
    {
        var t0 = Fp2.Square(in a.C0) - Fp2.MultiplyByNonresidue(a.C1 * a.C2);
        var t1 = Fp2.MultiplyByNonresidue(Fp2.Square(in a.C2)) - (a.C0 * a.C1);
        var t2 = Fp2.Square(in a.C1) - (a.C0 * a.C2);
        var norm = (a.C0 * t0) + Fp2.MultiplyByNonresidue((a.C2 * t1) + (a.C1 * t2));
        var inverse = Fp2.Invert(Fp2.Reduce(in norm));
        return new(t0 * inverse, t1 * inverse, t2 * inverse);
    }

    public static bool AreEqual(in Fp6 a, in Fp6 b) =>
        Fp2.AreEqual(in a.C0, in b.C0) && Fp2.AreEqual(in a.C1, in b.C1) && Fp2.AreEqual(in a.C2, in b.C2);
}

/// <summary>Products in Fp6 before their reduction.</summary>
internal struct Fp6Wide
{
    private Fp2Wide _c0, _c1, _c2;

    /// <summary>
    /// Six products in Fp2 (Karatsuba; Devegili, O hEigeartaigh, Scott, Dahab, "Multiplication and squaring on pairing-friendly fields", 2006,
    /// section 4) of coefficients with magnitude 1. A column of the product has the size of eight products.
    /// </summary>
    [SkipLocalsInit]
    public static void Multiply(in Fp6 a, in Fp6 b, out Fp6Wide product)
    {
        Fp2Wide.Multiply(in a.C0, in b.C0, out var p0);
        Fp2Wide.Multiply(in a.C1, in b.C1, out var p1);
        Fp2Wide.Multiply(in a.C2, in b.C2, out var p2);
        Fp2Wide.Multiply(a.C1 + a.C2, b.C1 + b.C2, out var cross);
        Fp2Wide.Subtract(in cross, in p1, in p2, out cross);
        Fp2Wide.AddNonresidue(in p0, in cross, out product._c0);
        Fp2Wide.Multiply(a.C0 + a.C1, b.C0 + b.C1, out cross);
        Fp2Wide.Subtract(in cross, in p0, in p1, out cross);
        Fp2Wide.AddNonresidue(in cross, in p2, out product._c1);
        Fp2Wide.Multiply(a.C0 + a.C2, b.C0 + b.C2, out cross);
        Fp2Wide.Subtract(in cross, in p0, in p2, out cross);
        Fp2Wide.Add(in cross, in p1, out product._c2);
    }

    /// <summary>a (b0 + b1 v) with five products.</summary>
    [SkipLocalsInit]
    public static void Multiply(in Fp6 a, in Fp2 b0, in Fp2 b1, out Fp6Wide product)
    {
        Fp2Wide.Multiply(in a.C0, in b0, out var p0);
        Fp2Wide.Multiply(in a.C1, in b1, out var p1);
        Fp2Wide.Multiply(in a.C2, in b1, out var cross);
        Fp2Wide.AddNonresidue(in p0, in cross, out product._c0);
        Fp2Wide.Multiply(a.C0 + a.C1, b0 + b1, out cross);
        Fp2Wide.Subtract(in cross, in p0, in p1, out product._c1);
        Fp2Wide.Multiply(in a.C2, in b0, out cross);
        Fp2Wide.Add(in cross, in p1, out product._c2);
    }

    /// <summary>a b1 v.</summary>
    [SkipLocalsInit]
    public static void MultiplyByV(in Fp6 a, in Fp2 b1, out Fp6Wide product)
    {
        Fp2Wide.Multiply(in a.C2, in b1, out var last);
        Fp2Wide.MultiplyByNonresidue(in last, out product._c0);
        Fp2Wide.Multiply(in a.C0, in b1, out product._c1);
        Fp2Wide.Multiply(in a.C1, in b1, out product._c2);
    }

    /// <summary>difference = a - b - c, which may be one of them.</summary>
    public static void Subtract(in Fp6Wide a, in Fp6Wide b, in Fp6Wide c, out Fp6Wide difference)
    {
        Fp2Wide.Subtract(in a._c0, in b._c0, in c._c0, out difference._c0);
        Fp2Wide.Subtract(in a._c1, in b._c1, in c._c1, out difference._c1);
        Fp2Wide.Subtract(in a._c2, in b._c2, in c._c2, out difference._c2);
    }

    /// <summary>a + b v.</summary>
    [SkipLocalsInit]
    public static void AddTimesV(in Fp6Wide a, in Fp6Wide b, out Fp6Wide sum)
    {
        Fp2Wide.AddNonresidue(in a._c0, in b._c2, out sum._c0);
        Fp2Wide.Add(in a._c1, in b._c0, out sum._c1);
        Fp2Wide.Add(in a._c2, in b._c1, out sum._c2);
    }

    public static Fp6 Reduce(in Fp6Wide t) => new(Fp2Wide.Reduce(in t._c0), Fp2Wide.Reduce(in t._c1), Fp2Wide.Reduce(in t._c2));
}
