using CsCheck;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain.Tests.Blocks;

public class ReceiptTests
{
    private static readonly Gen<Log> Logs = Gen.Select(TransactionGen.Address, TransactionGen.Hash.Array[0, 4], Gen.Byte.Array[0, 70])
        .Select((address, topics, data) => new Log(address, topics, data));

    [Fact]
    public void Receipts_survive_encoding() => Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.ULong, Logs.Array[0, 3], TransactionGen.Hash).Sample((type, flag, gas, logs, root) =>
    {
        var receipt = new Receipt
        {
            Type = (TransactionType)type, Succeeded = flag || type == 0, CumulativeGasUsed = gas, Logs = logs, PostStateRoot = type == 0 && !flag ? root : null,
        };
        var decoded = Receipt.Decode(receipt.Encode());
        Assert.Equal(receipt.Encode(), decoded.Encode());
        Assert.Equal(receipt.Succeeded, decoded.Succeeded);
        Assert.Equal(receipt.PostStateRoot, decoded.PostStateRoot);
        Assert.Equal(receipt.Bloom, decoded.Bloom);
        foreach (var log in logs)
        {
            Assert.True(decoded.Bloom.MayContain(log.Address.Span));
            Assert.All(log.Topics, topic => Assert.True(decoded.Bloom.MayContain(topic.Span)));
        }
    });

    [Theory]
    [InlineData("0xc0")]
    [InlineData("0x05c0")]
    [InlineData("0x00")]
    [InlineData("0x")]
    public void Malformed_receipts_are_refused(string bytes) => Assert.Throws<RlpException>(() => Receipt.Decode(Hex.Decode(bytes)));

    [Fact]
    public void Three_bits_a_value()
    {
        var log = new Log(Address.FromNumber(1), [], []);
        var bloom = Bloom.Of([log]);
        var hash = Keccak256.Hash(log.Address.Span);
        var bits = 0;
        for (var i = 0; i < 6; i += 2)
        {
            var bit = ((hash.Span[i] << 8) | hash.Span[i + 1]) & 2047;
            Assert.NotEqual(0, bloom.Span[255 - (bit / 8)] & (1 << (bit % 8)));
            bits++;
        }
        Assert.Equal(3, bits);
        Assert.False(bloom.MayContain(Address.FromNumber(2).Span));
    }

    [Fact]
    public void A_union_holds_what_its_parts_hold()
    {
        var a = Bloom.Of([new Log(Address.FromNumber(1), [], [])]);
        var b = Bloom.Of([new Log(Address.FromNumber(2), [], [])]);
        var union = Bloom.Union([a, Bloom.Empty, b]);
        Assert.True(union.MayContain(Address.FromNumber(1).Span) && union.MayContain(Address.FromNumber(2).Span));
        Assert.Same(Bloom.Empty, Bloom.Union([Bloom.Empty]));
        Assert.Equal(union, Bloom.FromBytes(union.Span));
    }

    [Fact]
    public void The_receipts_root_of_nothing_is_the_empty_tries() =>
        Assert.Equal(Hash256.Parse("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"), BlockRoots.OfReceipts([]));
}
