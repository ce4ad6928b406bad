using CsCheck;
using Grid.Primitives.Rlp;

namespace Grid.Primitives.Tests.Rlp;

public class RlpReaderTests
{
    private static RlpError Fails(string input, Action<byte[]> read)
    {
        var bytes = Hex.Decode(input);
        return Assert.Throws<RlpException>(() => read(bytes)).Error;
    }

    /// <summary>Examples of the Ethereum wiki's page on RLP.</summary>
    [Theory]
    [InlineData("80", "")]
    [InlineData("00", "00")]
    [InlineData("0f", "0f")]
    [InlineData("7f", "7f")]
    [InlineData("8180", "80")]
    [InlineData("83646f67", "646f67")]
    [InlineData("820400", "0400")]
    public void Strings(string input, string payload)
    {
        var reader = new RlpReader(Hex.Decode(input));
        Assert.Equal(payload, Convert.ToHexStringLower(reader.ReadBytes()));
        reader.ExpectEnd();
    }

    [Fact]
    public void Lists_nest()
    {
        // [ [], [[]], [ [], [[]] ] ]: the set-theoretical three.
        var reader = new RlpReader(Hex.Decode("c7c0c1c0c3c0c1c0"));
        Assert.True(reader.NextIsList);
        var list = reader.ReadList();
        Assert.True(reader.IsAtEnd);
        Assert.False(reader.NextIsList);
        Assert.Equal(3, list.CountItems());
        Assert.True(list.ReadList().IsAtEnd);
        Assert.Equal("c1c0", Convert.ToHexStringLower(list.ReadRaw()));
        Assert.Equal(2, list.ReadList().CountItems());
        list.ExpectEnd();
    }

    [Theory]
    [InlineData("")]
    [InlineData("81")]
    [InlineData("83646f")]
    [InlineData("b8")]
    [InlineData("b838")]
    [InlineData("b90100")]
    [InlineData("bf00")]
    [InlineData("bfffffffffffffffff")]
    [InlineData("bb7fffffff")]
    public void Strings_that_end_early_are_truncated(string input) =>
        Assert.Equal(RlpError.Truncated, Fails(input, b => new RlpReader(b).ReadBytes()));

    [Theory]
    [InlineData("c1")]
    [InlineData("f8")]
    [InlineData("f838")]
    [InlineData("ffffffffffffffffff")]
    [InlineData("")]
    public void Lists_that_end_early_are_truncated(string input) =>
        Assert.Equal(RlpError.Truncated, Fails(input, b => new RlpReader(b).ReadList()));

