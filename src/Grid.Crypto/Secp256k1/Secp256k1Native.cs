using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// The system's libsecp256k1 (https://github.com/bitcoin-core/secp256k1), found at run time. The context is made once and only
/// read afterwards, which the library allows from any number of threads; it lives as long as the process.
/// </summary>
internal sealed unsafe class Secp256k1Native : ISecp256k1Engine
{
    /// <summary>The library's versions 0.1 to 0.7, and the names of other systems.</summary>
    private static readonly string[] LibraryNames =
    [
        "libsecp256k1.so.6", "libsecp256k1.so.5", "libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.0", "libsecp256k1.so",
        "libsecp256k1.dylib", "/opt/homebrew/lib/libsecp256k1.dylib", "/usr/local/lib/libsecp256k1.dylib",
        "libsecp256k1-6.dll", "libsecp256k1-5.dll", "libsecp256k1-2.dll", "secp256k1.dll",
    ];

    /// <summary>SECP256K1_CONTEXT_VERIFY | SECP256K1_CONTEXT_SIGN: obsolete but accepted since 0.2, needed before.</summary>
    private const uint ContextFlags = 0x301;

    /// <summary>SECP256K1_EC_UNCOMPRESSED: a byte 4, x and y.</summary>
    private const uint Uncompressed = 2;

    // The library's opaque structures.
    private const int OpaqueKeyLength = 64;
    private const int OpaqueSignatureLength = 64;
    private const int OpaqueRecoverableLength = 65;

    private readonly nint _context;
    private readonly delegate* unmanaged<nint, byte*, byte*, int, int> _recoverableParse;
    private readonly delegate* unmanaged<nint, byte*, int*, byte*, int> _recoverableSerialize;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, int> _recover;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int> _signRecoverable;
    private readonly delegate* unmanaged<nint, byte*, byte*, int> _keyCreate;
    private readonly delegate* unmanaged<nint, byte*, byte*, nuint, int> _keyParse;
    private readonly delegate* unmanaged<nint, byte*, nuint*, byte*, uint, int> _keySerialize;
    private readonly delegate* unmanaged<nint, byte*, byte*, int> _signatureParse;
    private readonly delegate* unmanaged<nint, byte*, byte*, int> _signatureNormalize;
    private readonly delegate* unmanaged<nint, byte*, byte*, byte*, int> _verify;

    private Secp256k1Native(nint library)
    {
        nint Export(string name) => NativeLibrary.GetExport(library, "secp256k1_" + name);
        _recoverableParse = (delegate* unmanaged<nint, byte*, byte*, int, int>)Export("ecdsa_recoverable_signature_parse_compact");
        _recoverableSerialize = (delegate* unmanaged<nint, byte*, int*, byte*, int>)Export("ecdsa_recoverable_signature_serialize_compact");
        _recover = (delegate* unmanaged<nint, byte*, byte*, byte*, int>)Export("ecdsa_recover");
        _signRecoverable = (delegate* unmanaged<nint, byte*, byte*, byte*, nint, nint, int>)Export("ecdsa_sign_recoverable");
        _keyCreate = (delegate* unmanaged<nint, byte*, byte*, int>)Export("ec_pubkey_create");
        _keyParse = (delegate* unmanaged<nint, byte*, byte*, nuint, int>)Export("ec_pubkey_parse");
        _keySerialize = (delegate* unmanaged<nint, byte*, nuint*, byte*, uint, int>)Export("ec_pubkey_serialize");
        _signatureParse = (delegate* unmanaged<nint, byte*, byte*, int>)Export("ecdsa_signature_parse_compact");
        _signatureNormalize = (delegate* unmanaged<nint, byte*, byte*, int>)Export("ecdsa_signature_normalize");
        _verify = (delegate* unmanaged<nint, byte*, byte*, byte*, int>)Export("ecdsa_verify");
        _context = ((delegate* unmanaged<uint, nint>)Export("context_create"))(ContextFlags);
    }

    public Secp256k1Engine Kind => Secp256k1Engine.Native;

