using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// An element of BLS12-381's base field (EIP-2537), in Montgomery form a R with R = 2^392, in seven limbs of 56 bits. The eight bits above a limb let
/// sums carry nothing, and the eleven above p let them stay unreduced. Two numbers bound a value, and the callers' comments count them where
/// they matter: its magnitude m says that limbs are at most m 2^56, its multiple that it is below that many p. Products, squares
/// and differences have magnitude 1, products are below 3p and differences below 2p; a sum adds both. Six full limbs
/// would need carries, for which C# reaches no instruction: a product of theirs took 88 ns where this one takes 72.
/// </summary>
internal readonly partial struct Fp : ICurveField<Fp>
{
    /// <summary>The bytes of an element, big-endian.</summary>
    public const int Length = 48;

    public const ulong Mask = (1UL << 56) - 1;

    public const ulong P0 = 0xFEFFFFFFFFAAAB, P1 = 0xFFFEB153FFFFB9, P2 = 0xA0F6B0F6241EAB, P3 = 0xF38512BF6730D2,
        P4 = 0x4BACD764774B84, P5 = 0xE69A4B1BA7B643, P6 = 0x1A0111EA397F;

    /// <summary>The limbs shifted to the top, for the upper parts of products.</summary>
    public const ulong Q0 = P0 << 8, Q1 = P1 << 8, Q2 = P2 << 8, Q3 = P3 << 8, Q4 = P4 << 8, Q5 = P5 << 8, Q6 = P6 << 8;

    /// <summary>-1/p mod 2^56.</summary>
    public const ulong Factor = 0xF3FFFCFFFCFFFD;

    /// <summary>1/p mod 2^56.</summary>
    private const ulong FactorNegated = (1UL << 56) - Factor;

    /// <summary>floor(2^64 / (P6 + 1)): a limb above 2^336 times this, above 2^64, is how often p goes into the value.</summary>
    private const ulong Reciprocal = 0x9D835;

    /// <summary>A difference adds this multiple of p first.</summary>
    private const int Padding = 64;

    /// <summary>Up to here multiples of a limb fit a signed word.</summary>
    private const ulong MultipleMax = 127;

    /// <summary>R^2 mod p.</summary>
    private static readonly Fp RSquare =
        new(0x6D1C34510370ED, 0xEC45C53E243D62, 0x93317D3B1D65A, 0x5D74088B4F36A0, 0x865D118C10EA72, 0xFD5CD507320A75, 0xC8D4CC8A759);

    public readonly ulong L0, L1, L2, L3, L4, L5, L6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Fp(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5, ulong l6)
    {
        L0 = l0;
        L1 = l1;
        L2 = l2;
        L3 = l3;
        L4 = l4;
        L5 = l5;
        L6 = l6;
    }

    public static Fp Zero => default;

    /// <summary>R mod p.</summary>
    public static Fp One =>
        new(0xD800000347FCB8, 0xCDE6D2002B119, 0x83A2090C7212E0, 0xDA0F73E037669F, 0x1297BB09B09B42, 0x12CA7C515D98F, 0x577A659FCFA);

    /// <summary>Reads 48 bytes, big-endian; false for a number that isn't below p.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Fp value)
    {
        var raw = new FpWords(bytes);
        value = raw.ToLimbs() * RSquare;
        return raw.IsBelowPrime;
    }

    /// <summary>A constant in hexadecimal, with or without 0x.</summary>
    /// <exception cref="FormatException">The number isn't one below p.</exception>
    public static Fp Parse(ReadOnlySpan<char> hex)
    {
        hex = hex.StartsWith("0x") ? hex[2..] : hex;
        Span<char> padded = stackalloc char[2 * Length];
        padded.Fill('0');
        hex.CopyTo(padded[(padded.Length - hex.Length)..]);
        return TryRead(Convert.FromHexString(padded), out var value) ? value : throw new FormatException("The number isn't below p.");
    }

    public static Fp FromNumber(uint value) => new Fp(value, 0, 0, 0, 0, 0, 0) * RSquare;

    /// <summary>Writes 48 bytes, big-endian.</summary>
    public void Write(Span<byte> bytes) => ToWords().Write(bytes);

    /// <summary>The number below p that this stands for, out of Montgomery form.</summary>
    public FpWords ToWords() => new(Canonical(Reduce(this * new Fp(1, 0, 0, 0, 0, 0, 0))));

    /// <summary>The number below p that this stands for times R: for an algorithm that takes the limbs for what they are.</summary>
    public FpWords ToRawWords() => new(Canonical(Reduce(in this)));

    /// <summary>Whether this is 0 modulo p, for a value below 127p with a magnitude up to 16.</summary>
    public bool IsZero
    {
        get
        {
            // A multiple c p of p shows c in its lowest limb, and c is small.
            var multiple = (L0 * FactorNegated) & Mask;
            return multiple < MultipleMax && IsMultiple(multiple);
        }
    }

    private bool IsMultiple(ulong c)
    {
        var difference = Carry(
            L0 - (c * P0), L1 - (c * P1), L2 - (c * P2), L3 - (c * P3), L4 - (c * P4), L5 - (c * P5), L6 - (c * P6));
        return (difference.L0 | difference.L1 | difference.L2 | difference.L3 | difference.L4 | difference.L5 | difference.L6) == 0;
    }

    public static bool AreEqual(in Fp a, in Fp b) => (a - b).IsZero;

    /// <summary>The parity of the number that this stands for: sgn0 of RFC 9380, section 4.1.</summary>
    public bool IsOdd => (ToWords().W0 & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp operator +(in Fp a, in Fp b) =>
        new(a.L0 + b.L0, a.L1 + b.L1, a.L2 + b.L2, a.L3 + b.L3, a.L4 + b.L4, a.L5 + b.L5, a.L6 + b.L6);

    /// <summary>a - b for an a and a b below 64p, of magnitudes up to 16.</summary>
    public static Fp operator -(in Fp a, in Fp b) => Reduce(
        a.L0 + (Padding * P0) - b.L0,
        a.L1 + (Padding * P1) - b.L1,
        a.L2 + (Padding * P2) - b.L2,
        a.L3 + (Padding * P3) - b.L3,
        a.L4 + (Padding * P4) - b.L4,
        a.L5 + (Padding * P5) - b.L5,
        a.L6 + (Padding * P6) - b.L6);

    /// <summary>-a for an a below 64p, of a magnitude up to 16.</summary>
    public static Fp operator -(in Fp a) => default(Fp) - a;

    /// <summary>a times a small number, which multiplies the magnitude and the multiple.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Fp Scale(in Fp a, uint factor) =>
        new(a.L0 * factor, a.L1 * factor, a.L2 * factor, a.L3 * factor, a.L4 * factor, a.L5 * factor, a.L6 * factor);

    /// <summary>a + b with magnitude 1, not reduced.</summary>
    public static Fp AddCarried(in Fp a, in Fp b) =>
        Carry(a.L0 + b.L0, a.L1 + b.L1, a.L2 + b.L2, a.L3 + b.L3, a.L4 + b.L4, a.L5 + b.L5, a.L6 + b.L6);

    /// <summary>The same value below 2p with magnitude 1, for magnitudes up to 16.</summary>
    public static Fp Reduce(in Fp a) => Reduce(a.L0, a.L1, a.L2, a.L3, a.L4, a.L5, a.L6);

    /// <summary>Takes the multiple of p off that the top limb shows. The limbs are signed, the value isn't negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Fp Reduce(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5, ulong l6)
    {
        // What the lower limbs owe the top one is less than 128; a value that small counts as none.
        var top = (long)l6 - 128;
        var multiple = top < 0 ? 0 : Wide.MultiplyHigh((ulong)top, Reciprocal);
        return Carry(
            l0 - (multiple * P0),
            l1 - (multiple * P1),
            l2 - (multiple * P2),
            l3 - (multiple * P3),
            l4 - (multiple * P4),
            l5 - (multiple * P5),
            l6 - (multiple * P6));
    }

    /// <summary>The same value with magnitude 1; the limbs are signed, the value isn't negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Fp Carry(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5, ulong l6)
    {
        l1 += (ulong)((long)l0 >> 56);
        l2 += (ulong)((long)l1 >> 56);
        l3 += (ulong)((long)l2 >> 56);
        l4 += (ulong)((long)l3 >> 56);
        l5 += (ulong)((long)l4 >> 56);
        l6 += (ulong)((long)l5 >> 56);
        return new(l0 & Mask, l1 & Mask, l2 & Mask, l3 & Mask, l4 & Mask, l5 & Mask, l6);
    }

    /// <summary>From below 2p and carried to below p.</summary>
    private static Fp Canonical(in Fp a)
    {
        var less = Carry(a.L0 - P0, a.L1 - P1, a.L2 - P2, a.L3 - P3, a.L4 - P4, a.L5 - P5, a.L6 - P6);
        return (long)less.L6 < 0 ? a : less;
    }

    /// <summary>1 / a; 0 for 0.</summary>
    public static Fp Invert(in Fp a) => FpInverse.Invert(in a);

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Length];
        Write(bytes);
        return "0x" + Convert.ToHexStringLower(bytes);
    }
}