    /// <summary>A single byte with a header, long forms of short lengths, lengths with leading zeros.</summary>
    [Theory]
    [InlineData("8100")]
    [InlineData("817f")]
    [InlineData("b800")]
    [InlineData("b837" + "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("b90038" + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    public void Strings_in_another_than_the_shortest_form_are_refused(string input) =>
        Assert.Equal(RlpError.NonCanonicalLength, Fails(input, b => new RlpReader(b).ReadBytes()));

    [Theory]
    [InlineData("f800")]
    [InlineData("f801c0")]
    [InlineData("f90001c0")]
    public void Lists_in_another_than_the_shortest_form_are_refused(string input) =>
        Assert.Equal(RlpError.NonCanonicalLength, Fails(input, b => new RlpReader(b).ReadList()));

    [Fact]
    public void Kinds_are_told_apart()
    {
        Assert.Equal(RlpError.UnexpectedList, Fails("c0", b => new RlpReader(b).ReadBytes()));
        Assert.Equal(RlpError.UnexpectedList, Fails("c0", b => new RlpReader(b).ReadUInt64()));
        Assert.Equal(RlpError.UnexpectedList, Fails("c0", b => new RlpReader(b).ReadAddress()));
        Assert.Equal(RlpError.UnexpectedString, Fails("80", b => new RlpReader(b).ReadList()));
    }

    [Fact]
    public void Integers_have_no_leading_zeros_and_fit_their_field()
    {
        Assert.Equal(0UL, new RlpReader([0x80]).ReadUInt64());
        Assert.Equal(ulong.MaxValue, new RlpReader(Hex.Decode("88ffffffffffffffff")).ReadUInt64());
        Assert.Equal(UInt256.MaxValue, new RlpReader(Hex.Decode("a0" + new string('f', 64))).ReadUInt256());
        Assert.Equal(RlpError.LeadingZero, Fails("00", b => new RlpReader(b).ReadUInt64()));
        Assert.Equal(RlpError.LeadingZero, Fails("820001", b => new RlpReader(b).ReadUInt64()));
        Assert.Equal(RlpError.LeadingZero, Fails("820001", b => new RlpReader(b).ReadUInt256()));
        Assert.Equal(RlpError.TooWide, Fails("89010000000000000000", b => new RlpReader(b).ReadUInt64()));
        Assert.Equal(RlpError.TooWide, Fails("a1" + new string('1', 66), b => new RlpReader(b).ReadUInt256()));
    }

    [Fact]
    public void Fixed_sizes_are_exact()
    {
        var address = new string('a', 40);
        Assert.Equal(Address.Parse(address), new RlpReader(Hex.Decode("94" + address)).ReadAddress());
        Assert.Equal(Address.Parse(address), new RlpReader(Hex.Decode("94" + address)).ReadOptionalAddress());
        Assert.Null(new RlpReader([0x80]).ReadOptionalAddress());
        Assert.Equal(RlpError.TooShort, Fails("80", b => new RlpReader(b).ReadAddress()));
        Assert.Equal(RlpError.TooShort, Fails("93" + address[2..], b => new RlpReader(b).ReadOptionalAddress()));
        Assert.Equal(RlpError.TooWide, Fails("95aa" + address, b => new RlpReader(b).ReadAddress()));
        Assert.Equal(RlpError.TooShort, Fails("9f" + new string('1', 62), b => new RlpReader(b).ReadHash256()));
        Assert.Equal(RlpError.TooWide, Fails("a1" + new string('1', 66), b => new RlpReader(b).ReadHash256()));
    }

    [Fact]
    public void Bytes_behind_the_item_and_the_place_of_an_error_are_reported()
    {
        Assert.Equal(RlpError.TrailingBytes, Fails("8080", b =>
        {
            var reader = new RlpReader(b);
            reader.ReadBytes();
            reader.ExpectEnd();
        }));
        var error = Assert.Throws<RlpException>(() =>
        {
            var reader = new RlpReader([0x01, 0x02, 0x81, 0x03]);
            reader.ReadBytes();
            reader.ReadBytes();
            reader.ReadBytes();
        });
        Assert.Equal((RlpError.NonCanonicalLength, 2), (error.Error, error.Offset));
    }

    /// <summary>Any input is either refused by the one exception, or written back byte for byte.</summary>
    [Fact]
    public void Accepted_input_is_canonical() =>
        Gen.Frequency((1, Gen.Byte), (2, Gen.OneOf<byte>(0x00, 0x7f, 0x80, 0x81, 0x82, 0xb7, 0xb8, 0xb9, 0xc0, 0xc1, 0xc2, 0xf7, 0xf8))).Array[0, 80].Sample(input =>
        {
            var writer = new RlpWriter();
            try
            {
                var reader = new RlpReader(input);
                while (!reader.IsAtEnd)
                {
                    Copy(ref reader, writer);
                }
            }
            catch (RlpException)
            {
                return;
            }
            Assert.Equal(input, writer.ToArray());
        }, iter: 50_000);

    private static void Copy(ref RlpReader reader, RlpWriter writer)
    {
        if (!reader.NextIsList)
        {
            writer.WriteBytes(reader.ReadBytes());
            return;
        }
        var list = reader.ReadList();
        var mark = writer.BeginList();
        while (!list.IsAtEnd)
        {
            Copy(ref list, writer);
        }
        writer.EndList(mark);
    }
}
