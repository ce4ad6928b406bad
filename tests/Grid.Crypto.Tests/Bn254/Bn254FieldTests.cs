using System.Numerics;
using CsCheck;
using Grid.Primitives;
using static Grid.Crypto.Tests.Bn254Numbers;

namespace Grid.Crypto.Tests;

public class Bn254FieldTests
{
    private static BigInteger Mod(BigInteger a) => ((a % P) + P) % P;

    [Fact]
    public void Operations_agree_with_integers() =>
        Gen.Select(Reduced, Reduced, Reduced, Reduced).Sample((x, y, z, w) =>
        {
            BigInteger u = x, v = y, s = z, t = w;
            Bn254Field a = Bn254Field.FromUInt256(x), b = Bn254Field.FromUInt256(y), c = Bn254Field.FromUInt256(z), d = Bn254Field.FromUInt256(w);
            Assert.Equal(u, Value(a));
            Assert.Equal(Mod(u + v), Value(a + b));
            Assert.Equal(Mod(u - v), Value(a - b));
            Assert.Equal(Mod(-u), Value(-a));
            Assert.Equal(Mod(u * v), Value(a * b));
            Assert.Equal(Mod(u * u), Value(Bn254Field.Square(a)));
            Assert.Equal(Mod((u * v) + (s * t)), Value(Bn254Field.SumOfProducts(a, b, c, d)));
            Assert.Equal(Mod((u * v) - (s * t)), Value(Bn254Field.DifferenceOfProducts(a, b, c, d)));
            Assert.Equal(u, Mod(2 * Value(Bn254Field.Half(a))));
            Assert.Equal(u.IsZero ? 0 : BigInteger.ModPow(u, P - 2, P), Value(Bn254Field.Invert(a)));
            Assert.Equal(u == v, Bn254Field.Equals(a, b));
        });

    [Fact]
    public void Numbers_of_p_and_more_are_no_elements() =>
        Words.Sample(word => Assert.Equal(word < Bn254Field.Prime, Bn254Field.TryRead(word.ToBigEndian(), out _)));

    [Fact]
    public void The_quadratic_field_is_one() =>
        Gen.Select(Elements2, Elements2, Elements).Sample((a, b, c) =>
        {
            Assert.Equal(Mod((Value(a.A) * Value(b.A)) - (Value(a.B) * Value(b.B))), Value((a * b).A));
            Assert.Equal(Mod((Value(a.A) * Value(b.B)) + (Value(a.B) * Value(b.A))), Value((a * b).B));
            Assert.True(Bn254Field2.Equals(Bn254Field2.Square(a), a * a));
            Assert.True(Bn254Field2.Equals(a * c, a * new Bn254Field2(c, default)));
            Assert.True(Bn254Field2.Equals(Bn254Field2.TimesXi(a), a * Bn254Field2.Xi));
            Assert.True(Bn254Field2.Equals(a + b - b, a));
            Assert.True(Bn254Field2.Equals(a * Bn254Field2.Invert(a), a.IsZero ? default : Bn254Field2.One));
            Assert.True(Bn254Field2.Equals(a.Conjugate, Bn254Field2.Power(a, Bn254Field.Prime)));
        }, iter: 50);

    [Fact]
    public void The_sextic_field_is_one() =>
        Gen.Select(Elements6, Elements6, Elements6).Sample((a, b, c) =>
        {
            Assert.True(Same(a * b, b * a));
            Assert.True(Same(a * (b + c), (a * b) + (a * c)));
            Assert.True(Same(a * b * c, a * (b * c)));
            Assert.True(Same(Bn254Field6.TimesV(a), a * new Bn254Field6(default, Bn254Field2.One, default)));
            Assert.True(Same(Bn254Field6.MultiplySparse(a, b.A, b.B), a * new Bn254Field6(b.A, b.B, default)));
            Assert.True(Same(a * Bn254Field6.Invert(a), a.IsZero ? default : Bn254Field6.One));
        }, iter: 300);

    [Fact]
    public void The_field_of_degree_twelve_is_one() =>
        Gen.Select(Elements12, Elements12, Elements12).Sample((a, b, c) =>
        {
            Assert.True(Same(a * b, b * a));
            Assert.True(Same(a * b * c, a * (b * c)));
            Assert.True(Same(Bn254Field12.Square(a), a * a));
            Assert.True(Same(Bn254Field12.MultiplyLine(a, b.A.A, b.B.A, b.B.B), a * new Bn254Field12(new(b.A.A, default, default), new(b.B.A, b.B.B, default))));
            Assert.True((a * Bn254Field12.Invert(a)).IsOne || (a.A.IsZero && a.B.IsZero));
        }, iter: 300);

    [Fact]
    public void Frobenius_is_the_power_of_p() =>
        Elements12.Sample(a =>
        {
            var power = Bn254Field12.One;
            for (var i = Bn254Field.Prime.BitLength - 1; i >= 0; i--)
            {
                power = Bn254Field12.Square(power);
                power = ((Bn254Field.Prime >> i).U0 & 1) != 0 ? power * a : power;
            }
            Assert.True(Same(power, Bn254Field12.Frobenius(a)));
        }, iter: 5);

    [Fact]
    public void Squares_in_the_cyclotomic_subgroup_are_squares() =>
        Elements12.Where(a => !(a.A.IsZero && a.B.IsZero)).Sample(a =>
        {
            // The power (p^6 - 1)(p^2 + 1) is in it.
            var b = a.Conjugate * Bn254Field12.Invert(a);
            b = Bn254Field12.Frobenius(Bn254Field12.Frobenius(b)) * b;
            Assert.True(Same(Bn254Field12.CyclotomicSquare(b), b * b));
            Assert.True((b * b.Conjugate).IsOne);
        }, iter: 100);
}
