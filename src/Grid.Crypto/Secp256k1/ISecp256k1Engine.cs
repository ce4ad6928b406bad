using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>Which code does the curve arithmetic.</summary>
public enum Secp256k1Engine
{
    /// <summary>The system's libsecp256k1.</summary>
    Native,

    /// <summary>Grid's own code.</summary>
    Managed,
}

/// <summary>A signature with what is needed to recover its signer: r, s in [1, n-1], and 0 to 3 for which point has x = r mod n.</summary>
public readonly record struct Secp256k1Signature(UInt256 R, UInt256 S, int RecoveryId);

/// <summary>What an engine does. Every member is thread-safe and takes any input; public keys are x and y, 64 bytes big-endian.</summary>
internal interface ISecp256k1Engine
{
    Secp256k1Engine Kind { get; }

    bool TryRecover(in Hash256 messageHash, in UInt256 r, in UInt256 s, int recoveryId, Span<byte> publicKey);

    bool Verify(in Hash256 messageHash, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> publicKey);

    bool TrySign(in Hash256 messageHash, in UInt256 privateKey, out Secp256k1Signature signature);

    bool TryGetPublicKey(in UInt256 privateKey, Span<byte> publicKey);
}
