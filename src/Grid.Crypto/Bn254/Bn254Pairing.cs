namespace Grid.Crypto;

/// <summary>
/// The optimal ate pairing (Vercauteren, "Optimal pairings", 2010): f_{6u+2,Q}(P) times two more lines, to the power (p^12 - 1) / r.
/// A product of pairings shares the squares of the loop and the last power. The loop's point is in homogeneous coordinates, with
/// the lines of Aranha, Karabina, Longa, Gebotys, Lopez, "Faster explicit formulas for computing pairings over ordinary
/// curves", 2011, section 4. Lines are scaled by elements of proper subfields, which the last power takes away.
/// </summary>
internal sealed class Bn254Pairing(int capacity)
{
    /// <summary>The signed digits of 6u + 2 (65 bits), lowest first.</summary>
    private static readonly sbyte[] LoopDigits = NonAdjacentForm(((UInt128)Bn254Twist.U * 6) + 2);

    private static readonly sbyte[] DigitsOfU = NonAdjacentForm(Bn254Twist.U);

    private readonly Pair[] _pairs = new Pair[capacity];
    private int _count;

    private struct Pair
    {
        public Bn254Affine<Bn254Field> P;
        public Bn254Affine<Bn254Field2> Q;

        /// <summary>The multiple of Q that the loop has reached: x = X/Z, y = Y/Z.</summary>
        public Bn254Field2 X, Y, Z;
    }

    /// <summary>Adds the pairing of two finite points of the right groups to the product.</summary>
    public void Add(in Bn254Affine<Bn254Field> p, in Bn254Affine<Bn254Field2> q) =>
        _pairs[_count++] = new Pair { P = p, Q = q, X = q.X, Y = q.Y, Z = Bn254Field2.One };

    /// <summary>The product of the pairings.</summary>
    public Bn254Field12 Product() => FinalPower(MillerLoop());

    private Bn254Field12 MillerLoop()
    {
        var f = Bn254Field12.One;
        var digits = LoopDigits;
        var pairs = _pairs.AsSpan(0, _count);
        for (var i = digits.Length - 2; i >= 0; i--)
        {
            f = Bn254Field12.Square(in f);
            foreach (ref var pair in pairs)
            {
                f = Double(ref pair, in f);
                if (digits[i] != 0)
                {
                    f = Add(ref pair, digits[i] > 0 ? pair.Q : pair.Q.Negated, in f);
                }
            }
        }
        foreach (ref var pair in pairs)
        {
            var image = Bn254Twist.Psi(in pair.Q);
            f = Add(ref pair, in image, in f);
            f = Add(ref pair, Bn254Twist.Psi(in image).Negated, in f);
        }
        return f;
    }

    /// <summary>Doubles the pair's point and multiplies f by the tangent at P.</summary>
    private static Bn254Field12 Double(ref Pair pair, in Bn254Field12 f)
    {
        var a = Bn254Field2.Half(pair.X * pair.Y);
        var b = Bn254Field2.Square(in pair.Y);
        var c = Bn254Field2.Square(in pair.Z);
        var e = (c + c + c) * Bn254Field2.CurveB;
        var e3 = e + e + e;
        var g = Bn254Field2.Half(b + e3);
        var h = Bn254Field2.Square(pair.Y + pair.Z) - (b + c);
        var j = Bn254Field2.Square(in pair.X);
        var ee = Bn254Field2.Square(in e);
        pair.X = a * (b - e3);
        pair.Y = Bn254Field2.Square(in g) - (ee + ee + ee);
        pair.Z = b * h;
        return Bn254Field12.MultiplyLine(in f, -(h * pair.P.Y), (j + j + j) * pair.P.X, e - b);
    }

    /// <summary>Adds q to the pair's point and multiplies f by the chord at P.</summary>
    private static Bn254Field12 Add(ref Pair pair, in Bn254Affine<Bn254Field2> q, in Bn254Field12 f)
    {
        var o = pair.Y - (q.Y * pair.Z);
        var l = pair.X - (q.X * pair.Z);
        var d = Bn254Field2.Square(in l);
        var e = d * l;
        var g = pair.X * d;
        var h = e + (pair.Z * Bn254Field2.Square(in o)) - (g + g);
        pair.X = l * h;
        pair.Y = ((g - h) * o) - (e * pair.Y);
        pair.Z *= e;
        return Bn254Field12.MultiplyLine(in f, l * pair.P.Y, -(o * pair.P.X), (o * q.X) - (l * q.Y));
    }

    /// <summary>
    /// f^((p^12 - 1) / r), once more raised to 2u (6u^2 + 3u + 1), which r doesn't divide: the easy part (p^6 - 1)(p^2 + 1), and the hard
    /// part by Fuentes-Castaneda, Knapp, Rodriguez-Henriquez, "Faster hashing to G2", 2011, section 5.
    /// </summary>
    internal static Bn254Field12 FinalPower(in Bn254Field12 f)
    {
        var easy = f.Conjugate * Bn254Field12.Invert(in f);
        easy = Bn254Field12.Frobenius(Bn254Field12.Frobenius(in easy)) * easy;
        var u1 = PowerOfU(in easy);
        var u2 = Bn254Field12.CyclotomicSquare(in u1); // 2u
        var u6 = Bn254Field12.CyclotomicSquare(in u2) * u2; // 6u
        var uu6 = PowerOfU(in u6); // 6u^2
        var uuu12 = PowerOfU(Bn254Field12.CyclotomicSquare(in uu6)); // 12u^3
        var a = uuu12 * uu6 * u6;
        var b = a * u2.Conjugate;
        // a 6u^2 + 1 + p b + p^2 a + p^3 (b - 1), by Horner's rule.
        var power = Bn254Field12.Frobenius(b * easy.Conjugate) * a;
        power = Bn254Field12.Frobenius(in power) * b;
        return Bn254Field12.Frobenius(in power) * (a * uu6 * easy);
    }

    /// <summary>The u-th power in the cyclotomic subgroup, where conjugates are inverses.</summary>
    private static Bn254Field12 PowerOfU(in Bn254Field12 a)
    {
        var inverse = a.Conjugate;
        var digits = DigitsOfU;
        var power = a;
        for (var i = digits.Length - 2; i >= 0; i--)
        {
            power = Bn254Field12.CyclotomicSquare(in power);
            if (digits[i] != 0)
            {
                power *= digits[i] > 0 ? a : inverse;
            }
        }
        return power;
    }

    /// <summary>Digits -1, 0 and 1, lowest first, no two neighbours of which are both not 0 (Guide to Elliptic Curve Cryptography, algorithm 3.30).</summary>
    internal static sbyte[] NonAdjacentForm(UInt128 value)
    {
        var digits = new List<sbyte>();
        for (; value != 0; value >>= 1)
        {
            var digit = (value & 1) == 0 ? 0 : 2 - (int)(value & 3);
            digits.Add((sbyte)digit);
            value = digit < 0 ? value + 1 : value - (UInt128)digit;
        }
        return [.. digits];
    }
}
