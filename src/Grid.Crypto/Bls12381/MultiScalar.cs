using System.Buffers;
using Grid.Primitives;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// Sums of multiples of points of a subgroup. Every scalar is split into the digits of base <see cref="ICurveGroup{TField}.Multiplier"/>, which
/// belong to the point's images under the endomorphism. A few points share their doublings (Straus); many go through <see cref="Buckets{TField}"/>.
/// </summary>
internal static class MultiScalar
{
    /// <summary>From this many parts of scalars on buckets cost less; measured for both groups.</summary>
    private const int PartsForBuckets = 40;

    /// <summary>Digits of the signed form (wNAF) are odd and below 2^3.</summary>
    private const int Width = 4;

    private const int TableLength = 1 << (Width - 2);

    /// <summary>k1 P1 + ... + kn Pn. All points are in the subgroup; scalars may be any numbers of 256 bits.</summary>
    public static JacobianPoint<TField> Sum<TField, TGroup>(ReadOnlySpan<AffinePoint<TField>> points, ReadOnlySpan<UInt256> scalars)
        where TField : struct, ICurveField<TField>
        where TGroup : ICurveGroup<TField>
    {
        var parts = ArrayPool<UInt128>.Shared.Rent(points.Length * TGroup.Parts);
        var used = ArrayPool<AffinePoint<TField>>.Shared.Rent(points.Length);
        var count = 0;
        for (var i = 0; i < points.Length; i++)
        {
            if (!points[i].IsInfinity && Split<TField, TGroup>(in scalars[i], parts.AsSpan(count * TGroup.Parts, TGroup.Parts)))
            {
                used[count++] = points[i];
            }
        }
        var usedParts = parts.AsSpan(0, count * TGroup.Parts);
        var sum = usedParts.Length < PartsForBuckets
            ? Straus<TField, TGroup>(used.AsSpan(0, count), usedParts)
            : WithBuckets<TField, TGroup>(used.AsSpan(0, count), usedParts);
        ArrayPool<UInt128>.Shared.Return(parts);
        ArrayPool<AffinePoint<TField>>.Shared.Return(used);
        return sum;
    }

    /// <summary>The digits of a scalar modulo r, lowest first; false for 0.</summary>
    public static bool Split<TField, TGroup>(in UInt256 scalar, Span<UInt128> parts)
        where TField : struct, ICurveField<TField>
        where TGroup : ICurveGroup<TField>
    {
        var rest = scalar < CurveGroup.Order ? scalar : scalar % CurveGroup.Order;
        if (rest.IsZero)
        {
            return false;
        }
        for (var i = 0; i < parts.Length; i++)
        {
            UInt256.DivRem(in rest, TGroup.Multiplier, out rest, out var digit);
            parts[i] = new UInt128(digit.U1, digit.U0);
        }
        return true;
    }

    /// <summary>Adds the tables' odd multiples along one chain of doublings.</summary>
    private static JacobianPoint<TField> Straus<TField, TGroup>(ReadOnlySpan<AffinePoint<TField>> points, ReadOnlySpan<UInt128> parts)
        where TField : struct, ICurveField<TField>
        where TGroup : ICurveGroup<TField>
    {
        if (points.IsEmpty)
        {
            return JacobianPoint<TField>.Infinity;
        }
        var tables = Tables<TField, TGroup>(points);
        var length = TGroup.PartBits + 1;
        var digits = new sbyte[parts.Length * length];
        for (var i = 0; i < parts.Length; i++)
        {
            SignedForm(parts[i], digits.AsSpan(i * length, length));
        }
        var sum = JacobianPoint<TField>.Infinity;
        for (var bit = length - 1; bit >= 0; bit--)
        {
            sum = sum.Double();
            for (var i = 0; i < parts.Length; i++)
            {
                var digit = digits[(i * length) + bit];
                if (digit != 0)
                {
                    ref readonly var multiple = ref tables[(i * TableLength) + (Math.Abs(digit) >> 1)];
                    sum += digit > 0 ? multiple : -multiple;
                }
            }
        }
        return sum;
    }

    /// <summary>P, 3P, 5P, 7P of every point and of its images, in the order of the scalars' parts.</summary>
    private static AffinePoint<TField>[] Tables<TField, TGroup>(ReadOnlySpan<AffinePoint<TField>> points)
        where TField : struct, ICurveField<TField>
        where TGroup : ICurveGroup<TField>
    {
        var odd = new JacobianPoint<TField>[points.Length * TableLength];
        for (var i = 0; i < points.Length; i++)
        {
            odd[i * TableLength] = new(in points[i]);
            var twice = odd[i * TableLength].Double();
            odd[(i * TableLength) + 1] = twice + points[i];
            for (var j = 2; j < TableLength; j++)
            {
                odd[(i * TableLength) + j] = odd[(i * TableLength) + j - 1] + twice;
            }
        }
        var affine = new AffinePoint<TField>[odd.Length];
        JacobianPoint<TField>.ToAffine(odd, affine);
        var tables = new AffinePoint<TField>[odd.Length * TGroup.Parts];
        for (var i = 0; i < points.Length; i++)
        {
            for (var j = 0; j < TableLength; j++)
            {
                var image = affine[(i * TableLength) + j];
                for (var part = 0; part < TGroup.Parts; part++)
                {
                    tables[(((i * TGroup.Parts) + part) * TableLength) + j] = image;
                    image = TGroup.Map(in image);
                }
            }
        }
        return tables;
    }

    /// <summary>
    /// The digits of the width-w non-adjacent form (Handbook of Elliptic and Hyperelliptic Curve Cryptography, algorithm 9.35), one a bit.
    /// </summary>
    private static void SignedForm(UInt128 scalar, Span<sbyte> digits)
    {
        var carry = 0;
        for (var bit = 0; bit < digits.Length; bit++)
        {
            digits[bit] = 0;
            // UInt128 takes the count of a shift modulo 128.
            var rest = bit < 128 ? (int)(uint)(scalar >> bit) & ((1 << Width) - 1) : 0;
            if (((rest & 1) ^ carry) == 0)
            {
                continue;
            }
            var window = rest + carry;
            carry = window >> (Width - 1);
            digits[bit] = (sbyte)(window - (carry << Width));
            for (var skipped = 1; skipped < Width && bit + 1 < digits.Length; skipped++)
            {
                digits[++bit] = 0;
            }
        }
    }

    private static JacobianPoint<TField> WithBuckets<TField, TGroup>(ReadOnlySpan<AffinePoint<TField>> points, ReadOnlySpan<UInt128> parts)
        where TField : struct, ICurveField<TField>
        where TGroup : ICurveGroup<TField>
    {
        var images = ArrayPool<AffinePoint<TField>>.Shared.Rent(parts.Length);
        for (var i = 0; i < points.Length; i++)
        {
            var image = points[i];
            for (var part = 0; part < TGroup.Parts; part++)
            {
                images[(i * TGroup.Parts) + part] = image;
                image = TGroup.Map(in image);
            }
        }
        var sum = Buckets<TField>.Sum(images.AsSpan(0, parts.Length), parts, TGroup.PartBits);
        ArrayPool<AffinePoint<TField>>.Shared.Return(images);
        return sum;
    }
}
