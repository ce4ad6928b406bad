using CsCheck;

namespace Grid.Primitives.Tests;

public class AddressTests
{
    private static readonly Gen<Address> Addresses = Gen.Byte.Array[20].Select(bytes => new Address(bytes));

    [Fact]
    public void Bytes_text_and_words_there_and_back() =>
        Addresses.Sample(address =>
        {
            Assert.Equal(address, new Address(address.Span));
            Assert.Equal(address, Address.Parse(address.ToString()));
            Assert.Equal(address, Address.Parse(address.ToString()[2..].ToUpperInvariant()));
            Assert.Equal(address, Address.FromWord(address.ToWord()));
            Assert.Equal(address, Address.FromWord(address.ToWord() | (UInt256.MaxValue << 160)));
        });

    [Fact]
    public void Order_is_that_of_the_bytes() =>
        Gen.Select(Addresses, Addresses).Sample((a, b) =>
        {
            var order = Math.Sign(a.Span.SequenceCompareTo(b.Span));
            Assert.Equal(order, Math.Sign(a.CompareTo(b)));
            Assert.Equal((order < 0, order > 0, order <= 0, order >= 0, order == 0), ((a < b), (a > b), (a <= b), (a >= b), (a == b)));
            Assert.Equal(order != 0, a != b);
        });

    [Fact]
    public void Every_byte_counts_for_equality_and_for_the_hash()
    {
        var bytes = new byte[20];
        var seen = new HashSet<int> { new Address(bytes).GetHashCode() };
        for (var i = 0; i < 20; i++)
        {
            bytes[i] = 1;
            var other = new Address(bytes);
            bytes[i] = 0;
            Assert.NotEqual(Address.Zero, other);
            Assert.False(other.IsZero);
            Assert.True(seen.Add(other.GetHashCode()));
        }
        Assert.True(new Address(bytes).IsZero);
        Assert.False(Address.Zero.Equals((object)"address"));
    }

    [Fact]
    public void Precompiles_have_numbers() =>
        Assert.Equal("0x0000000000000000000000000000000000000009", Address.FromNumber(9).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("0x00000000000000000000000000000000000000")]
    [InlineData("0x000000000000000000000000000000000000000000")]
    [InlineData("0x000000000000000000000000000000000000000g")]
    [InlineData("x00000000000000000000000000000000000000000")]
    public void Other_text_is_refused(string text)
    {
        Assert.False(Address.TryParse(text, out var address));
        Assert.Equal(Address.Zero, address);
        Assert.Throws<FormatException>(() => Address.Parse(text));
    }

    [Fact]
    public void Another_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new Address(new byte[19]));
        Assert.Throws<ArgumentException>(() => new Address(new byte[21]));
    }
}
