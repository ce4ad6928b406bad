using CsCheck;

namespace Grid.Primitives.Tests;

public class HexTests
{
    [Fact]
    public void Text_there_and_back() =>
        Gen.Byte.Array[0, 100].Sample(bytes =>
        {
            var text = Hex.Encode(bytes);
            Assert.Equal("0x" + Convert.ToHexString(bytes).ToLowerInvariant(), text);
            Assert.Equal(bytes, Hex.Decode(text));
            Assert.Equal(bytes, Hex.Decode(text[2..].ToUpperInvariant()));
        });

    [Theory]
    [InlineData("0x0")]
    [InlineData("0")]
    [InlineData("0x0g")]
    [InlineData("0x 1")]
    [InlineData("0x0x00")]
    public void Other_text_is_refused(string text)
    {
        Assert.False(Hex.TryDecode(text, out _));
        Assert.Throws<FormatException>(() => Hex.Decode(text));
    }

    [Fact]
    public void A_destination_is_filled_exactly()
    {
        Assert.True(Hex.TryDecode("0x0102", new byte[2].AsSpan()));
        Assert.False(Hex.TryDecode("0x0102", new byte[1].AsSpan()));
        Assert.False(Hex.TryDecode("0x0102", new byte[3].AsSpan()));
    }
}
