using CsCheck;
using Grid.Primitives;
using Org.BouncyCastle.Crypto.Digests;

namespace Grid.Crypto.Tests;

public class Keccak256Tests
{
    internal static Hash256 Reference(ReadOnlySpan<byte> input)
    {
        var digest = new KeccakDigest(256);
        digest.BlockUpdate(input);
        var hash = new byte[32];
        digest.DoFinal(hash);
        return new Hash256(hash);
    }

    /// <summary>From the Keccak team's known-answer tests (ShortMsgKAT_256) and the Yellow Paper.</summary>
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("80", "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421")]
    [InlineData("c0", "1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347")]
    [InlineData("cc", "eead6dbfc7340a56caedc044696a168870549a6a7f6f56961e84a54bd9970b8a")]
    [InlineData("616263", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    public void Known_answers(string message, string hash) =>
        Assert.Equal("0x" + hash, Keccak256.Hash(Hex.Decode(message)).ToString());

    [Fact]
    public void Constants_are_the_hashes_they_name()
    {
        Assert.Equal(Reference([]), Keccak256.OfEmpty);
        Assert.Equal(Reference([0x80]), Keccak256.OfEmptyString);
    }

    [Fact]
    public void Every_length_up_to_four_blocks_agrees_with_the_reference()
    {
        var bytes = new byte[600];
        new Random(7).NextBytes(bytes);
        for (var length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(Reference(bytes.AsSpan(0, length)), Keccak256.Hash(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Random_messages_agree_with_the_reference() =>
        Gen.Byte.Array[0, 1000].Sample(bytes => Keccak256.Hash(bytes) == Reference(bytes), iter: 300);

    [Fact]
    public void The_destination_must_hold_the_hash_and_may_be_longer()
    {
        var destination = new byte[40];
        Keccak256.Hash([1, 2, 3], destination);
        Assert.Equal(Reference([1, 2, 3]).ToArray(), destination[..32]);
        Assert.All(destination[32..], b => Assert.Equal(0, b));
        Assert.Throws<ArgumentException>(() => Keccak256.Hash([], new byte[31]));
    }
}
