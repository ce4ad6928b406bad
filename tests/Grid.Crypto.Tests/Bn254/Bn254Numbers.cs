using System.Numerics;
using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

/// <summary>Random elements and points, and the curve's numbers as integers.</summary>
internal static class Bn254Numbers
{
    public static readonly BigInteger P = BigInteger.Parse("21888242871839275222246405745257275088696311157297823662689037894645226208583");
    public static readonly BigInteger R = BigInteger.Parse("21888242871839275222246405745257275088548364400416034343698204186575808495617");

    private static readonly Gen<ulong> Limbs = Gen.Frequency((3, Gen.ULong), (1, Gen.OneOf(0UL, 1UL, ulong.MaxValue, 0x3C208C16D87CFD47UL)));

    public static readonly Gen<UInt256> Words = Gen.Select(Limbs, Limbs, Limbs, Limbs, (a, b, c, d) => new UInt256(a, b, c, d));

    /// <summary>Below p, with the ends more often than chance has it.</summary>
    public static readonly Gen<UInt256> Reduced = Gen.Frequency(
        (8, Words.Select(word => word % Bn254Field.Prime)), (1, Gen.Int[0, 3].Select(i => (UInt256)i)), (1, Gen.Int[1, 3].Select(i => Bn254Field.Prime - (UInt256)i)));

    public static readonly Gen<Bn254Field> Elements = Reduced.Select(value => Bn254Field.FromUInt256(value));

    public static readonly Gen<Bn254Field2> Elements2 = Gen.Select(Elements, Elements, (a, b) => new Bn254Field2(a, b));

    public static readonly Gen<Bn254Field6> Elements6 = Gen.Select(Elements2, Elements2, Elements2, (a, b, c) => new Bn254Field6(a, b, c));

    public static readonly Gen<Bn254Field12> Elements12 = Gen.Select(Elements6, Elements6, (a, b) => new Bn254Field12(a, b));

    public static readonly Bn254Affine<Bn254Field> G1 = new(Bn254Field.One, Bn254Field.FromUInt256(2));

    /// <summary>The generator of the second group (EIP-197).</summary>
    public static readonly Bn254Affine<Bn254Field2> G2 = new(
        new(Number("10857046999023057135944570762232829481370756359578518086990519993285655852781"), Number("11559732032986387107991004021392285783925812861821192530917403151452391805634")),
        new(Number("8495653923123431417604973247489272438418190587263600148770280649306958101930"), Number("4082367875863433681332203403145435568316851327593401208105741076214120093531")));

    public static readonly Gen<Bn254Affine<Bn254Field>> Points = Words.Where(k => !(k % Bn254Multiplication.Order).IsZero).Select(k => Ladder(k, G1).ToAffine());

    private static Bn254Field Number(string text) => Bn254Field.FromUInt256((UInt256)BigInteger.Parse(text));

    /// <summary>Any point of the twist, in the group or not: the first x from a random one on that has a y.</summary>
    public static readonly Gen<Bn254Affine<Bn254Field2>> TwistPoints = Elements2.Select(x =>
    {
        while (true)
        {
            if (TrySquareRoot((Bn254Field2.Square(x) * x) + Bn254Field2.CurveB, out var y))
            {
                return new Bn254Affine<Bn254Field2>(x, y);
            }
            x += Bn254Field2.One;
        }
    });

    public static BigInteger Value(in Bn254Field a) => a.ToUInt256();

    /// <summary>Double and add.</summary>
    public static Bn254Jacobian<T> Ladder<T>(BigInteger k, in Bn254Affine<T> p)
        where T : struct, IBn254Coordinate<T>
    {
        var sum = Bn254Jacobian<T>.Infinity;
        for (var i = (int)k.GetBitLength() - 1; i >= 0; i--)
        {
            sum = sum.Double();
            if (!((k >> i) & 1).IsZero)
            {
                sum = sum.Add(in p);
            }
        }
        return sum;
    }

    public static Bn254Field12 Pair(in Bn254Affine<Bn254Field> p, in Bn254Affine<Bn254Field2> q)
    {
        var pairing = new Bn254Pairing(1);
        pairing.Add(in p, in q);
        return pairing.Product();
    }

    public static bool Same(in Bn254Field12 a, in Bn254Field12 b) => Same(in a.A, in b.A) && Same(in a.B, in b.B);

    public static bool Same(in Bn254Field6 a, in Bn254Field6 b) => (a - b).IsZero;

    /// <summary>By the norm: the root of a + b i has the real part sqrt((a + sqrt(a^2 + b^2)) / 2), or with the other sign inside.</summary>
    private static bool TrySquareRoot(Bn254Field2 square, out Bn254Field2 root)
    {
        var norm = Root(Bn254Field.SumOfProducts(square.A, square.A, square.B, square.B));
        foreach (var signed in new[] { norm, -norm })
        {
            var real = Root(Bn254Field.Half(square.A + signed));
            root = new(real, square.B * Bn254Field.Invert(real + real));
            if (Bn254Field2.Equals(Bn254Field2.Square(root), square))
            {
                return true;
            }
        }
        root = default;
        return false;
    }

    private static Bn254Field Root(Bn254Field square) => Bn254Field.FromUInt256((UInt256)BigInteger.ModPow(Value(square), (P + 1) / 4, P));
}
