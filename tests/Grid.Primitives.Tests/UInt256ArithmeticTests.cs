using System.Numerics;
using CsCheck;

namespace Grid.Primitives.Tests;

/// <summary>Every operation against System.Numerics.BigInteger.</summary>
public class UInt256ArithmeticTests
{
    private const int Samples = 20_000;

    private static void ForPairs(Action<UInt256, UInt256> check)
    {
        foreach (var a in Words.Edges)
        {
            foreach (var b in Words.Edges)
            {
                check(a, b);
            }
        }
        Gen.Select(Words.Any, Words.Any).Sample((a, b) => check(a, b), iter: Samples);
    }

    [Fact]
    public void Addition_wraps_and_reports_its_carry() =>
        ForPairs((a, b) =>
        {
            var sum = (BigInteger)a + b;
            Assert.Equal(Words.Wrap(sum), a + b);
            Assert.Equal(sum >= Words.Modulus, UInt256.AddOverflow(a, b, out var wrapped));
            Assert.Equal(Words.Wrap(sum), wrapped);
        });

    [Fact]
    public void Subtraction_wraps_and_reports_its_borrow() =>
        ForPairs((a, b) =>
        {
            var difference = (BigInteger)a - b;
            Assert.Equal(Words.Wrap(difference), a - b);
            Assert.Equal(difference.Sign < 0, UInt256.SubtractUnderflow(a, b, out var wrapped));
            Assert.Equal(Words.Wrap(difference), wrapped);
            Assert.Equal(Words.Wrap(-(BigInteger)a), -a);
        });

    [Fact]
    public void Multiplication_wraps_reports_its_overflow_and_has_a_full_product() =>
        ForPairs((a, b) =>
        {
            var product = (BigInteger)a * b;
            Assert.Equal(Words.Wrap(product), a * b);
            Assert.Equal(product >= Words.Modulus, UInt256.MultiplyOverflow(a, b, out var wrapped));
            Assert.Equal(Words.Wrap(product), wrapped);
            var full = new ulong[8];
            UInt256.MultiplyWide(a, b, full);
            Assert.Equal(product, (BigInteger)new UInt256(full[0], full[1], full[2], full[3]) + ((BigInteger)new UInt256(full[4], full[5], full[6], full[7]) << 256));
        });

    [Fact]
    public void Division_truncates_and_gives_zero_for_a_zero_divisor() =>
        ForPairs((a, b) =>
        {
            UInt256.DivRem(a, b, out var quotient, out var remainder);
            var expected = b.IsZero ? 0 : (BigInteger)a / b;
            Assert.Equal((UInt256)expected, quotient);
            Assert.Equal(b.IsZero ? UInt256.Zero : (UInt256)((BigInteger)a % b), remainder);
            Assert.Equal(quotient, a / b);
            Assert.Equal(remainder, a % b);
        });

    /// <summary>Dividends made of a quotient, a divisor and a remainder next to it: where estimated digits are one or two too large.</summary>
    [Fact]
    public void Division_of_products_finds_their_factors() =>
        Gen.Select(Words.Any, Words.Any, Gen.Int[-2, 2]).Sample((q, b, offset) =>
        {
            var a = Words.Wrap(((BigInteger)q * b) + offset);
            UInt256.DivRem(a, b, out var quotient, out var remainder);
            Assert.Equal(b.IsZero ? UInt256.Zero : (UInt256)((BigInteger)a / b), quotient);
            Assert.Equal(b.IsZero ? UInt256.Zero : (UInt256)((BigInteger)a % b), remainder);
        }, iter: Samples);

    [Fact]
    public void Signed_division_truncates_toward_zero() =>
        ForPairs((a, b) =>
        {
            BigInteger x = Words.Signed(a), y = Words.Signed(b);
            Assert.Equal(y.IsZero ? UInt256.Zero : Words.Wrap(BigInteger.Divide(x, y)), UInt256.SignedDivide(a, b));
            Assert.Equal(y.IsZero ? UInt256.Zero : Words.Wrap(BigInteger.Remainder(x, y)), UInt256.SignedRemainder(a, b));
        });

    [Fact]
    public void Modular_operations_do_not_wrap_in_between() =>
        Gen.Select(Words.Any, Words.Any, Words.Any).Sample((a, b, m) =>
        {
            Assert.Equal(m.IsZero ? UInt256.Zero : (UInt256)(((BigInteger)a + b) % m), UInt256.AddMod(a, b, m));
            Assert.Equal(m.IsZero ? UInt256.Zero : (UInt256)((BigInteger)a * b % m), UInt256.MulMod(a, b, m));
        }, iter: 3 * Samples);

    [Fact]
    public void Modular_operations_on_residues() =>
        Gen.Select(Words.Any, Words.Any, Words.Any.Where(m => !m.IsZero)).Sample((x, y, m) =>
        {
            UInt256 a = x % m, b = y % m;
            Assert.Equal((UInt256)(((BigInteger)a + b) % m), UInt256.AddMod(a, b, m));
            Assert.Equal((UInt256)((BigInteger)a * b % m), UInt256.MulMod(a, b, m));
        }, iter: Samples);

    [Fact]
    public void Exponentiation_wraps() =>
        ForPairs((a, b) => Assert.Equal((UInt256)BigInteger.ModPow(a, b, Words.Modulus), UInt256.Exp(a, b)));

    [Fact]
    public void Small_powers() =>
        Gen.Select(Words.Any, Gen.ULong[0, 300]).Sample((a, b) => Assert.Equal((UInt256)BigInteger.ModPow(a, b, Words.Modulus), UInt256.Exp(a, b)), iter: Samples);
}
