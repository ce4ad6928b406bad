using Grid.Primitives;

namespace Grid.Crypto;

/// <summary>
/// Grid's own code, for machines without libsecp256k1. It takes a time that depends on its inputs, which recovery and verification may,
/// since they know no secret; sign with it only for development keys. Stateless, and so thread-safe.
/// </summary>
internal sealed class Secp256k1Managed : ISecp256k1Engine
{
    public Secp256k1Engine Kind => Secp256k1Engine.Managed;

    /// <summary>SEC 1, section 4.1.6: Q = r^-1 (s R - e G) with the R that r and the recovery id name.</summary>
    public bool TryRecover(in Hash256 messageHash, in UInt256 r, in UInt256 s, int recoveryId, Span<byte> publicKey)
    {
        if (recoveryId is < 0 or > 3 || !Secp256k1.IsInRange(in r) || !Secp256k1.IsInRange(in s))
        {
            return false;
        }
        var x = r;
        if ((recoveryId & 2) != 0 && (UInt256.AddOverflow(in r, in Secp256k1.Order, out x) || x >= Secp256k1Field.Prime))
        {
            return false;
        }
        if (!TryDecompress(in x, (recoveryId & 1) != 0, out var point))
        {
            return false;
        }
        var inverse = ModularInverse.Odd(r, in Secp256k1.Order);
        var u1 = UInt256.MulMod(Negate(Reduce(messageHash.ToWord())), in inverse, in Secp256k1.Order);
        var u2 = UInt256.MulMod(in s, in inverse, in Secp256k1.Order);
        return TryWrite(Secp256k1Multiplication.MultiplyAdd(in u1, in u2, in point), publicKey);
    }

    /// <summary>SEC 1, section 4.1.4.</summary>
    public bool Verify(in Hash256 messageHash, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> publicKey)
    {
        UInt256 x = UInt256.FromBigEndian(publicKey[..32]), y = UInt256.FromBigEndian(publicKey[32..]);
        if (!Secp256k1.IsInRange(in r) || !Secp256k1.IsInRange(in s) || x >= Secp256k1Field.Prime || y >= Secp256k1Field.Prime)
        {
            return false;
        }
        var point = new Secp256k1Affine(new Secp256k1Field(in x), new Secp256k1Field(in y));
        if (!(Secp256k1Field.Square(in point.Y) + Secp256k1Field.Negate(RightSide(in point.X), 2)).IsZero)
        {
            return false;
        }
        var inverse = ModularInverse.Odd(s, in Secp256k1.Order);
        var u1 = UInt256.MulMod(Reduce(messageHash.ToWord()), in inverse, in Secp256k1.Order);
        var u2 = UInt256.MulMod(in r, in inverse, in Secp256k1.Order);
        var sum = Secp256k1Multiplication.MultiplyAdd(in u1, in u2, in point);
        return !sum.IsInfinity && Reduce(sum.ToAffine().X.ToUInt256()) == r;
    }

    /// <summary>SEC 1, section 4.1.3, with the nonce of RFC 6979 and the lower of s and n - s.</summary>
    public bool TrySign(in Hash256 messageHash, in UInt256 privateKey, out Secp256k1Signature signature)
    {
        signature = default;
        if (!Secp256k1.IsInRange(in privateKey))
        {
            return false;
        }
        var e = Reduce(messageHash.ToWord());
        var nonces = new Rfc6979Nonce(in privateKey, in e);
        while (true)
        {
            var k = nonces.Next();
            if (!Secp256k1.IsInRange(in k))
            {
                continue;
            }
            var point = Secp256k1Multiplication.MultiplyAdd(in k, in UInt256.Zero, in Secp256k1Multiplication.Generator).ToAffine();
            var x = point.X.ToUInt256();
            var r = Reduce(in x);
            var sum = UInt256.AddMod(UInt256.MulMod(in r, in privateKey, in Secp256k1.Order), in e, in Secp256k1.Order);
            var s = UInt256.MulMod(in sum, ModularInverse.Odd(k, in Secp256k1.Order), in Secp256k1.Order);
            if (r.IsZero || s.IsZero)
            {
                continue;
            }
            var recoveryId = (int)(point.Y.ToUInt256().U0 & 1) | (x == r ? 0 : 2);
            signature = s > Secp256k1.HalfOrder ? new(r, Negate(in s), recoveryId ^ 1) : new(r, s, recoveryId);
            return true;
        }
    }

    public bool TryGetPublicKey(in UInt256 privateKey, Span<byte> publicKey) =>
        Secp256k1.IsInRange(in privateKey)
        && TryWrite(Secp256k1Multiplication.MultiplyAdd(in privateKey, in UInt256.Zero, in Secp256k1Multiplication.Generator), publicKey);

    private static bool TryDecompress(in UInt256 x, bool isOdd, out Secp256k1Affine point)
    {
        var field = new Secp256k1Field(in x);
        var square = RightSide(in field);
        var y = Secp256k1Field.SquareRootCandidate(in square);
        point = new(in field, in y);
        if (!(Secp256k1Field.Square(in y) + Secp256k1Field.Negate(in square, 2)).IsZero)
        {
            return false;
        }
        if (((y.ToUInt256().U0 & 1) != 0) != isOdd)
        {
            point = point.Negated;
        }
        return true;
    }

    /// <summary>x^3 + 7, with magnitude 2.</summary>
    private static Secp256k1Field RightSide(in Secp256k1Field x) => (Secp256k1Field.Square(in x) * x) + Secp256k1Field.Scale(in Secp256k1Field.One, 7);

    private static bool TryWrite(in Secp256k1Jacobian point, Span<byte> publicKey)
    {
        if (point.IsInfinity)
        {
            return false;
        }
        var affine = point.ToAffine();
        affine.X.ToUInt256().WriteBigEndian(publicKey);
        affine.Y.ToUInt256().WriteBigEndian(publicKey[32..]);
        return true;
    }

    /// <summary>A value below 2n modulo n.</summary>
    private static UInt256 Reduce(in UInt256 value) => value >= Secp256k1.Order ? value - Secp256k1.Order : value;

    private static UInt256 Negate(in UInt256 scalar) => scalar.IsZero ? scalar : Secp256k1.Order - scalar;
}
