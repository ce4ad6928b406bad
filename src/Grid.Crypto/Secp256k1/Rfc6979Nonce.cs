using System.Security.Cryptography;
using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// The deterministic nonces of RFC 6979, section 3.2, with HMAC-SHA-256, for one key and one message's hash, reduced modulo n.
/// </summary>
internal sealed class Rfc6979Nonce
{
    private readonly byte[] _key = new byte[32];
    private readonly byte[] _value = new byte[32];
    private bool _isFirst = true;

    public Rfc6979Nonce(in UInt256 privateKey, in UInt256 reducedHash)
    {
        var seed = new byte[97];
        _value.AsSpan().Fill(1);
        privateKey.WriteBigEndian(seed.AsSpan(33));
        reducedHash.WriteBigEndian(seed.AsSpan(65));
        for (byte step = 0; step < 2; step++)
        {
            _value.CopyTo(seed, 0);
            seed[32] = step;
            HMACSHA256.HashData(_key, seed, _key);
            HMACSHA256.HashData(_key, _value, _value);
        }
        CryptographicOperations.ZeroMemory(seed);
    }

    /// <summary>The next candidate, which the caller checks for its range.</summary>
    public UInt256 Next()
    {
        if (!_isFirst)
        {
            Span<byte> input = stackalloc byte[33];
            _value.CopyTo(input);
            input[32] = 0;
            HMACSHA256.HashData(_key, input, _key);
            HMACSHA256.HashData(_key, _value, _value);
        }
        _isFirst = false;
        HMACSHA256.HashData(_key, _value, _value);
        return UInt256.FromBigEndian(_value);
    }
}
