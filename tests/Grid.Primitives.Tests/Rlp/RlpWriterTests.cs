using CsCheck;
using Grid.Primitives.Rlp;

namespace Grid.Primitives.Tests.Rlp;

public class RlpWriterTests
{
    private static string Written(Action<RlpWriter> write)
    {
        var writer = new RlpWriter(1);
        write(writer);
        Assert.Equal(writer.Length, writer.Written.Length);
        return Convert.ToHexStringLower(writer.Written);
    }

    [Fact]
    public void Strings_of_every_form()
    {
        Assert.Equal("80", Written(w => w.WriteBytes([])));
        Assert.Equal("00", Written(w => w.WriteBytes([0])));
        Assert.Equal("7f", Written(w => w.WriteBytes([0x7f])));
        Assert.Equal("8180", Written(w => w.WriteBytes([0x80])));
        Assert.StartsWith("b7", Written(w => w.WriteBytes(new byte[55])));
        Assert.StartsWith("b838", Written(w => w.WriteBytes(new byte[56])));
        Assert.StartsWith("b8ff", Written(w => w.WriteBytes(new byte[255])));
        Assert.StartsWith("b90100", Written(w => w.WriteBytes(new byte[256])));
        Assert.StartsWith("ba010000", Written(w => w.WriteBytes(new byte[65536])));
    }

    [Fact]
    public void Lists_of_every_form()
    {
        foreach (var (count, header) in new[] { (0, "c0"), (1, "c1"), (55, "f7"), (56, "f838"), (255, "f8ff"), (256, "f90100"), (70000, "fa011170") })
        {
            var text = Written(w =>
            {
                var mark = w.BeginList();
                w.WriteRaw(new byte[count]);
                w.EndList(mark);
            });
            Assert.Equal(header + new string('0', 2 * count), text);
        }
        Assert.Equal("c0", Written(w => w.WriteEmptyList()));
    }

    [Fact]
    public void Values_there_and_back() =>
        Gen.Select(Gen.ULong, Words.Any, Gen.Byte.Array[20], Gen.Byte.Array[32], Gen.Byte.Array[0, 300]).Sample((number, word, a, h, bytes) =>
        {
            Address address = new(a);
            Hash256 hash = new(h);
            var writer = new RlpWriter(1);
            var mark = writer.BeginList();
            writer.WriteUInt64(number);
            writer.WriteUInt256(word);
            writer.WriteAddress(address);
            writer.WriteOptionalAddress(address);
            writer.WriteOptionalAddress(null);
            writer.WriteHash256(hash);
            writer.WriteBytes(bytes);
            writer.EndList(mark);
            var outer = new RlpReader(writer.Written);
            var list = outer.ReadList();
            outer.ExpectEnd();
            Assert.Equal(7, list.CountItems());
            Assert.Equal(number, list.ReadUInt64());
            Assert.Equal(word, list.ReadUInt256());
            Assert.Equal(address, list.ReadAddress());
            Assert.Equal(address, list.ReadOptionalAddress());
            Assert.Null(list.ReadOptionalAddress());
            Assert.Equal(hash, list.ReadHash256());
            Assert.Equal(bytes, list.ReadBytes().ToArray());
            list.ExpectEnd();
        });

    [Fact]
    public void Integers_are_written_without_leading_zeros()
    {
        Assert.Equal("80", Written(w => w.WriteUInt64(0)));
        Assert.Equal("0f", Written(w => w.WriteUInt64(15)));
        Assert.Equal("820400", Written(w => w.WriteUInt64(1024)));
        Assert.Equal("80", Written(w => w.WriteUInt256(0)));
        Assert.Equal("8180", Written(w => w.WriteUInt256(128)));
        Assert.Equal("89010000000000000000", Written(w => w.WriteUInt256(UInt256.One << 64)));
    }

    [Fact]
    public void Clearing_starts_anew()
    {
        var writer = new RlpWriter();
        writer.WriteUInt64(1);
        writer.Clear();
        writer.WriteUInt64(2);
        Assert.Equal([2], writer.ToArray());
    }

    [Fact]
    public void Headers_have_the_length_that_is_foretold()
    {
        foreach (var length in new[] { 0, 1, 55, 56, 255, 256, 65535, 65536, 1 << 24 })
        {
            Assert.Equal(RlpWriter.HeaderLength(length), RlpWriter.WriteHeader(new byte[9], length, 0xc0));
        }
    }
}
