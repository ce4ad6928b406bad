using System.Numerics;
using CsCheck;
using Grid.Primitives;
using static Grid.Crypto.Tests.Bn254Numbers;

namespace Grid.Crypto.Tests;

/// <summary>The operations on bytes, as EIP-196 and EIP-197 define them.</summary>
public class Bn254Tests
{
    private static readonly string Zero = new('0', 64);
    private static readonly string One = Word(1);
    private static readonly string Two = Word(2);
    private static readonly string Prime = Word(P);

    /// <summary>2 G, from EIP-196's reference: x and y of the tangent's third point.</summary>
    private const string Twice = "030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3" + "15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4";

    private static readonly string SecondGenerator = Hex2(G2.X) + Hex2(G2.Y);

    private static string Word(BigInteger value) => Convert.ToHexStringLower(((UInt256)value).ToBigEndian());

    private static string Hex2(in Bn254Field2 a) => Word(Value(a.B)) + Word(Value(a.A));

    private static string Hex1(in Bn254Affine<Bn254Field> p) => Word(Value(p.X)) + Word(Value(p.Y));

    private static string? Add(string input) => Run(input, Crypto.Bn254.TryAdd);

    private static string? Multiply(string input) => Run(input, Crypto.Bn254.TryMultiply);

    private static bool? Check(string input) => Crypto.Bn254.TryCheckPairing(Convert.FromHexString(input), out var isOne) ? isOne : null;

    private delegate bool Operation(ReadOnlySpan<byte> input, Span<byte> output);

    private static string? Run(string input, Operation operation)
    {
        var output = new byte[64];
        output.AsSpan().Fill(0xEE);
        return operation(Convert.FromHexString(input), output) ? Convert.ToHexStringLower(output) : null;
    }

    [Fact]
    public void Sums()
    {
        var g = One + Two;
        Assert.Equal(Twice, Add(g + g));
        Assert.Equal(g, Add(g + Zero + Zero));
        Assert.Equal(g, Add(Zero + Zero + g));
        Assert.Equal(Zero + Zero, Add(g + One + Word(P - 2)));
        Assert.Equal(Zero + Zero, Add(""));
        Assert.Equal(g, Add(g));
        Assert.Equal(Twice, Add(g + g + "ff"));
        // y is cut off, and goes on with zeros: 2 << 240 is no y of x = 1.
        Assert.Null(Add(One + "0002"));
    }

    [Fact]
    public void Multiples()
    {
        var g = One + Two;
        Assert.Equal(Twice, Multiply(g + Two));
        Assert.Equal(g, Multiply(g + One));
        Assert.Equal(Zero + Zero, Multiply(g + Zero));
        Assert.Equal(Zero + Zero, Multiply(g));
        Assert.Equal(Zero + Zero, Multiply(g + Word(R)));
        Assert.Equal(Twice, Multiply(g + Word(R + 2) + "ffff"));
        Assert.Equal(Zero + Zero, Multiply(Zero + Zero + Two));
        Assert.Equal(One + Word(P - 2), Multiply(g + Word(R - 1)));
        Assert.Equal(Zero + Zero, Multiply(""));
    }

    [Fact]
    public void Points_that_are_none_are_refused()
    {
        foreach (var point in new[] { One + One, Prime + Zero, Zero + Prime, Word(P + 1) + Two, One + Word(P + 2), new string('f', 128), Zero + One })
        {
            Assert.Null(Add(point));
            Assert.Null(Add(One + Two + point));
            Assert.Null(Multiply(point + One));
            Assert.Null(Multiply(point + Zero));
            Assert.Null(Check(point + SecondGenerator));
            Assert.Null(Check(point + Zero + Zero + Zero + Zero));
        }
    }

    [Fact]
    public void Pairings()
    {
        var g = One + Two + SecondGenerator;
        var negative = One + Word(P - 2) + SecondGenerator;
        Assert.True(Check(""));
        Assert.False(Check(g));
        Assert.True(Check(g + negative));
        Assert.False(Check(g + g));
        Assert.True(Check(g + g + Hex1(Ladder(R - 2, G1).ToAffine()) + SecondGenerator));
        Assert.True(Check(Zero + Zero + SecondGenerator));
        Assert.True(Check(One + Two + Zero + Zero + Zero + Zero));
        Assert.Null(Check(g[..^2]));
        Assert.Null(Check(g + "00"));
        Assert.Null(Check(Zero + Zero));
    }

    [Fact]
    public void Points_of_the_twist_outside_of_the_group_are_refused() =>
        TwistPoints.Sample(q =>
        {
            Assert.Null(Check(One + Two + Hex2(q.X) + Hex2(q.Y)));
            Assert.Null(Check(Zero + Zero + Hex2(q.X) + Hex2(q.Y)));
            var inGroup = Ladder((2 * P) - R, q).ToAffine();
            Assert.False(Check(One + Two + Hex2(inGroup.X) + Hex2(inGroup.Y)));
            Assert.Null(Check(One + Two + Hex2(inGroup.X) + Hex2(inGroup.Y + Bn254Field2.One)));
        }, iter: 5);

    [Fact]
    public void Coordinates_of_the_twist_are_below_p()
    {
        var words = Enumerable.Range(0, 4).Select(i => SecondGenerator.Substring(i * 64, 64)).ToArray();
        for (var i = 0; i < 4; i++)
        {
            var changed = (string[])words.Clone();
            changed[i] = Word(BigInteger.Parse("0" + changed[i], System.Globalization.NumberStyles.HexNumber) + P);
            Assert.Null(Check(One + Two + string.Concat(changed)));
        }
    }

    [Fact]
    public void Sums_and_multiples_agree() =>
        Gen.Select(Words, Words).Sample((a, b) =>
        {
            var g = One + Two;
            string first = Multiply(g + Word(a))!, second = Multiply(g + Word(b))!;
            Assert.Equal(Multiply(g + Word(((BigInteger)a + b) % R)), Add(first + second));
            Assert.Equal(Multiply(first + Word(b)), Multiply(second + Word(a)));
        }, iter: 100);
}
