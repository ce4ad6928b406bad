namespace Grid.Crypto;

/// <summary>a + b v + c v^2 over the quadratic field, with v^3 = xi.</summary>
internal readonly struct Bn254Field6(in Bn254Field2 a, in Bn254Field2 b, in Bn254Field2 c)
{
    public readonly Bn254Field2 A = a, B = b, C = c;

    public static Bn254Field6 One => new(Bn254Field2.One, default, default);

    public bool IsZero => A.IsZero && B.IsZero && C.IsZero;

    public static Bn254Field6 operator +(in Bn254Field6 a, in Bn254Field6 b) => new(a.A + b.A, a.B + b.B, a.C + b.C);

    public static Bn254Field6 operator -(in Bn254Field6 a, in Bn254Field6 b) => new(a.A - b.A, a.B - b.B, a.C - b.C);

    public static Bn254Field6 operator -(in Bn254Field6 a) => new(-a.A, -a.B, -a.C);

    /// <summary>Karatsuba's six products (Devegili, O hEigeartaigh, Scott, Dahab, "Multiplication and squaring on pairing-friendly fields", 2006).</summary>
    public static Bn254Field6 operator *(in Bn254Field6 a, in Bn254Field6 b)
    {
        Bn254Field2 v0 = a.A * b.A, v1 = a.B * b.B, v2 = a.C * b.C;
        return new(
            v0 + Bn254Field2.TimesXi(((a.B + a.C) * (b.B + b.C)) - v1 - v2),
            ((a.A + a.B) * (b.A + b.B)) - v0 - v1 + Bn254Field2.TimesXi(in v2),
            ((a.A + a.C) * (b.A + b.C)) - v0 + v1 - v2);
    }

    /// <summary>The product with b0 + b1 v.</summary>
    public static Bn254Field6 MultiplySparse(in Bn254Field6 a, in Bn254Field2 b0, in Bn254Field2 b1)
    {
        Bn254Field2 v0 = a.A * b0, v1 = a.B * b1;
        return new(
            v0 + Bn254Field2.TimesXi(a.C * b1),
            ((a.A + a.B) * (b0 + b1)) - v0 - v1,
            (a.C * b0) + v1);
    }

    public static Bn254Field6 operator *(in Bn254Field6 a, in Bn254Field2 b) => new(a.A * b, a.B * b, a.C * b);

    /// <summary>v a.</summary>
    public static Bn254Field6 TimesV(in Bn254Field6 a) => new(Bn254Field2.TimesXi(in a.C), in a.A, in a.B);

    /// <summary>By the norm to the quadratic field (Beuchat et al., "High-speed software implementation of the optimal ate pairing over Barreto-Naehrig curves", 2010, algorithm 17).</summary>
    public static Bn254Field6 Invert(in Bn254Field6 a)
    {
        var t0 = Bn254Field2.Square(in a.A) - Bn254Field2.TimesXi(a.B * a.C);
        var t1 = Bn254Field2.TimesXi(Bn254Field2.Square(in a.C)) - (a.A * a.B);
        var t2 = Bn254Field2.Square(in a.B) - (a.A * a.C);
        var norm = (a.A * t0) + Bn254Field2.TimesXi((a.C * t1) + (a.B * t2));
        return new Bn254Field6(in t0, in t1, in t2) * Bn254Field2.Invert(in norm);
    }
}
