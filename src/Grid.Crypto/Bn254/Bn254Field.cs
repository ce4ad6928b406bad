using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// An element of BN254's base field in Montgomery form: a is kept as a 2^256 mod p, in four limbs, always below p. The prime is
/// p = 36u^4 + 36u^3 + 24u^2 + 6u + 1 with u = 4965661367192848881 (EIP-196). Variable time.
/// </summary>
internal readonly struct Bn254Field : IBn254Coordinate<Bn254Field>
{
    private const ulong P0 = 0x3C208C16D87CFD47, P1 = 0x97816A916871CA8D, P2 = 0xB85045B68181585D, P3 = 0x30644E72E131A029;

    /// <summary>-1/p mod 2^64.</summary>
    private const ulong Factor = 0x87D20782E4866389;

    public static readonly UInt256 Prime = new(P0, P1, P2, P3);

    /// <summary>2^512 and 2^768 mod p: products with them enter the form, and repair the inverse of a number in it.</summary>
    private static Bn254Field Enter => new(0xF32CFC5B538AFA89, 0xB5E71911D44501FB, 0x47AB1EFF0A417FF6, 0x06D89F71CAB8351F);

    private static Bn254Field Repair => new(0xB1CD6DAFDA1530DF, 0x62F210E6A7283DB6, 0xEF7F0B0C0ADA0AFB, 0x20FD6E902D592544);

    private readonly ulong _0, _1, _2, _3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Bn254Field(ulong l0, ulong l1, ulong l2, ulong l3)
    {
        _0 = l0;
        _1 = l1;
        _2 = l2;
        _3 = l3;
    }

    public static Bn254Field One => new(0xD35D438DC58F0D9D, 0x0A78EB28F5C70B3D, 0x666EA36F7879462C, 0x0E0A77C19A07DF2F);

    /// <summary>The 3 of y^2 = x^3 + 3.</summary>
    public static Bn254Field CurveB { get; } = FromUInt256(3);

    public bool IsZero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_0 | _1 | _2 | _3) == 0;
    }

    /// <summary>The element of a number below p.</summary>
    public static Bn254Field FromUInt256(in UInt256 value) => new Bn254Field(value.U0, value.U1, value.U2, value.U3) * Enter;

    /// <summary>Reads 32 big-endian bytes; false for a number of p or more.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Bn254Field element)
    {
        var value = UInt256.FromBigEndian(bytes[..32]);
        element = FromUInt256(in value);
        return value < Prime;
    }

    public UInt256 ToUInt256()
    {
        var value = this * new Bn254Field(1, 0, 0, 0);
        return new UInt256(value._0, value._1, value._2, value._3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Equals(in Bn254Field a, in Bn254Field b) => ((a._0 ^ b._0) | (a._1 ^ b._1) | (a._2 ^ b._2) | (a._3 ^ b._3)) == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bn254Field operator +(in Bn254Field a, in Bn254Field b)
    {
        // Nothing is carried out: p has 254 bits.
        ulong carry = 0;
        var s0 = Wide.AddCarry(a._0, b._0, ref carry);
        var s1 = Wide.AddCarry(a._1, b._1, ref carry);
        var s2 = Wide.AddCarry(a._2, b._2, ref carry);
        var s3 = a._3 + b._3 + carry;
        ulong borrow = 0;
        var d0 = Wide.SubtractBorrow(s0, P0, ref borrow);
        var d1 = Wide.SubtractBorrow(s1, P1, ref borrow);
        var d2 = Wide.SubtractBorrow(s2, P2, ref borrow);
        var d3 = Wide.SubtractBorrow(s3, P3, ref borrow);
        // Which of the two is a coin's toss: no branch.
        return borrow != 0 ? new(s0, s1, s2, s3) : new(d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bn254Field operator -(in Bn254Field a, in Bn254Field b)
    {
        ulong borrow = 0;
        var d0 = Wide.SubtractBorrow(a._0, b._0, ref borrow);
        var d1 = Wide.SubtractBorrow(a._1, b._1, ref borrow);
        var d2 = Wide.SubtractBorrow(a._2, b._2, ref borrow);
        var d3 = Wide.SubtractBorrow(a._3, b._3, ref borrow);
        var mask = 0 - borrow;
        ulong carry = 0;
        return new(
            Wide.AddCarry(d0, P0 & mask, ref carry),
            Wide.AddCarry(d1, P1 & mask, ref carry),
            Wide.AddCarry(d2, P2 & mask, ref carry),
            d3 + (P3 & mask) + carry);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Bn254Field operator -(in Bn254Field a) => a.IsZero ? a : Complement(in a);

    /// <summary>p - a: at most p itself, for a 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Bn254Field Complement(in Bn254Field a)
    {
        ulong borrow = 0;
        return new(
            Wide.SubtractBorrow(P0, a._0, ref borrow),
            Wide.SubtractBorrow(P1, a._1, ref borrow),
            Wide.SubtractBorrow(P2, a._2, ref borrow),
            P3 - a._3 - borrow);
    }

    /// <summary>
    /// a b / 2^256 (Koc, Acar, Kaliski, "Analyzing and comparing Montgomery multiplication algorithms", 1996: CIOS). The upper
    /// limb of p is so small that a row's two carries fit one limb. Factors below 2p are fine.
    /// </summary>
    public static Bn254Field operator *(in Bn254Field a, in Bn254Field b)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        Row(in a, b._0, ref t0, ref t1, ref t2, ref t3);
        Row(in a, b._1, ref t0, ref t1, ref t2, ref t3);
        Row(in a, b._2, ref t0, ref t1, ref t2, ref t3);
        Row(in a, b._3, ref t0, ref t1, ref t2, ref t3);
        return Finish(t0, t1, t2, t3);
    }

    /// <summary>t = (t + a b + m p) / 2^64 for the m that makes this exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Row(in Bn254Field a, ulong b, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong carry = 0;
        var l0 = Wide.MultiplyAddCarry(a._0, b, t0, ref carry);
        var m = l0 * Factor;
        // l0 + m P0 is 0 modulo 2^64, and carries one unless l0 is 0.
        var fold = Wide.MultiplyHigh(m, P0) + (l0 != 0 ? 1UL : 0);
        t0 = Wide.MultiplyAddCarry(m, P1, Wide.MultiplyAddCarry(a._1, b, t1, ref carry), ref fold);
        t1 = Wide.MultiplyAddCarry(m, P2, Wide.MultiplyAddCarry(a._2, b, t2, ref carry), ref fold);
        t2 = Wide.MultiplyAddCarry(m, P3, Wide.MultiplyAddCarry(a._3, b, t3, ref carry), ref fold);
        t3 = carry + fold;
    }

    /// <summary>
    /// (a b + c d) / 2^256 with one reduction for both (Longa, "Efficient algorithms for large prime characteristic fields",
    /// 2022). Factors of at most p are fine.
    /// </summary>
    public static Bn254Field SumOfProducts(in Bn254Field a, in Bn254Field b, in Bn254Field c, in Bn254Field d)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        RowOfTwo(in a, b._0, in c, d._0, ref t0, ref t1, ref t2, ref t3);
        RowOfTwo(in a, b._1, in c, d._1, ref t0, ref t1, ref t2, ref t3);
        RowOfTwo(in a, b._2, in c, d._2, ref t0, ref t1, ref t2, ref t3);
        RowOfTwo(in a, b._3, in c, d._3, ref t0, ref t1, ref t2, ref t3);
        return Finish(t0, t1, t2, t3);
    }

    /// <summary>a b - c d.</summary>
    public static Bn254Field DifferenceOfProducts(in Bn254Field a, in Bn254Field b, in Bn254Field c, in Bn254Field d) =>
        SumOfProducts(in a, in b, in c, Complement(in d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RowOfTwo(in Bn254Field a, ulong b, in Bn254Field c, ulong d, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong first = 0, second = 0;
        var l0 = Wide.MultiplyAddCarry(c._0, d, Wide.MultiplyAddCarry(a._0, b, t0, ref first), ref second);
        var l1 = Wide.MultiplyAddCarry(c._1, d, Wide.MultiplyAddCarry(a._1, b, t1, ref first), ref second);
        var l2 = Wide.MultiplyAddCarry(c._2, d, Wide.MultiplyAddCarry(a._2, b, t2, ref first), ref second);
        var l3 = Wide.MultiplyAddCarry(c._3, d, Wide.MultiplyAddCarry(a._3, b, t3, ref first), ref second);
        var m = l0 * Factor;
        var fold = Wide.MultiplyHigh(m, P0) + (l0 != 0 ? 1UL : 0);
        t0 = Wide.MultiplyAddCarry(m, P1, l1, ref fold);
        t1 = Wide.MultiplyAddCarry(m, P2, l2, ref fold);
        t2 = Wide.MultiplyAddCarry(m, P3, l3, ref fold);
        t3 = first + second + fold;
    }

    /// <summary>A reduced value below 2p. That it is p or more is rare enough for a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Bn254Field Finish(ulong t0, ulong t1, ulong t2, ulong t3)
    {
        if (t3 < P3)
        {
            return new(t0, t1, t2, t3);
        }
        ulong borrow = 0;
        var d0 = Wide.SubtractBorrow(t0, P0, ref borrow);
        var d1 = Wide.SubtractBorrow(t1, P1, ref borrow);
        var d2 = Wide.SubtractBorrow(t2, P2, ref borrow);
        var d3 = Wide.SubtractBorrow(t3, P3, ref borrow);
        return borrow != 0 ? new(t0, t1, t2, t3) : new(d0, d1, d2, d3);
    }

    public static Bn254Field Square(in Bn254Field a) => a * a;

    /// <summary>a / 2: an odd value becomes even by adding p.</summary>
    public static Bn254Field Half(in Bn254Field a)
    {
        var mask = 0 - (a._0 & 1);
        ulong carry = 0;
        var s0 = Wide.AddCarry(a._0, P0 & mask, ref carry);
        var s1 = Wide.AddCarry(a._1, P1 & mask, ref carry);
        var s2 = Wide.AddCarry(a._2, P2 & mask, ref carry);
        var s3 = a._3 + (P3 & mask) + carry;
        return new((s0 >> 1) | (s1 << 63), (s1 >> 1) | (s2 << 63), (s2 >> 1) | (s3 << 63), s3 >> 1);
    }

    /// <summary>1 / a; 0 for 0.</summary>
    public static Bn254Field Invert(in Bn254Field a)
    {
        var inverse = ModularInverse.Odd(new UInt256(a._0, a._1, a._2, a._3), in Prime);
        return new Bn254Field(inverse.U0, inverse.U1, inverse.U2, inverse.U3) * Repair;
    }
}
