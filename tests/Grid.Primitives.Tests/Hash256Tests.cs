using CsCheck;

namespace Grid.Primitives.Tests;

public class Hash256Tests
{
    private static readonly Gen<Hash256> Hashes = Gen.Byte.Array[32].Select(bytes => new Hash256(bytes));

    [Fact]
    public void Bytes_text_and_words_there_and_back() =>
        Hashes.Sample(hash =>
        {
            Assert.Equal(hash, new Hash256(hash.Span));
            Assert.Equal(hash, Hash256.Parse(hash.ToString()));
            Assert.Equal(hash, Hash256.FromWord(hash.ToWord()));
            Assert.Equal(hash.ToWord(), UInt256.Parse(hash.ToString()));
        });

    [Fact]
    public void Nibbles_are_the_digits_of_the_text() =>
        Hashes.Sample(hash =>
        {
            var text = hash.ToString();
            for (var i = 0; i < 64; i++)
            {
                Assert.Equal(Convert.ToInt32(text.Substring(2 + i, 1), 16), hash.Nibble(i));
            }
        });

    [Fact]
    public void Order_is_that_of_the_bytes() =>
        Gen.Select(Hashes, Hashes).Sample((a, b) =>
        {
            var order = Math.Sign(a.Span.SequenceCompareTo(b.Span));
            Assert.Equal(order, Math.Sign(a.CompareTo(b)));
            Assert.Equal((order < 0, order > 0, order <= 0, order >= 0, order == 0), ((a < b), (a > b), (a <= b), (a >= b), (a == b)));
            Assert.Equal(order != 0, a != b);
        });

    [Fact]
    public void Every_byte_counts_for_equality_and_for_the_hash_code()
    {
        var bytes = new byte[32];
        var seen = new HashSet<int> { new Hash256(bytes).GetHashCode() };
        for (var i = 0; i < 32; i++)
        {
            bytes[i] = 1;
            var other = new Hash256(bytes);
            bytes[i] = 0;
            Assert.NotEqual(Hash256.Zero, other);
            Assert.False(other.IsZero);
            Assert.True(seen.Add(other.GetHashCode()));
        }
        Assert.True(new Hash256(bytes).IsZero);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x00")]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0x000000000000000000000000000000000000000000000000000000000000000g")]
    public void Other_text_is_refused(string text)
    {
        Assert.False(Hash256.TryParse(text, out var hash));
        Assert.Equal(Hash256.Zero, hash);
        Assert.Throws<FormatException>(() => Hash256.Parse(text));
    }

    [Fact]
    public void Another_length_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new Hash256(new byte[31]));
        Assert.Throws<ArgumentException>(() => new Hash256(new byte[33]));
    }
}
