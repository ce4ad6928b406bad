using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// A subgroup of prime order r with an endomorphism that costs next to nothing: on the subgroup it multiplies by a number that splits scalars
/// into short parts (Galbraith, Lin, Scott, "Endomorphisms for faster elliptic curve cryptography on a large class of curves", 2009).
/// </summary>
internal interface ICurveGroup<TField>
    where TField : struct, ICurveField<TField>
{
    /// <summary>b of the curve's equation.</summary>
    static abstract TField B { get; }

    /// <summary>How many parts a scalar is split into.</summary>
    static abstract int Parts { get; }

    /// <summary>The bits of a part.</summary>
    static abstract int PartBits { get; }

    /// <summary>The number that the endomorphism multiplies by, which is below 2^<see cref="PartBits"/>.</summary>
    static abstract UInt256 Multiplier { get; }

    /// <summary>The endomorphism.</summary>
    static abstract AffinePoint<TField> Map(in AffinePoint<TField> p);
}

/// <summary>What belongs to the group rather than to a formula.</summary>
internal static class CurveGroup
{
    /// <summary>The size of the parameter x of BLS12-381, which is negative.</summary>
    public const ulong Seed = 0xd201000000010000;

    /// <summary>The order r of both groups, and of the pairing's target group: BLS_MODULUS of EIP-4844.</summary>
    public static readonly UInt256 Order = new(0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48);

    /// <summary>
    /// Whether a point of the curve is in the subgroup: there, and only there, the endomorphism multiplies by its number (Scott, "A note on group
    /// membership tests for G1, G2 and GT on BLS pairing-friendly curves", 2021, section 4 and 6; the proof is El Housni, Guillevic, Piellard,
    /// "Co-factor clearing and subgroup membership testing on pairing-friendly curves", 2022; both named by EIP-2537).
    /// </summary>
    public static bool Contains<TField, TGroup>(in AffinePoint<TField> p)
        where TField : struct, ICurveField<TField>
        where TGroup : ICurveGroup<TField>
    {
        var multiple = new JacobianPoint<TField>(in p);
        for (var bits = 0; bits < TGroup.PartBits; bits += 64)
        {
            multiple = MultiplyBySeed(in multiple);
        }
        return JacobianPoint<TField>.AreEqual(in multiple, new(TGroup.Map(in p)));
    }

    /// <summary>|x| P: 63 doublings and five additions.</summary>
    public static JacobianPoint<TField> MultiplyBySeed<TField>(in JacobianPoint<TField> p)
        where TField : struct, ICurveField<TField>
    {
        var result = p;
        for (var bit = 62; bit >= 0; bit--)
        {
            result = result.Double();
            if (((Seed >> bit) & 1) != 0)
            {
                result += p;
            }
        }
        return result;
    }
}
