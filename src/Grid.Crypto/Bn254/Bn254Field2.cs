using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>a + b i over the base field, with i^2 = -1.</summary>
internal readonly struct Bn254Field2 : IBn254Coordinate<Bn254Field2>
{
    public readonly Bn254Field A, B;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bn254Field2(in Bn254Field a, in Bn254Field b)
    {
        A = a;
        B = b;
    }

    public static Bn254Field2 One => new(Bn254Field.One, default);

    /// <summary>The tower's xi = 9 + i, which is neither a square nor a cube.</summary>
    public static Bn254Field2 Xi { get; } = new(Bn254Field.FromUInt256(9), Bn254Field.One);

    /// <summary>The twist's 3 / xi (EIP-197).</summary>
    public static Bn254Field2 CurveB { get; } = Invert(Xi) * Bn254Field.CurveB;

    public bool IsZero => A.IsZero && B.IsZero;

    /// <summary>The conjugate a - b i, which is the p-th power.</summary>
    public Bn254Field2 Conjugate => new(A, -B);

    public static bool Equals(in Bn254Field2 a, in Bn254Field2 b) => Bn254Field.Equals(in a.A, in b.A) && Bn254Field.Equals(in a.B, in b.B);

    public static Bn254Field2 operator +(in Bn254Field2 a, in Bn254Field2 b) => new(a.A + b.A, a.B + b.B);

    public static Bn254Field2 operator -(in Bn254Field2 a, in Bn254Field2 b) => new(a.A - b.A, a.B - b.B);

    public static Bn254Field2 operator -(in Bn254Field2 a) => new(-a.A, -a.B);

    public static Bn254Field2 operator *(in Bn254Field2 a, in Bn254Field2 b) =>
        new(Bn254Field.DifferenceOfProducts(in a.A, in b.A, in a.B, in b.B), Bn254Field.SumOfProducts(in a.A, in b.B, in a.B, in b.A));

    public static Bn254Field2 operator *(in Bn254Field2 a, in Bn254Field b) => new(a.A * b, a.B * b);

    /// <summary>(a + b)(a - b) + 2 a b i.</summary>
    public static Bn254Field2 Square(in Bn254Field2 a)
    {
        var product = a.A * a.B;
        return new((a.A + a.B) * (a.A - a.B), product + product);
    }

    /// <summary>xi a = (9 a - b) + (a + 9 b) i, by doublings.</summary>
    public static Bn254Field2 TimesXi(in Bn254Field2 a)
    {
        var twice = a + a;
        var four = twice + twice;
        var nine = four + four + a;
        return new(nine.A - a.B, nine.B + a.A);
    }

    public static Bn254Field2 Half(in Bn254Field2 a) => new(Bn254Field.Half(in a.A), Bn254Field.Half(in a.B));

    /// <summary>The conjugate over the norm a^2 + b^2; 0 for 0.</summary>
    public static Bn254Field2 Invert(in Bn254Field2 a)
    {
        var inverse = Bn254Field.Invert(Bn254Field.SumOfProducts(in a.A, in a.A, in a.B, in a.B));
        return new(a.A * inverse, -(a.B * inverse));
    }

    /// <summary>From the highest bit; for constants.</summary>
    public static Bn254Field2 Power(in Bn254Field2 a, in UInt256 exponent)
    {
        var power = One;
        for (var i = exponent.BitLength - 1; i >= 0; i--)
        {
            power = Square(in power);
            if (((exponent >> i).U0 & 1) != 0)
            {
                power *= a;
            }
        }
        return power;
    }
}
