namespace Grid.Crypto;

/// <summary>A point of y^2 = x^3 + b over the field T that is not infinity.</summary>
internal readonly struct Bn254Affine<T>(in T x, in T y)
    where T : struct, IBn254Coordinate<T>
{
    public readonly T X = x, Y = y;

    public Bn254Affine<T> Negated => new(in X, -Y);

    public bool IsOnCurve => T.Equals(T.Square(in Y), (T.Square(in X) * X) + T.CurveB);
}

/// <summary>
/// A point in Jacobian coordinates, x = X/Z^2 and y = Y/Z^3; Z is 0 at infinity. The sums are complete: every exception is looked
/// for. Variable time.
/// </summary>
internal readonly struct Bn254Jacobian<T>(in T x, in T y, in T z)
    where T : struct, IBn254Coordinate<T>
{
    public readonly T X = x, Y = y, Z = z;

    public Bn254Jacobian(in Bn254Affine<T> point)
        : this(in point.X, in point.Y, T.One)
    {
    }

    public static Bn254Jacobian<T> Infinity => default;

    public bool IsInfinity => Z.IsZero;

    public Bn254Jacobian<T> Negated => new(in X, -Y, in Z);

    /// <summary>2P for a = 0 (Explicit-Formulas Database, dbl-2009-l: 2M + 5S). Infinity stays, and so would a y of 0 give it.</summary>
    public Bn254Jacobian<T> Double()
    {
        var a = T.Square(in X);
        var b = T.Square(in Y);
        var c = T.Square(in b);
        var d = T.Square(X + b) - a - c;
        d += d;
        var e = a + a + a;
        var x = T.Square(in e) - (d + d);
        c += c;
        c += c;
        var y = (e * (d - x)) - (c + c);
        var z = Y * Z;
        return new(in x, in y, z + z);
    }

    /// <summary>P + Q for an affine Q (madd: 8M + 3S).</summary>
    public Bn254Jacobian<T> Add(in Bn254Affine<T> q)
    {
        if (IsInfinity)
        {
            return new(in q);
        }
        var zz = T.Square(in Z);
        var h = (q.X * zz) - X;
        var r = (q.Y * (zz * Z)) - Y;
        return Join(in h, in r, in X, in Y, Z);
    }

    /// <summary>P + Q (12M + 4S).</summary>
    public Bn254Jacobian<T> Add(in Bn254Jacobian<T> q)
    {
        if (IsInfinity)
        {
            return q;
        }
        if (q.IsInfinity)
        {
            return this;
        }
        T zz = T.Square(in Z), qzz = T.Square(in q.Z);
        T u = X * qzz, s = Y * (qzz * q.Z);
        var h = (q.X * zz) - u;
        var r = (q.Y * (zz * Z)) - s;
        return Join(in h, in r, in u, in s, Z * q.Z);
    }

    /// <summary>The sum of two points with the same Z, given the first, and the differences of their coordinates.</summary>
    private Bn254Jacobian<T> Join(in T h, in T r, in T u, in T s, in T z)
    {
        if (h.IsZero)
        {
            return r.IsZero ? Double() : Infinity;
        }
        var hh = T.Square(in h);
        var hhh = hh * h;
        var v = u * hh;
        var x = T.Square(in r) - hhh - (v + v);
        return new(in x, (r * (v - x)) - (s * hhh), z * h);
    }

    /// <summary>Whether two points are the same, whatever their Z.</summary>
    public bool IsSame(in Bn254Jacobian<T> other)
    {
        if (IsInfinity || other.IsInfinity)
        {
            return IsInfinity && other.IsInfinity;
        }
        T zz = T.Square(in Z), otherZz = T.Square(in other.Z);
        return T.Equals(X * otherZz, other.X * zz) && T.Equals(Y * (otherZz * other.Z), other.Y * (zz * Z));
    }

    /// <summary>The affine form of a finite point, given 1/Z.</summary>
    public Bn254Affine<T> ToAffine(in T inverseZ)
    {
        var square = T.Square(in inverseZ);
        return new(X * square, Y * (square * inverseZ));
    }

    public Bn254Affine<T> ToAffine() => ToAffine(T.Invert(in Z));
}
