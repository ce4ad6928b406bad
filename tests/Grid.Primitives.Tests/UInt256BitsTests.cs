using System.Numerics;
using CsCheck;

namespace Grid.Primitives.Tests;

public class UInt256BitsTests
{
    private const int Samples = 20_000;

    private static readonly Gen<int> Counts = Gen.Frequency((4, Gen.Int[0, 260]), (1, Gen.OneOf(64, 128, 192, 255, 256, 300, int.MaxValue, -1, int.MinValue)));

    [Fact]
    public void Logic_and_order() =>
        Gen.Select(Words.Any, Words.Any).Sample((a, b) =>
        {
            BigInteger x = a, y = b;
            Assert.Equal((UInt256)(x & y), a & b);
            Assert.Equal((UInt256)(x | y), a | b);
            Assert.Equal((UInt256)(x ^ y), a ^ b);
            Assert.Equal((UInt256)(Words.Modulus - 1 - x), ~a);
            Assert.Equal(x < y, a < b);
            Assert.Equal(x > y, a > b);
            Assert.Equal(x <= y, a <= b);
            Assert.Equal(x >= y, a >= b);
            Assert.Equal(x == y, a == b);
            Assert.Equal(x != y, a != b);
            Assert.Equal(x.CompareTo(y), a.CompareTo(b));
            Assert.Equal(Words.Signed(a) < Words.Signed(b), UInt256.SignedLessThan(a, b));
        }, iter: Samples);

    [Fact]
    public void A_word_equals_itself_and_no_other_in_every_way()
    {
        foreach (var a in Words.Edges)
        {
            foreach (var b in Words.Edges)
            {
                var same = (BigInteger)a == b;
                Assert.Equal(same, a == b);
                Assert.Equal(same, a.Equals(b));
                Assert.Equal(same, a.Equals((object)b));
                Assert.True(!same || a.GetHashCode() == b.GetHashCode());
            }
            Assert.False(a.Equals("word"));
        }
    }

    [Fact]
    public void Shifts_lose_what_leaves_the_word() =>
        Gen.Select(Words.Any, Counts).Sample((a, count) =>
        {
            var inside = (uint)count < 256;
            Assert.Equal(inside ? Words.Wrap((BigInteger)a << count) : UInt256.Zero, a << count);
            Assert.Equal(inside ? (UInt256)((BigInteger)a >> count) : UInt256.Zero, a >> count);
            Assert.Equal(Words.Wrap(Words.Signed(a) >> (inside ? count : 256)), UInt256.ShiftRightSigned(a, count));
        }, iter: Samples);

    [Fact]
    public void Bits_and_bytes_are_counted() =>
        Words.Any.Sample(a =>
        {
            var bits = (int)((BigInteger)a).GetBitLength();
            Assert.Equal(256 - bits, UInt256.LeadingZeroCount(a));
            Assert.Equal(bits, a.BitLength);
            Assert.Equal((bits + 7) / 8, a.ByteLength);
            Assert.Equal(bits <= 64, a.FitsUInt64);
            Assert.Equal(bits == 0, a.IsZero);
            Assert.Equal(bits == 256, a.IsNegative);
        }, iter: Samples);

    [Fact]
    public void Bytes_are_counted_from_the_most_significant() =>
        Gen.Select(Words.Any, Gen.Int[0, 40]).Sample((a, index) =>
        {
            Assert.Equal(index < 32 ? new UInt256(a.ToBigEndian()[index]) : UInt256.Zero, UInt256.ByteAt(a, (UInt256)index));
            Assert.Equal(UInt256.Zero, UInt256.ByteAt(a, new UInt256((ulong)index, 1, 0, 0)));
        }, iter: Samples);

    [Fact]
    public void Signs_are_extended_from_their_byte() =>
        Gen.Select(Words.Any, Gen.Int[0, 40]).Sample((a, size) =>
        {
            var bits = 8 * (size + 1);
            var low = (BigInteger)a % (BigInteger.One << bits);
            var expected = size >= 31 ? a : Words.Wrap((low >> (bits - 1)).IsZero ? low : low - (BigInteger.One << bits));
            Assert.Equal(expected, UInt256.SignExtend((UInt256)size, a));
            Assert.Equal(a, UInt256.SignExtend(new UInt256((ulong)size, 0, 0, 1), a));
        }, iter: Samples);
}