/// <summary>A number of 384 bits in six words, as it is read and written.</summary>
internal readonly struct FpWords
{
    public readonly ulong W0, W1, W2, W3, W4, W5;

    public FpWords(ReadOnlySpan<byte> bigEndian)
    {
        W5 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian);
        W4 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[8..]);
        W3 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[16..]);
        W2 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[24..]);
        W1 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[32..]);
        W0 = BinaryPrimitives.ReadUInt64BigEndian(bigEndian[40..]);
    }

    /// <summary>From limbs of 56 bits.</summary>
    public FpWords(in Fp a)
    {
        W0 = a.L0 | (a.L1 << 56);
        W1 = (a.L1 >> 8) | (a.L2 << 48);
        W2 = (a.L2 >> 16) | (a.L3 << 40);
        W3 = (a.L3 >> 24) | (a.L4 << 32);
        W4 = (a.L4 >> 32) | (a.L5 << 24);
        W5 = (a.L5 >> 40) | (a.L6 << 16);
    }

    private FpWords(ulong w0, ulong w1, ulong w2, ulong w3, ulong w4, ulong w5)
    {
        W0 = w0;
        W1 = w1;
        W2 = w2;
        W3 = w3;
        W4 = w4;
        W5 = w5;
    }

    public static readonly FpWords Prime =
        new(0xB9FEFFFFFFFFAAAB, 0x1EABFFFEB153FFFF, 0x6730D2A0F6B0F624, 0x64774B84F38512BF, 0x4B1BA7B6434BACD7, 0x1A0111EA397FE69A);

    public bool IsZero => (W0 | W1 | W2 | W3 | W4 | W5) == 0;

    public bool IsBelowPrime => Compare(in this, in Prime) < 0;

    public static int Compare(in FpWords a, in FpWords b) =>
        a.W5 != b.W5 ? a.W5.CompareTo(b.W5)
        : a.W4 != b.W4 ? a.W4.CompareTo(b.W4)
        : a.W3 != b.W3 ? a.W3.CompareTo(b.W3)
        : a.W2 != b.W2 ? a.W2.CompareTo(b.W2)
        : a.W1 != b.W1 ? a.W1.CompareTo(b.W1)
        : a.W0.CompareTo(b.W0);

    /// <summary>Seven limbs of 56 bits.</summary>
    public Fp ToLimbs() => new(
        W0 & Fp.Mask,
        ((W0 >> 56) | (W1 << 8)) & Fp.Mask,
        ((W1 >> 48) | (W2 << 16)) & Fp.Mask,
        ((W2 >> 40) | (W3 << 24)) & Fp.Mask,
        ((W3 >> 32) | (W4 << 32)) & Fp.Mask,
        ((W4 >> 24) | (W5 << 40)) & Fp.Mask,
        W5 >> 16);

    public void Write(Span<byte> bigEndian)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian, W5);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[8..], W4);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[16..], W3);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[24..], W2);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[32..], W1);
        BinaryPrimitives.WriteUInt64BigEndian(bigEndian[40..], W0);
    }
}
