using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>a + b w over the sextic field, with w^2 = v; the pairing's values are here.</summary>
internal readonly struct Bn254Field12(in Bn254Field6 a, in Bn254Field6 b)
{
    public readonly Bn254Field6 A = a, B = b;

    /// <summary>xi^(i (p-1) / 6): what the p-th power multiplies the coefficient of w^i with, after conjugating it.</summary>
    private static readonly Bn254Field2[] FrobeniusFactors = MakeFrobeniusFactors();

    public static Bn254Field12 One => new(Bn254Field6.One, default);

    public bool IsOne => Bn254Field2.Equals(in A.A, Bn254Field2.One) && A.B.IsZero && A.C.IsZero && B.IsZero;

    /// <summary>The p^6-th power; the inverse of an element whose norm to the sextic field is 1.</summary>
    public Bn254Field12 Conjugate => new(in A, -B);

    public static Bn254Field12 operator *(in Bn254Field12 a, in Bn254Field12 b)
    {
        Bn254Field6 v0 = a.A * b.A, v1 = a.B * b.B;
        return new(v0 + Bn254Field6.TimesV(in v1), ((a.A + a.B) * (b.A + b.B)) - v0 - v1);
    }

    /// <summary>(a + b)(a + v b) - (1 + v) a b + 2 a b w.</summary>
    public static Bn254Field12 Square(in Bn254Field12 a)
    {
        var product = a.A * a.B;
        return new(
            ((a.A + a.B) * (a.A + Bn254Field6.TimesV(in a.B))) - product - Bn254Field6.TimesV(in product),
            product + product);
    }

    /// <summary>The product with l0 + l1 w + l3 w^3: a line of the Miller loop.</summary>
    public static Bn254Field12 MultiplyLine(in Bn254Field12 a, in Bn254Field2 l0, in Bn254Field2 l1, in Bn254Field2 l3)
    {
        var v0 = a.A * l0;
        var v1 = Bn254Field6.MultiplySparse(in a.B, in l1, in l3);
        return new(v0 + Bn254Field6.TimesV(in v1), Bn254Field6.MultiplySparse(a.A + a.B, l0 + l1, in l3) - v0 - v1);
    }

    /// <summary>
    /// The square of an element of the cyclotomic subgroup, from three squares in extensions of degree 2 (Granger, Scott, "Faster
    /// squaring in the cyclotomic subgroup of sixth degree extensions", 2010, section 3.2).
    /// </summary>
    public static Bn254Field12 CyclotomicSquare(in Bn254Field12 a)
    {
        // The coefficients of w^i are a.A.A, a.B.A, a.A.B, a.B.B, a.A.C, a.B.C; w^i and w^(i+3) belong together.
        SquarePair(in a.A.A, in a.B.B, out var r0, out var r3);
        SquarePair(in a.B.A, in a.A.C, out var r1, out var r4);
        SquarePair(in a.A.B, in a.B.C, out var r2, out var r5);
        return new(
            new(ThriceLess(in r0, in a.A.A), ThriceLess(in r1, in a.A.B), ThriceLess(in r2, in a.A.C)),
            new(ThriceMore(Bn254Field2.TimesXi(in r5), in a.B.A), ThriceMore(in r3, in a.B.B), ThriceMore(in r4, in a.B.C)));
    }

    /// <summary>(x + y s)^2 = (x^2 + xi y^2) + 2 x y s, where s^2 = xi.</summary>
    private static void SquarePair(in Bn254Field2 x, in Bn254Field2 y, out Bn254Field2 constant, out Bn254Field2 linear)
    {
        Bn254Field2 xx = Bn254Field2.Square(in x), yy = Bn254Field2.Square(in y);
        linear = Bn254Field2.Square(x + y) - xx - yy;
        constant = xx + Bn254Field2.TimesXi(in yy);
    }

    /// <summary>3 r - 2 a.</summary>
    private static Bn254Field2 ThriceLess(in Bn254Field2 r, in Bn254Field2 a)
    {
        var difference = r - a;
        return difference + difference + r;
    }

    /// <summary>3 r + 2 a.</summary>
    private static Bn254Field2 ThriceMore(in Bn254Field2 r, in Bn254Field2 a)
    {
        var sum = r + a;
        return sum + sum + r;
    }

    /// <summary>The p-th power.</summary>
    public static Bn254Field12 Frobenius(in Bn254Field12 a)
    {
        var factors = FrobeniusFactors;
        return new(
            new(a.A.A.Conjugate, a.A.B.Conjugate * factors[2], a.A.C.Conjugate * factors[4]),
            new(a.B.A.Conjugate * factors[1], a.B.B.Conjugate * factors[3], a.B.C.Conjugate * factors[5]));
    }

    /// <summary>The conjugate over the norm to the sextic field.</summary>
    public static Bn254Field12 Invert(in Bn254Field12 a)
    {
        var inverse = Bn254Field6.Invert((a.A * a.A) - Bn254Field6.TimesV(a.B * a.B));
        return new(a.A * inverse, -(a.B * inverse));
    }

    private static Bn254Field2[] MakeFrobeniusFactors()
    {
        var sixth = (Bn254Field.Prime - 1) / 6;
        var factor = Bn254Field2.Power(Bn254Field2.Xi, in sixth);
        var factors = new Bn254Field2[6];
        factors[0] = Bn254Field2.One;
        for (var i = 1; i < factors.Length; i++)
        {
            factors[i] = factors[i - 1] * factor;
        }
        return factors;
    }

    /// <summary>xi^((p-1) / 3) and xi^((p-1) / 2), with which the p-th power acts on the twist.</summary>
    public static Bn254Field2 TwistFactorX => FrobeniusFactors[2];

    public static Bn254Field2 TwistFactorY => FrobeniusFactors[3];
}
