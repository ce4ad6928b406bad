using Org.BouncyCastle.Crypto.Digests;

namespace Grid.Crypto;

/// <summary>RIPEMD-160, the hash of precompile 3.</summary>
public static class Ripemd160
{
    public const int HashLength = 20;

    /// <summary>Writes the 20 bytes of the hash.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than 20 bytes.</exception>
    public static void Hash(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        if (destination.Length < HashLength)
        {
            throw new ArgumentException("20 bytes are needed.", nameof(destination));
        }
        var digest = new RipeMD160Digest();
        digest.BlockUpdate(input);
        digest.DoFinal(destination);
    }
}
