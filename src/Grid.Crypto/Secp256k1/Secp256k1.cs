using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// ECDSA over secp256k1 as Ethereum uses it (Yellow Paper, appendix F; SEC 1 and SEC 2). The work is done by the system's
/// libsecp256k1 where it is found, otherwise by <see cref="Secp256k1Managed"/>; both give the same answers. The environment
/// variable GRID_SECP256K1 with the value `managed` forces the latter. Public keys are x and y, 64 bytes big-endian. All members
/// are thread-safe.
/// </summary>
public static class Secp256k1
{
    public const int PublicKeyLength = 64;

    /// <summary>The number of points of the curve, n.</summary>
    public static readonly UInt256 Order = new(0xBFD25E8CD0364141, 0xBAAEDCE6AF48A03B, 0xFFFFFFFFFFFFFFFE, 0xFFFFFFFFFFFFFFFF);

    /// <summary>n / 2: a transaction's s may not be larger (EIP-2).</summary>
    public static readonly UInt256 HalfOrder = Order >> 1;

    private static readonly ISecp256k1Engine Selected = Select(Environment.GetEnvironmentVariable("GRID_SECP256K1"));

    /// <summary>The engine in use.</summary>
    public static Secp256k1Engine Engine => Selected.Kind;

    /// <summary>How to get the faster engine; null where it is in use.</summary>
    public static string? Hint => Engine == Secp256k1Engine.Native
        ? null
        : "libsecp256k1 with its recovery module makes signatures about twice as fast: install it (Debian, Ubuntu: libsecp256k1-1 or -2;"
            + " macOS: brew install secp256k1) and leave GRID_SECP256K1 unset.";

    /// <summary>
    /// The address that signed. False where no public key fits: r or s outside of [1, n-1], no point with that x, or the point at
    /// infinity. A high s is accepted, as ECRECOVER does; a transaction's rule (EIP-2) is its own.
    /// </summary>
    public static bool TryRecover(in Hash256 messageHash, in UInt256 r, in UInt256 s, int recoveryId, out Address address)
    {
        Span<byte> publicKey = stackalloc byte[PublicKeyLength];
        if (!Selected.TryRecover(in messageHash, in r, in s, recoveryId, publicKey))
        {
            address = default;
            return false;
        }
        address = AddressOf(publicKey);
        return true;
    }

    /// <summary>The public key that signed, written to 64 bytes; false as above.</summary>
    public static bool TryRecoverPublicKey(in Hash256 messageHash, in UInt256 r, in UInt256 s, int recoveryId, Span<byte> publicKey) =>
        Selected.TryRecover(in messageHash, in r, in s, recoveryId, Room(publicKey));

    /// <summary>Whether the signature is that of the public key. A high s is accepted; a key that is no point of the curve isn't.</summary>
    public static bool Verify(in Hash256 messageHash, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> publicKey) =>
        publicKey.Length == PublicKeyLength && Selected.Verify(in messageHash, in r, in s, publicKey);

    /// <summary>Signs with the nonce of RFC 6979 (SHA-256) and a low s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The private key is 0, n, or larger.</exception>
    public static Secp256k1Signature Sign(in Hash256 messageHash, in UInt256 privateKey) =>
        Selected.TrySign(in messageHash, in privateKey, out var signature) ? signature : throw NotAKey();

    /// <summary>Writes the 64 bytes of the public key.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The private key is 0, n, or larger.</exception>
    public static void PublicKey(in UInt256 privateKey, Span<byte> publicKey)
    {
        if (!Selected.TryGetPublicKey(in privateKey, Room(publicKey)))
        {
            throw NotAKey();
        }
    }

    /// <exception cref="ArgumentOutOfRangeException">The private key is 0, n, or larger.</exception>
    public static Address AddressOf(in UInt256 privateKey)
    {
        Span<byte> publicKey = stackalloc byte[PublicKeyLength];
        PublicKey(in privateKey, publicKey);
        return AddressOf(publicKey);
    }

    /// <summary>The last 20 bytes of the hash of x and y.</summary>
    public static Address AddressOf(ReadOnlySpan<byte> publicKey) => new(Keccak256.Hash(publicKey[..PublicKeyLength]).Span[12..]);

    /// <summary>Whether a scalar can be a private key, or a signature's r or s.</summary>
    public static bool IsInRange(in UInt256 scalar) => !scalar.IsZero && scalar < Order;

    /// <summary>The engine that the value of GRID_SECP256K1 asks for.</summary>
    internal static ISecp256k1Engine Select(string? forced)
    {
        var native = string.Equals(forced, "managed", StringComparison.OrdinalIgnoreCase) ? null : Secp256k1Native.TryLoad();
        return native ?? (ISecp256k1Engine)new Secp256k1Managed();
    }

    private static Span<byte> Room(Span<byte> publicKey) => publicKey.Length >= PublicKeyLength
        ? publicKey[..PublicKeyLength]
        : throw new ArgumentException("64 bytes are needed.", nameof(publicKey));

    // The key itself is not for a message that ends up in a log.
    private static ArgumentOutOfRangeException NotAKey() => new("privateKey", "A private key is between 1 and the curve's order less 1.");
}