    /// <summary>The first library found that has the recovery module; null where there is none.</summary>
    public static Secp256k1Native? TryLoad()
    {
        foreach (var name in LibraryNames)
        {
            if (!NativeLibrary.TryLoad(name, out var library))
            {
                continue;
            }
            if (NativeLibrary.TryGetExport(library, "secp256k1_ecdsa_recover", out _))
            {
                return new Secp256k1Native(library);
            }
            NativeLibrary.Free(library);
        }
        return null;
    }

    [SkipLocalsInit]
    public bool TryRecover(in Hash256 messageHash, in UInt256 r, in UInt256 s, int recoveryId, Span<byte> publicKey)
    {
        // The library aborts the process for another id, as a caller's error.
        if (recoveryId is < 0 or > 3)
        {
            return false;
        }
        var compact = stackalloc byte[64];
        var signature = stackalloc byte[OpaqueRecoverableLength];
        var key = stackalloc byte[OpaqueKeyLength];
        WriteCompact(in r, in s, compact);
        fixed (Hash256* hash = &messageHash)
        {
            return _recoverableParse(_context, signature, compact, recoveryId) == 1
                && _recover(_context, key, signature, (byte*)hash) == 1
                && Serialize(key, publicKey);
        }
    }

    [SkipLocalsInit]
    public bool Verify(in Hash256 messageHash, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> publicKey)
    {
        var compact = stackalloc byte[64];
        var signature = stackalloc byte[OpaqueSignatureLength];
        var key = stackalloc byte[OpaqueKeyLength];
        var point = stackalloc byte[65];
        point[0] = 4;
        publicKey.CopyTo(new Span<byte>(point + 1, 64));
        WriteCompact(in r, in s, compact);
        if (_keyParse(_context, key, point, 65) != 1 || _signatureParse(_context, signature, compact) != 1)
        {
            return false;
        }
        // The library verifies low s only.
        _signatureNormalize(_context, signature, signature);
        fixed (Hash256* hash = &messageHash)
        {
            return _verify(_context, signature, (byte*)hash, key) == 1;
        }
    }

    [SkipLocalsInit]
    public bool TrySign(in Hash256 messageHash, in UInt256 privateKey, out Secp256k1Signature signature)
    {
        var secret = stackalloc byte[32];
        var compact = stackalloc byte[64];
        var recoverable = stackalloc byte[OpaqueRecoverableLength];
        var recoveryId = 0;
        privateKey.WriteBigEndian32(ref *secret);
        bool signed;
        fixed (Hash256* hash = &messageHash)
        {
            signed = _signRecoverable(_context, recoverable, (byte*)hash, secret, 0, 0) == 1
                && _recoverableSerialize(_context, compact, &recoveryId, recoverable) == 1;
        }
        new Span<byte>(secret, 32).Clear();
        signature = signed ? new(UInt256.FromBigEndian32(ref *compact), UInt256.FromBigEndian32(ref compact[32]), recoveryId) : default;
        return signed;
    }

    [SkipLocalsInit]
    public bool TryGetPublicKey(in UInt256 privateKey, Span<byte> publicKey)
    {
        var secret = stackalloc byte[32];
        var key = stackalloc byte[OpaqueKeyLength];
        privateKey.WriteBigEndian32(ref *secret);
        var created = _keyCreate(_context, key, secret) == 1 && Serialize(key, publicKey);
        new Span<byte>(secret, 32).Clear();
        return created;
    }

    private static void WriteCompact(in UInt256 r, in UInt256 s, byte* compact)
    {
        r.WriteBigEndian32(ref *compact);
        s.WriteBigEndian32(ref compact[32]);
    }

    private bool Serialize(byte* key, Span<byte> publicKey)
    {
        var point = stackalloc byte[65];
        nuint length = 65;
        var written = _keySerialize(_context, point, &length, key, Uncompressed) == 1;
        new ReadOnlySpan<byte>(point + 1, 64).CopyTo(publicKey);
        return written;
    }
}
