namespace Grid.Crypto.Bls12381;

/// <summary>
/// EIP-2537's encodings: 64 bytes for an element of Fp, of which the first sixteen are zero, c0 and c1 for one of Fp2, x and y for a point, zeros for
/// infinity. Elements must be below p and points on their curve.
/// </summary>
internal static class PointEncoding
{
    public const int FpLength = 64;
    public const int Fp2Length = 2 * FpLength;
    public const int G1Length = 2 * FpLength;
    public const int G2Length = 2 * Fp2Length;
    public const int ScalarLength = 32;

    private const int PaddingLength = FpLength - Fp.Length;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Fp value)
    {
        value = default;
        return !bytes[..PaddingLength].ContainsAnyExcept((byte)0) && Fp.TryRead(bytes[PaddingLength..FpLength], out value);
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Fp2 value)
    {
        value = default;
        if (!TryRead(bytes, out Fp c0) || !TryRead(bytes[FpLength..], out Fp c1))
        {
            return false;
        }
        value = new(in c0, in c1);
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out AffinePoint<Fp> point)
    {
        point = default;
        if (!bytes[..G1Length].ContainsAnyExcept((byte)0))
        {
            return true;
        }
        if (!TryRead(bytes, out Fp x) || !TryRead(bytes[FpLength..], out Fp y))
        {
            return false;
        }
        point = new(in x, in y);
        return point.IsOnCurve(G1.B);
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out AffinePoint<Fp2> point)
    {
        point = default;
        if (!bytes[..G2Length].ContainsAnyExcept((byte)0))
        {
            return true;
        }
        if (!TryRead(bytes, out Fp2 x) || !TryRead(bytes[Fp2Length..], out Fp2 y))
        {
            return false;
        }
        point = new(in x, in y);
        return point.IsOnCurve(G2.B);
    }

    public static void Write(in AffinePoint<Fp> point, Span<byte> bytes)
    {
        bytes[..G1Length].Clear();
        if (!point.IsInfinity)
        {
            Write(in point.X, bytes);
            Write(in point.Y, bytes[FpLength..]);
        }
    }

    public static void Write(in AffinePoint<Fp2> point, Span<byte> bytes)
    {
        bytes[..G2Length].Clear();
        if (!point.IsInfinity)
        {
            Write(in point.X.C0, bytes);
            Write(in point.X.C1, bytes[FpLength..]);
            Write(in point.Y.C0, bytes[Fp2Length..]);
            Write(in point.Y.C1, bytes[(Fp2Length + FpLength)..]);
        }
    }

    private static void Write(in Fp value, Span<byte> bytes) => value.Write(bytes.Slice(PaddingLength, Fp.Length));
}
