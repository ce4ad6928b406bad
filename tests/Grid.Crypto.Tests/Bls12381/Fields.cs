using System.Globalization;
using System.Numerics;
using CsCheck;
using Grid.Crypto.Bls12381;

namespace Grid.Crypto.Tests.Bls12381;

/// <summary>Random elements, and the integers that they stand for.</summary>
internal static class Fields
{
    public static readonly BigInteger P = BigInteger.Parse(
        "01a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab", NumberStyles.HexNumber);

    private static readonly Gen<byte> Bytes = Gen.Frequency((4, Gen.Byte), (1, Gen.OneOf<byte>(0, 255)));

    /// <summary>Integers below p: any, and those next to the ends.</summary>
    public static readonly Gen<BigInteger> Integers = Gen.Frequency(
        (6, Bytes.Array[Fp.Length].Select(bytes => new BigInteger(bytes, isUnsigned: true) % P)),
        (1, Gen.Int[0, 3].Select(i => new BigInteger(i))),
        (1, Gen.Int[1, 3].Select(i => P - i)));

    public static readonly Gen<Fp> Elements = Integers.Select(value => Element(value));

    public static readonly Gen<Fp2> Elements2 = Gen.Select(Elements, Elements, (c0, c1) => new Fp2(c0, c1));

    public static readonly Gen<Fp6> Elements6 = Gen.Select(Elements2, Elements2, Elements2, (c0, c1, c2) => new Fp6(c0, c1, c2));

    public static readonly Gen<Fp12> Elements12 = Gen.Select(Elements6, Elements6, (c0, c1) => new Fp12(c0, c1));

    public static Fp Element(BigInteger value)
    {
        var bytes = new byte[Fp.Length];
        value.TryWriteBytes(bytes, out var written, isUnsigned: true, isBigEndian: true);
        bytes.AsSpan(0, written).CopyTo(bytes.AsSpan(Fp.Length - written));
        bytes.AsSpan(0, Fp.Length - written).Clear();
        Assert.True(Fp.TryRead(bytes, out var element));
        return element;
    }

    public static BigInteger Value(in Fp a)
    {
        var bytes = new byte[Fp.Length];
        a.Write(bytes);
        return new BigInteger(bytes, isUnsigned: true, isBigEndian: true);
    }

    public static (BigInteger C0, BigInteger C1) Value(in Fp2 a) => (Value(a.C0), Value(a.C1));

    public static BigInteger Mod(BigInteger a) => ((a % P) + P) % P;
}
