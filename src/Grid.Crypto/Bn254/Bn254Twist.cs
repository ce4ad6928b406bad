namespace Grid.Crypto;

/// <summary>The curve y^2 = x^3 + 3 / xi over the quadratic field, on which the pairing's second argument is.</summary>
internal static class Bn254Twist
{
    /// <summary>The parameter u of the curve.</summary>
    public const ulong U = 4965661367192848881;

    /// <summary>The signed digits of u, lowest first; a third of them is not 0.</summary>
    private static readonly sbyte[] DigitsOfU = Bn254Pairing.NonAdjacentForm(U);

    /// <summary>
    /// Whether a point of the curve is in the subgroup of order r. With psi the p-th power seen through the twist, that is
    /// (u+1) Q + psi(u Q) + psi^2(u Q) = psi^3(2u Q) (Dai, Lin, Zhao, Zhou, "Fast subgroup membership testings for G1, G2 and GT on
    /// pairing-friendly curves", 2022, section 5): as psi^2 - (6u^2 + 1) psi + p = 0 on the whole curve, the points for which it
    /// holds have an order that divides the norm of u + 1 + u X + u X^2 - 2u X^3, and the greatest common divisor of that norm and of the number
    /// of points r (2p - r) is r.
    /// </summary>
    public static bool IsInSubgroup(in Bn254Affine<Bn254Field2> point)
    {
        var uq = MultiplyByU(in point);
        var left = uq.Add(in point);
        var image = Psi(in uq);
        left = left.Add(in image);
        image = Psi(in image);
        left = left.Add(in image);
        var right = Psi(in image).Double();
        return left.IsSame(in right);
    }

    /// <summary>The p-th power, seen through the twist.</summary>
    public static Bn254Affine<Bn254Field2> Psi(in Bn254Affine<Bn254Field2> q) =>
        new(q.X.Conjugate * Bn254Field12.TwistFactorX, q.Y.Conjugate * Bn254Field12.TwistFactorY);

    internal static Bn254Jacobian<Bn254Field2> Psi(in Bn254Jacobian<Bn254Field2> q) =>
        new(q.X.Conjugate * Bn254Field12.TwistFactorX, q.Y.Conjugate * Bn254Field12.TwistFactorY, q.Z.Conjugate);

    private static Bn254Jacobian<Bn254Field2> MultiplyByU(in Bn254Affine<Bn254Field2> point)
    {
        var negated = point.Negated;
        var digits = DigitsOfU;
        var sum = new Bn254Jacobian<Bn254Field2>(in point);
        for (var i = digits.Length - 2; i >= 0; i--)
        {
            sum = sum.Double();
            if (digits[i] != 0)
            {
                sum = sum.Add(digits[i] > 0 ? point : negated);
            }
        }
        return sum;
    }
}
