using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>ECDSA over secp256r1 (FIPS 186-5; SEC 1 and SEC 2), as EIP-7951 verifies it. All members are thread-safe.</summary>
public static class P256
{
    /// <summary>The number of points of the curve, n.</summary>
    public static readonly UInt256 Order = new(0xF3B9CAC2FC632551, 0xBCE6FAADA7179E84, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF00000000);

    /// <summary>The b of y^2 = x^3 - 3x + b.</summary>
    private static readonly P256Field CurveB = new(new UInt256(0x3BCE3C3E27D2604B, 0x651D06B0CC53B0F6, 0xB3EBBD55769886BC, 0x5AC635D8AA3A93E7));

    /// <summary>
    /// Whether r and s sign the hash for the public key (x, y): SEC 1, section 4.1.4. False where r or s is outside of [1, n-1], or the key
    /// is no point of the curve. A high s is accepted.
    /// </summary>
    public static bool Verify(in UInt256 messageHash, in UInt256 r, in UInt256 s, in UInt256 x, in UInt256 y)
    {
        if (!IsInRange(in r) || !IsInRange(in s) || x >= P256Field.Prime || y >= P256Field.Prime)
        {
            return false;
        }
        // Infinity, written (0, 0), isn't on the curve either.
        var key = new P256Affine(new P256Field(in x), new P256Field(in y));
        if (!IsOnCurve(in key))
        {
            return false;
        }
        var inverse = ModularInverse.Odd(s, in Order);
        var u1 = UInt256.MulMod(messageHash >= Order ? messageHash - Order : messageHash, in inverse, in Order);
        var u2 = UInt256.MulMod(in r, in inverse, in Order);
        var sum = P256Multiplication.MultiplyAdd(in u1, in u2, in key);
        return !sum.IsInfinity && HasAbscissa(in sum, in r);
    }

    private static bool IsInRange(in UInt256 scalar) => !scalar.IsZero && scalar < Order;

    private static bool IsOnCurve(in P256Affine point)
    {
        var three = P256Field.One + P256Field.One + P256Field.One;
        return P256Field.Equals(P256Field.Square(in point.Y), ((P256Field.Square(in point.X) - three) * point.X) + CurveB);
    }

    /// <summary>Whether x mod n is r: x is then r or, as p is below 2n, r + n. The point's Z needs no inversion.</summary>
    private static bool HasAbscissa(in P256Jacobian point, in UInt256 r)
    {
        var zz = P256Field.Square(in point.Z);
        return P256Field.Equals(new P256Field(in r) * zz, in point.X)
            || (!UInt256.AddOverflow(in r, in Order, out var x) && x < P256Field.Prime && P256Field.Equals(new P256Field(in x) * zz, in point.X));
    }
}
