namespace Grid.Crypto.Bls12381;

/// <summary>A point of y^2 = x^3 + b in affine coordinates below 3p with magnitude 1, or infinity.</summary>
internal readonly struct AffinePoint<TField>
    where TField : struct, ICurveField<TField>
{
    public readonly TField X, Y;
    private readonly bool _isFinite;

    public AffinePoint(in TField x, in TField y)
    {
        X = x;
        Y = y;
        _isFinite = true;
    }

    public static AffinePoint<TField> Infinity => default;

    public bool IsInfinity => !_isFinite;

    public static AffinePoint<TField> operator -(in AffinePoint<TField> p) => p._isFinite ? new(in p.X, -p.Y) : p;

    public bool IsOnCurve(in TField b) => !_isFinite || (TField.Square(in Y) - ((TField.Square(in X) * X) + b)).IsZero;

    /// <summary>The sum by chord or tangent, with one inversion: what a single addition of affine points costs least with.</summary>
    public static AffinePoint<TField> operator +(in AffinePoint<TField> p, in AffinePoint<TField> q) =>
        Add(in p, in q, TField.Invert(Denominator(in p, in q)));

    /// <summary>What the slope of the line through both, or of the tangent, is divided by; 0 where the sum needs no line.</summary>
    public static TField Denominator(in AffinePoint<TField> p, in AffinePoint<TField> q)
    {
        if (!p._isFinite || !q._isFinite)
        {
            return TField.Zero;
        }
        var run = q.X - p.X;
        // No point has y = 0, the double of which would be infinity: the orders of both curves are odd.
        return !run.IsZero ? run : AreOpposite(in p, in q) ? TField.Zero : p.Y + p.Y;
    }

    /// <summary>The sum, given what <see cref="Denominator"/> says inverted.</summary>
    public static AffinePoint<TField> Add(in AffinePoint<TField> p, in AffinePoint<TField> q, in TField inverse)
    {
        if (!p._isFinite || !q._isFinite)
        {
            return p._isFinite ? p : q;
        }
        var isDouble = (q.X - p.X).IsZero;
        if (isDouble && AreOpposite(in p, in q))
        {
            return Infinity;
        }
        var slope = (isDouble ? TField.Scale(TField.Square(in p.X), 3) : q.Y - p.Y) * inverse;
        var x = TField.Square(in slope) - (p.X + q.X);
        return new(in x, (slope * (p.X - x)) - p.Y);
    }

    /// <summary>Of two points with the same x, whether one is the other's negative.</summary>
    private static bool AreOpposite(in AffinePoint<TField> p, in AffinePoint<TField> q) => !(q.Y - p.Y).IsZero;
}
