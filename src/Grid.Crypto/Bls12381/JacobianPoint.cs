using System.Runtime.CompilerServices;

namespace Grid.Crypto.Bls12381;

/// <summary>
/// A point of y^2 = x^3 + b in Jacobian coordinates, x = X/Z^2 and y = Y/Z^3; infinity is a flag. Coordinates are below 6p with magnitude up to 2.
/// Formulas: dbl-2009-l, madd-2007-bl and add-2007-bl of the Explicit-Formulas Database, or near them. Variable time.
/// </summary>
internal readonly struct JacobianPoint<TField>
    where TField : struct, ICurveField<TField>
{
    public readonly TField X, Y, Z;
    private readonly bool _isFinite;

    public JacobianPoint(in TField x, in TField y, in TField z)
    {
        X = x;
        Y = y;
        Z = z;
        _isFinite = true;
    }

    public JacobianPoint(in AffinePoint<TField> p)
    {
        X = p.X;
        Y = p.Y;
        Z = TField.One;
        _isFinite = !p.IsInfinity;
    }

    public static JacobianPoint<TField> Infinity => default;

    public bool IsInfinity => !_isFinite;

    public static JacobianPoint<TField> operator -(in JacobianPoint<TField> p) => p._isFinite ? new(in p.X, -p.Y, in p.Z) : p;

    /// <summary>2P with three products and four squares.</summary>
    public JacobianPoint<TField> Double()
    {
        // No point has y = 0, the double of which would be infinity: the orders of both curves are odd.
        if (!_isFinite)
        {
            return this;
        }
        var b = TField.Square(in Y);
        var s = TField.Scale(X * b, 4); // magnitude 4
        var e = TField.Scale(TField.Square(in X), 3); // 3
        var x = TField.Square(in e) - (s + s);
        var y = (e * (s - x)) - TField.Scale(TField.Square(in b), 8);
        var z = Y * Z;
        return new(in x, in y, z + z);
    }

    /// <summary>P + Q with eight products and three squares.</summary>
    public static JacobianPoint<TField> operator +(in JacobianPoint<TField> p, in AffinePoint<TField> q)
    {
        if (q.IsInfinity)
        {
            return p;
        }
        if (!p._isFinite)
        {
            return new(in q);
        }
        var zz = TField.Square(in p.Z);
        var h = (q.X * zz) - p.X;
        var r = (q.Y * (zz * p.Z)) - p.Y;
        if (h.IsZero)
        {
            return r.IsZero ? p.Double() : Infinity;
        }
        return Combine(in p.X, in p.Y, p.Z * h, in h, in r);
    }

    /// <summary>P + Q with twelve products and four squares.</summary>
    public static JacobianPoint<TField> operator +(in JacobianPoint<TField> p, in JacobianPoint<TField> q)
    {
        if (!q._isFinite)
        {
            return p;
        }
        if (!p._isFinite)
        {
            return q;
        }
        var pzz = TField.Square(in p.Z);
        var qzz = TField.Square(in q.Z);
        var x = p.X * qzz;
        var y = p.Y * (qzz * q.Z);
        var h = (q.X * pzz) - x;
        var r = (q.Y * (pzz * p.Z)) - y;
        if (h.IsZero)
        {
            return r.IsZero ? p.Double() : Infinity;
        }
        return Combine(in x, in y, p.Z * q.Z * h, in h, in r);
    }

    /// <summary>
    /// The rest of both additions: x and y are those of the first point over the common denominator, h and r the differences to the second's.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static JacobianPoint<TField> Combine(in TField x, in TField y, in TField z, in TField h, in TField r)
    {
        var hh = TField.Square(in h);
        var hhh = h * hh;
        var v = x * hh;
        var sumX = TField.Square(in r) - (hhh + v + v);
        var sumY = (r * (v - sumX)) - (y * hhh);
        return new(in sumX, in sumY, in z);
    }

    /// <summary>The affine form, given 1/Z.</summary>
    public AffinePoint<TField> ToAffine(in TField inverseZ)
    {
        var square = TField.Square(in inverseZ);
        return new(X * square, Y * (square * inverseZ));
    }

    public AffinePoint<TField> ToAffine() => _isFinite ? ToAffine(TField.Invert(in Z)) : AffinePoint<TField>.Infinity;

    /// <summary>The affine forms of several finite points with one inversion (Montgomery's trick); an infinite one stays so.</summary>
    public static void ToAffine(ReadOnlySpan<JacobianPoint<TField>> points, Span<AffinePoint<TField>> affine)
    {
        var product = TField.One;
        // On the way up each place keeps the product of the denominators before it, in its x.
        for (var i = 0; i < points.Length; i++)
        {
            affine[i] = new(in product, in product);
            product = points[i]._isFinite ? product * points[i].Z : product;
        }
        var inverse = TField.Invert(in product);
        for (var i = points.Length - 1; i >= 0; i--)
        {
            if (!points[i]._isFinite)
            {
                affine[i] = AffinePoint<TField>.Infinity;
                continue;
            }
            var inverseZ = inverse * affine[i].X;
            inverse *= points[i].Z;
            affine[i] = points[i].ToAffine(in inverseZ);
        }
    }

    /// <summary>Whether both are the same point.</summary>
    public static bool AreEqual(in JacobianPoint<TField> p, in JacobianPoint<TField> q)
    {
        if (!p._isFinite || !q._isFinite)
        {
            return p._isFinite == q._isFinite;
        }
        var pzz = TField.Square(in p.Z);
        var qzz = TField.Square(in q.Z);
        return ((p.X * qzz) - (q.X * pzz)).IsZero && ((p.Y * (qzz * q.Z)) - (q.Y * (pzz * p.Z))).IsZero;
    }
}
