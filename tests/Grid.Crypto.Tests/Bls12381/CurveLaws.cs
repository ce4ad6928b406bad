using CsCheck;
using Grid.Crypto.Bls12381;
using Grid.Primitives;

namespace Grid.Crypto.Tests.Bls12381;

/// <summary>The group law, endomorphisms and sums of multiples, for either curve.</summary>
internal sealed class CurveLaws<TField, TGroup>(AffinePoint<TField> generator, Gen<AffinePoint<TField>> curvePoints)
    where TField : struct, ICurveField<TField>
    where TGroup : ICurveGroup<TField>
{
    private static readonly Gen<ulong> Limbs = Gen.Frequency((4, Gen.ULong), (1, Gen.OneOf(0UL, 1UL, ulong.MaxValue, CurveGroup.Seed)));

    private static readonly Gen<UInt256> Scalars = Gen.Frequency(
        (6, Gen.Select(Limbs, Limbs, Limbs, Limbs, (a, b, c, d) => new UInt256(a, b, c, d))),
        (1, Gen.ULong[0, 3].Select(small => (UInt256)small)),
        (1, Gen.ULong[0, 3].Select(small => CurveGroup.Order - small)),
        (1, Gen.ULong[0, 3].Select(small => CurveGroup.Order + small)));

    private static JacobianPoint<TField> Multiply(in AffinePoint<TField> p, UInt256 scalar)
    {
        var sum = JacobianPoint<TField>.Infinity;
        for (var bit = scalar.BitLength - 1; bit >= 0; bit--)
        {
            sum = sum.Double();
            if (((scalar >> bit).U0 & 1) != 0)
            {
                sum += p;
            }
        }
        return sum;
    }

    private static void AssertEqual(in JacobianPoint<TField> expected, in JacobianPoint<TField> actual) =>
        Assert.True(JacobianPoint<TField>.AreEqual(in expected, in actual));

    private static ulong Word(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    private static JacobianPoint<TField> Projective(in AffinePoint<TField> p) => new(in p);

    public void PointsAreAGroup() =>
        Gen.Select(curvePoints, curvePoints, curvePoints, Gen.Int[0, 3]).Sample((p, q, r, form) =>
        {
            q = form switch { 0 => q, 1 => p, 2 => -p, _ => AffinePoint<TField>.Infinity };
            Assert.True(p.IsOnCurve(TGroup.B) && q.IsOnCurve(TGroup.B) && (p + q).IsOnCurve(TGroup.B));
            var sum = Projective(p + q);
            AssertEqual(sum, Projective(q + p));
            AssertEqual(sum, Projective(p) + q);
            AssertEqual(sum, Projective(p) + Projective(q));
            // The same with denominators.
            var (pz, qz) = (Projective(p + r) + -Projective(r), Projective(q + r) + -Projective(r));
            AssertEqual(sum, pz + qz);
            AssertEqual(sum, pz + q);
            AssertEqual(pz + pz, pz.Double());
            AssertEqual(Projective(p + p), pz.Double());
            AssertEqual(Projective((p + q) + r), Projective(p + (q + r)));
            Assert.True((p + -p).IsInfinity && (pz + -pz).IsInfinity && (pz + -p).IsInfinity);
            Assert.True(JacobianPoint<TField>.Infinity.Double().IsInfinity);
            Assert.Equal(q.IsInfinity, qz.ToAffine().IsInfinity);
        }, iter: 100);

    public void TheSubgroupIsWhatItsOrderAnnihilates() =>
        Gen.Select(curvePoints, Scalars).Sample((p, scalar) =>
        {
            Assert.Equal(Multiply(p, CurveGroup.Order).IsInfinity, CurveGroup.Contains<TField, TGroup>(p));
            // The cofactors are no multiples of r, so r P is outside of the subgroup unless it is infinity.
            var outside = Multiply(p, CurveGroup.Order).ToAffine();
            Assert.True(outside.IsInfinity || !CurveGroup.Contains<TField, TGroup>(outside));
            var inside = Multiply(generator, scalar).ToAffine();
            Assert.True(inside.IsInfinity || CurveGroup.Contains<TField, TGroup>(inside));
            Assert.False(CurveGroup.Contains<TField, TGroup>(inside + p));
            AssertEqual(Multiply(inside, TGroup.Multiplier), Projective(TGroup.Map(inside)));
        }, iter: 15);

    public void TheGeneratorGenerates() => Assert.True(
        generator.IsOnCurve(TGroup.B) && !generator.IsInfinity && Multiply(generator, CurveGroup.Order).IsInfinity);

    public void PartsAddUpToTheScalar() =>
        Scalars.Sample(scalar =>
        {
            var parts = new UInt128[TGroup.Parts];
            var reduced = scalar % CurveGroup.Order;
            Assert.Equal(!reduced.IsZero, MultiScalar.Split<TField, TGroup>(scalar, parts));
            var sum = UInt256.Zero;
            for (var i = parts.Length - 1; i >= 0 && !reduced.IsZero; i--)
            {
                Assert.True(((UInt256)parts[i]).BitLength <= TGroup.PartBits);
                sum = (sum * TGroup.Multiplier) + parts[i];
            }
            Assert.Equal(reduced, sum);
        });

    public void OneMultipleAgreesWithDoublingAndAdding() =>
        Gen.Select(Scalars, Scalars).Sample((a, b) =>
        {
            var p = Multiply(generator, a).ToAffine();
            AssertEqual(Multiply(p, b), MultiScalar.Sum<TField, TGroup>([p], [b]));
        }, iter: 30);

    /// <summary>
    /// Sums of any length on both sides of the limit between the two ways, with repeated, opposite and infinite points and scalars of 0.
    /// </summary>
    public void SumsAgreeWithDoublingAndAdding() =>
        Gen.Select(Gen.Int[1, 200], Gen.ULong).Sample((count, seed) =>
        {
            var random = new Random((int)seed);
            var points = new AffinePoint<TField>[count];
            var scalars = new UInt256[count];
            var total = UInt256.Zero;
            var p = generator;
            UInt256 log = 1;
            for (var i = 0; i < count; i++)
            {
                var scalar = new UInt256(Word(random), Word(random), Word(random), Word(random));
                switch (random.Next(8))
                {
                    case 0:
                        scalar = 0;
                        break;
                    case 1:
                        scalar = scalar.U0 & 15;
                        break;
                    case 2:
                        (p, log) = (-p, CurveGroup.Order - log);
                        break;
                    case 3:
                        break;
                    case 4:
                        points[i] = AffinePoint<TField>.Infinity;
                        scalars[i] = scalar;
                        continue;
                    default:
                        (p, log) = (p + p + generator, UInt256.AddMod(UInt256.AddMod(log, log, CurveGroup.Order), 1, CurveGroup.Order));
                        break;
                }
                points[i] = p;
                scalars[i] = scalar;
                total = UInt256.AddMod(total, UInt256.MulMod(scalar, log, CurveGroup.Order), CurveGroup.Order);
            }
            AssertEqual(Multiply(generator, total), MultiScalar.Sum<TField, TGroup>(points, scalars));
        }, iter: 40);

    public void ASumInManyGroupsOfWindows()
    {
        const int Count = 3_000;
        var points = new AffinePoint<TField>[Count];
        var scalars = new UInt256[Count];
        points.AsSpan().Fill(generator);
        var total = UInt256.Zero;
        for (var i = 0; i < Count; i++)
        {
            scalars[i] = CurveGroup.Order - ((UInt256)(ulong)i * (UInt256)(ulong)i * CurveGroup.Seed) - 1;
            total = UInt256.AddMod(total, scalars[i], CurveGroup.Order);
        }
        AssertEqual(Multiply(generator, total), MultiScalar.Sum<TField, TGroup>(points, scalars));
    }

    public void NoPointsSumToInfinity() => Assert.True(MultiScalar.Sum<TField, TGroup>([], []).IsInfinity);
}
