using System.Globalization;
using System.Numerics;
using CsCheck;

namespace Grid.Primitives.Tests;

public class UInt256TextTests
{
    [Fact]
    public void Big_endian_bytes_there_and_back() =>
        Words.Any.Sample(a =>
        {
            var bytes = a.ToBigEndian();
            Assert.Equal((BigInteger)a, new BigInteger(bytes, isUnsigned: true, isBigEndian: true));
            Assert.Equal(a, UInt256.FromBigEndian(bytes));
            var minimal = new byte[32];
            var length = a.WriteMinimalBigEndian(minimal);
            Assert.Equal(a.ByteLength, length);
            Assert.Equal(a, UInt256.FromBigEndian(minimal.AsSpan(0, length)));
            var room = new byte[40];
            a.WriteBigEndian(room);
            Assert.Equal(bytes, room[..32]);
        });

    [Fact]
    public void Shorter_bytes_are_padded_on_the_left_and_longer_ones_refused()
    {
        Assert.Equal(UInt256.Zero, UInt256.FromBigEndian([]));
        Assert.Equal((UInt256)0x010203, UInt256.FromBigEndian([1, 2, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => UInt256.FromBigEndian(new byte[33]));
        Assert.Throws<ArgumentException>(() => UInt256.One.WriteBigEndian(new byte[31]));
    }

    [Fact]
    public void Text_there_and_back() =>
        Words.Any.Sample(a =>
        {
            Assert.Equal(((BigInteger)a).ToString(CultureInfo.InvariantCulture), a.ToString());
            Assert.Equal(a, UInt256.Parse(a.ToString()));
            Assert.Equal(a, UInt256.Parse(a.ToHex()));
            Assert.Equal(a.ToHex(), a.ToString("x", null));
            Assert.Equal(a.ToHex(), $"{a:x}");
            Assert.Equal(a.ToString(), $"{a}");
            Assert.False(a.ToHex().Length > 3 && a.ToHex()[2] == '0');
        });

    [Theory]
    [InlineData("0", "0x0")]
    [InlineData("0x", "0x0")]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000000000000ff", "0xff")]
    [InlineData("0XfF", "0xff")]
    [InlineData("0010", "0xa")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639935", "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void Accepted_text(string text, string hex) => Assert.Equal(hex, UInt256.Parse(text).ToHex());

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("0xg")]
    [InlineData("ff")]
    [InlineData("0x10000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    public void Refused_text(string text)
    {
        Assert.False(UInt256.TryParse(text, out _));
        Assert.Throws<FormatException>(() => UInt256.Parse(text));
    }

    [Fact]
    public void Conversions_that_lose_something_are_refused()
    {
        Assert.Throws<OverflowException>(() => (UInt256)(-1));
        Assert.Throws<OverflowException>(() => (UInt256)new BigInteger(-1));
        Assert.Throws<OverflowException>(() => (UInt256)(BigInteger.One << 256));
        Assert.Throws<OverflowException>(() => (ulong)(UInt256.One << 64));
        Assert.Equal(ulong.MaxValue, (ulong)new UInt256(ulong.MaxValue));
        Assert.Equal(UInt256.One << 127, (UInt256)(UInt128.One << 127));
        Assert.Equal(7u, (UInt256)7u);
    }

    [Fact]
    public void Saturation()
    {
        Assert.Equal(5UL, ((UInt256)5).SaturateUInt64());
        Assert.Equal(4UL, ((UInt256)5).SaturateUInt64(4));
        Assert.Equal(ulong.MaxValue, (UInt256.One << 64).SaturateUInt64());
        Assert.Equal(9UL, UInt256.MaxValue.SaturateUInt64(9));
    }

    [Fact]
    public void Formatting_into_too_little_room_writes_nothing()
    {
        Span<char> room = stackalloc char[2];
        Assert.False(((UInt256)123).TryFormat(room, out var written, default, null));
        Assert.Equal(0, written);
        Assert.True(((UInt256)12).TryFormat(room, out written, default, null));
        Assert.Equal(2, written);
    }
}
