using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// The curve alt_bn128 as the precompiles use it: sums and multiples (EIP-196) and the check of a product of pairings (EIP-197). A point is
/// x and y, each 32 bytes big-endian and below p; (0, 0) is infinity. A coordinate of the second group a + b i is b, then a. All
/// members are thread-safe and return false for input that isn't well-formed.
/// </summary>
public static class Bn254
{
    /// <summary>Bytes of a point of the first group, which is what <see cref="TryAdd"/> and <see cref="TryMultiply"/> write.</summary>
    public const int PointLength = 64;

    public const int AddInputLength = 2 * PointLength;

    public const int MultiplyInputLength = PointLength + 32;

    /// <summary>Bytes of a point of each group.</summary>
    public const int PairLength = 3 * PointLength;

    /// <summary>Writes the sum of two points. The input goes on with zeros, and what is beyond its 128 bytes doesn't count.</summary>
    public static bool TryAdd(ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> padded = stackalloc byte[AddInputLength];
        Pad(input, padded);
        if (!TryReadPoint(padded, out var p, out var isPInfinity) || !TryReadPoint(padded[PointLength..], out var q, out var isQInfinity))
        {
            return false;
        }
        if (isPInfinity || isQInfinity)
        {
            // Both were found well-formed, so the finite one's bytes are the sum.
            (isPInfinity ? padded[PointLength..] : padded[..PointLength]).CopyTo(output);
            return true;
        }
        if (!Bn254Field.Equals(in p.X, in q.X))
        {
            Write(AddWithSlope(in p, in q, (q.Y - p.Y) * Bn254Field.Invert(q.X - p.X)), output);
        }
        else if (Bn254Field.Equals(in p.Y, in q.Y))
        {
            // No point has a y of 0, as the number of points is odd.
            var square = Bn254Field.Square(in p.X);
            Write(AddWithSlope(in p, in q, (square + square + square) * Bn254Field.Invert(p.Y + p.Y)), output);
        }
        else
        {
            output[..PointLength].Clear();
        }
        return true;
    }

    /// <summary>Writes a multiple of a point; the scalar is any number. The input goes on with zeros, and what is beyond its 96 bytes doesn't count.</summary>
    public static bool TryMultiply(ReadOnlySpan<byte> input, Span<byte> output)
    {
        Span<byte> padded = stackalloc byte[MultiplyInputLength];
        Pad(input, padded);
        if (!TryReadPoint(padded, out var p, out var isInfinity))
        {
            return false;
        }
        var product = isInfinity
            ? Bn254Jacobian<Bn254Field>.Infinity
            : Bn254Multiplication.Multiply(UInt256.FromBigEndian(padded[PointLength..]), in p);
        if (product.IsInfinity)
        {
            output[..PointLength].Clear();
        }
        else
        {
            Write(product.ToAffine(), output);
        }
        return true;
    }

    /// <summary>
    /// Tells whether the product of the pairings of all pairs of points is one; without any it is. Not well-formed is also a point of the second curve
    /// that isn't in the group.
    /// </summary>
    public static bool TryCheckPairing(ReadOnlySpan<byte> input, out bool isOne)
    {
        isOne = false;
        if (input.Length % PairLength != 0)
        {
            return false;
        }
        var pairing = new Bn254Pairing(input.Length / PairLength);
        for (; !input.IsEmpty; input = input[PairLength..])
        {
            if (!TryReadPoint(input, out var p, out var isPInfinity) || !TryReadTwistPoint(input[PointLength..PairLength], out var q, out var isQInfinity))
            {
                return false;
            }
            if (!isPInfinity && !isQInfinity)
            {
                pairing.Add(in p, in q);
            }
        }
        isOne = pairing.Product().IsOne;
        return true;
    }

    /// <summary>The third point of the line through p and q, mirrored.</summary>
    private static Bn254Affine<Bn254Field> AddWithSlope(in Bn254Affine<Bn254Field> p, in Bn254Affine<Bn254Field> q, in Bn254Field slope)
    {
        var x = Bn254Field.Square(in slope) - p.X - q.X;
        return new(in x, (slope * (p.X - x)) - p.Y);
    }

    private static void Pad(ReadOnlySpan<byte> input, Span<byte> padded)
    {
        input = input[..Math.Min(input.Length, padded.Length)];
        input.CopyTo(padded);
        padded[input.Length..].Clear();
    }

    private static bool TryReadPoint(ReadOnlySpan<byte> bytes, out Bn254Affine<Bn254Field> point, out bool isInfinity)
    {
        var isValid = Bn254Field.TryRead(bytes, out var x) & Bn254Field.TryRead(bytes[32..], out var y);
        point = new(in x, in y);
        isInfinity = x.IsZero && y.IsZero;
        return isValid && (isInfinity || point.IsOnCurve);
    }

    private static bool TryReadTwistPoint(ReadOnlySpan<byte> bytes, out Bn254Affine<Bn254Field2> point, out bool isInfinity)
    {
        var isValid = Bn254Field.TryRead(bytes, out var xb) & Bn254Field.TryRead(bytes[32..], out var xa)
            & Bn254Field.TryRead(bytes[64..], out var yb) & Bn254Field.TryRead(bytes[96..], out var ya);
        point = new(new Bn254Field2(in xa, in xb), new Bn254Field2(in ya, in yb));
        isInfinity = point.X.IsZero && point.Y.IsZero;
        return isValid && (isInfinity || (point.IsOnCurve && Bn254Twist.IsInSubgroup(in point)));
    }

    private static void Write(in Bn254Affine<Bn254Field> point, Span<byte> output)
    {
        point.X.ToUInt256().WriteBigEndian(output);
        point.Y.ToUInt256().WriteBigEndian(output[32..]);
    }
}
