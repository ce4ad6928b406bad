using CsCheck;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>The memo gives the hash, whatever it was asked before.</summary>
public unsafe class KeccakMemoTests
{
    private static void Check(KeccakMemo memo, byte[] input)
    {
        UInt256 word;
        fixed (byte* bytes = input)
        {
            memo.Hash(bytes, &word);
        }
        Assert.Equal(Keccak256.Hash(input).ToWord(), word);
    }

    [Fact]
    public void Hashes_right_when_asked_first_and_again()
    {
        var memo = new KeccakMemo();
        // Zeros are what an empty entry holds.
        Check(memo, new byte[64]);
        // More mappings than there are places.
        for (var round = 0; round < 2; round++)
        {
            for (var key = 0; key < 3_000; key++)
            {
                var input = new byte[64];
                input[30] = (byte)(key >> 8);
                input[31] = (byte)key;
                Check(memo, input);
            }
        }
    }

    [Fact]
    public void Hashes_random_input() => Gen.Byte.Array[64].Sample(input =>
    {
        var memo = new KeccakMemo();
        Check(memo, input);
        Check(memo, input);
    }, iter: 50);
}
