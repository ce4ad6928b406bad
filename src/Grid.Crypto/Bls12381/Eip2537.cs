using System.Buffers;
using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// The operations of EIP-2537 on its encodings. Each is false for input of a wrong length, elements that aren't below p, points off their curve
/// and, but for additions, points outside of the subgroup of order r; the output then has no meaning.
/// </summary>
public static class Eip2537
{
    /// <summary>Bytes of a point of G1 and of one of G2.</summary>
    public const int G1Length = PointEncoding.G1Length;

    public const int G2Length = PointEncoding.G2Length;

    /// <summary>Bytes of a pairing check's answer.</summary>
    public const int PairingOutputLength = 32;

    /// <summary>Bytes of a point and its scalar, and of a pair of points.</summary>
    public const int G1MsmPairLength = G1Length + PointEncoding.ScalarLength;

    public const int G2MsmPairLength = G2Length + PointEncoding.ScalarLength;

    public const int PairingPairLength = G1Length + G2Length;

    /// <summary>BLS12_G1ADD.</summary>
    public static bool TryAddG1(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.Length != 2 * G1Length
            || !PointEncoding.TryRead(input, out AffinePoint<Fp> p)
            || !PointEncoding.TryRead(input[G1Length..], out AffinePoint<Fp> q))
        {
            return false;
        }
        PointEncoding.Write(p + q, output);
        return true;
    }

    /// <summary>BLS12_G2ADD.</summary>
    public static bool TryAddG2(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.Length != 2 * G2Length
            || !PointEncoding.TryRead(input, out AffinePoint<Fp2> p)
            || !PointEncoding.TryRead(input[G2Length..], out AffinePoint<Fp2> q))
        {
            return false;
        }
        PointEncoding.Write(p + q, output);
        return true;
    }

    /// <summary>BLS12_G1MSM.</summary>
    public static bool TrySumG1(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var count = input.Length / G1MsmPairLength;
        if (count == 0 || input.Length % G1MsmPairLength != 0)
        {
            return false;
        }
        var points = ArrayPool<AffinePoint<Fp>>.Shared.Rent(count);
        var scalars = ArrayPool<UInt256>.Shared.Rent(count);
        var isValid = true;
        for (var i = 0; i < count && isValid; i++)
        {
            var pair = input.Slice(i * G1MsmPairLength, G1MsmPairLength);
            isValid = PointEncoding.TryRead(pair, out points[i]) && (points[i].IsInfinity || G1.Contains(in points[i]));
            scalars[i] = UInt256.FromBigEndian(pair[G1Length..]);
        }
        if (isValid)
        {
            PointEncoding.Write(MultiScalar.Sum<Fp, G1>(points.AsSpan(0, count), scalars.AsSpan(0, count)).ToAffine(), output);
        }
        ArrayPool<AffinePoint<Fp>>.Shared.Return(points);
        ArrayPool<UInt256>.Shared.Return(scalars);
        return isValid;
    }

    /// <summary>BLS12_G2MSM.</summary>
    public static bool TrySumG2(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var count = input.Length / G2MsmPairLength;
        if (count == 0 || input.Length % G2MsmPairLength != 0)
        {
            return false;
        }
        var points = ArrayPool<AffinePoint<Fp2>>.Shared.Rent(count);
        var scalars = ArrayPool<UInt256>.Shared.Rent(count);
        var isValid = true;
        for (var i = 0; i < count && isValid; i++)
        {
            var pair = input.Slice(i * G2MsmPairLength, G2MsmPairLength);
            isValid = PointEncoding.TryRead(pair, out points[i]) && (points[i].IsInfinity || G2.Contains(in points[i]));
            scalars[i] = UInt256.FromBigEndian(pair[G2Length..]);
        }
        if (isValid)
        {
            PointEncoding.Write(MultiScalar.Sum<Fp2, G2>(points.AsSpan(0, count), scalars.AsSpan(0, count)).ToAffine(), output);
        }
        ArrayPool<AffinePoint<Fp2>>.Shared.Return(points);
        ArrayPool<UInt256>.Shared.Return(scalars);
        return isValid;
    }

    /// <summary>BLS12_PAIRING_CHECK: 32 bytes, 1 where the product of the pairings is 1.</summary>
    public static bool TryCheckPairing(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var count = input.Length / PairingPairLength;
        if (count == 0 || input.Length % PairingPairLength != 0)
        {
            return false;
        }
        var p = new AffinePoint<Fp>[count];
        var q = new AffinePoint<Fp2>[count];
        for (var i = 0; i < count; i++)
        {
            var pair = input.Slice(i * PairingPairLength, PairingPairLength);
            if (!PointEncoding.TryRead(pair, out p[i]) || !PointEncoding.TryRead(pair[G1Length..], out q[i])
                || !(p[i].IsInfinity || G1.Contains(in p[i])) || !(q[i].IsInfinity || G2.Contains(in q[i])))
            {
                return false;
            }
        }
        output[..PairingOutputLength].Clear();
        output[PairingOutputLength - 1] = Pairing.IsProductOne(p, q) ? (byte)1 : (byte)0;
        return true;
    }

    /// <summary>BLS12_MAP_FP_TO_G1.</summary>
    public static bool TryMapToG1(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.Length != PointEncoding.FpLength || !PointEncoding.TryRead(input, out Fp u))
        {
            return false;
        }
        PointEncoding.Write(MapToG1.Map(in u), output);
        return true;
    }

    /// <summary>BLS12_MAP_FP2_TO_G2.</summary>
    public static bool TryMapToG2(ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.Length != PointEncoding.Fp2Length || !PointEncoding.TryRead(input, out Fp2 u))
        {
            return false;
        }
        PointEncoding.Write(MapToG2.Map(in u), output);
        return true;
    }
}
