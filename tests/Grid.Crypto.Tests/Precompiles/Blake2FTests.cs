using CsCheck;
using Grid.Primitives;
using Org.BouncyCastle.Crypto.Digests;

namespace Grid.Crypto.Tests;

public class Blake2FTests
{
    /// <summary>The state and message of EIP-152's test vectors: BLAKE2b of "abc".</summary>
    private const string State =
        "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
        + "6162630000000000000000000000000000000000000000000000000000000000" + "0000000000000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000000000000000000000000000000000000000000000" + "0000000000000000000000000000000000000000000000000000000000000000"
        + "03000000000000000000000000000000";

    private static string? Compress(string input)
    {
        var output = new byte[64];
        return Blake2F.TryCompress(Hex.Decode(input), output) ? Convert.ToHexStringLower(output) : null;
    }

    [Theory]
    [InlineData("00000000", "01", "08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b")]
    [InlineData("0000000c", "01", "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")]
    [InlineData("0000000c", "00", "75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d2875298743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735")]
    [InlineData("00000001", "01", "b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fba551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421")]
    public void Vectors_of_eip_152(string rounds, string final, string output)
    {
        Assert.Equal(output, Compress(rounds + State + final));
        Assert.Equal(Convert.ToUInt32(rounds, 16), Blake2F.ReadRounds(Hex.Decode(rounds + State + final)));
    }

    [Fact]
    public void Malformed_input_is_refused()
    {
        Assert.Null(Compress(""));
        Assert.Null(Compress("0000000c" + State));
        Assert.Null(Compress("0000000c" + State + "0100"));
        Assert.Null(Compress("0000000c" + State + "02"));
        Assert.Throws<ArgumentException>(() => Blake2F.TryCompress(Hex.Decode("0000000c" + State + "01"), new byte[63]));
    }

    /// <summary>BLAKE2b-512 made of F agrees with another implementation's.</summary>
    [Fact]
    public void The_hash_function_made_of_it_agrees_with_the_reference() =>
        Gen.Byte.Array[0, 400].Sample(message =>
        {
            var h = new ulong[8];
            for (var i = 0; i < 8; i++)
            {
                h[i] = BitConverter.ToUInt64(Hex.Decode(State), i * 8);
            }
            var words = new ulong[16];
            var blocks = Math.Max(1, (message.Length + 127) / 128);
            for (var block = 0; block < blocks; block++)
            {
                var bytes = new byte[128];
                var part = message.AsSpan(block * 128, Math.Min(128, message.Length - (block * 128)));
                part.CopyTo(bytes);
                Buffer.BlockCopy(bytes, 0, words, 0, 128);
                Blake2F.Compress(12, h, words, (ulong)((block * 128) + part.Length), 0, block == blocks - 1);
            }
            var digest = new Blake2bDigest(512);
            digest.BlockUpdate(message);
            var expected = new byte[64];
            digest.DoFinal(expected);
            Assert.Equal(expected, h.SelectMany(BitConverter.GetBytes).ToArray());
        });

    /// <summary>Words and vectors give the same, whatever the number of rounds.</summary>
    [Fact]
    public void Words_and_vectors_agree() =>
        Gen.Select(Gen.UInt[0, 40], Gen.ULong.Array[8], Gen.ULong.Array[16], Gen.ULong, Gen.Bool).Sample((rounds, h, m, t, isFinal) =>
        {
            var byWords = h.ToArray();
            var byVectors = h.ToArray();
            Blake2F.CompressWords(rounds, byWords, m, t, ~t, isFinal);
            Blake2F.CompressVectors(rounds, byVectors, m, t, ~t, isFinal);
            Assert.Equal(byWords, byVectors);
        });
}
