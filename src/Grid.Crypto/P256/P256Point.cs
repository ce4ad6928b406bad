namespace Grid.Crypto;

/// <summary>A point of y^2 = x^3 - 3x + b that is not infinity.</summary>
internal readonly struct P256Affine(in P256Field x, in P256Field y)
{
    public readonly P256Field X = x, Y = y;

    public P256Affine Negated => new(in X, -Y);
}

/// <summary>A point in Jacobian coordinates, x = X/Z^2 and y = Y/Z^3; Z is 0 at infinity. Variable time.</summary>
internal readonly struct P256Jacobian(in P256Field x, in P256Field y, in P256Field z)
{
    public readonly P256Field X = x, Y = y, Z = z;

    public P256Jacobian(in P256Affine point)
        : this(in point.X, in point.Y, P256Field.One)
    {
    }

    public static P256Jacobian Infinity => default;

    public bool IsInfinity => Z.IsZero;

    /// <summary>2P for a = -3 (Explicit-Formulas Database, dbl-2001-b: 3M + 5S). Infinity stays.</summary>
    public P256Jacobian Double()
    {
        var delta = P256Field.Square(in Z);
        var gamma = P256Field.Square(in Y);
        var beta = X * gamma;
        var product = (X - delta) * (X + delta);
        var alpha = product + product + product;
        beta += beta;
        beta += beta;
        var x = P256Field.Square(in alpha) - (beta + beta);
        var z = P256Field.Square(Y + Z) - gamma - delta;
        gamma += gamma;
        gamma = P256Field.Square(in gamma);
        return new(in x, (alpha * (beta - x)) - (gamma + gamma), in z);
    }

    /// <summary>P + Q for an affine Q: eight products and three squares.</summary>
    public P256Jacobian Add(in P256Affine q)
    {
        if (IsInfinity)
        {
            return new(in q);
        }
        var zz = P256Field.Square(in Z);
        var h = (q.X * zz) - X;
        var r = (q.Y * (zz * Z)) - Y;
        if (h.IsZero)
        {
            return r.IsZero ? Double() : Infinity;
        }
        var hh = P256Field.Square(in h);
        var hhh = hh * h;
        var v = X * hh;
        var x = P256Field.Square(in r) - hhh - (v + v);
        return new(in x, (r * (v - x)) - (Y * hhh), Z * h);
    }

    /// <summary>The affine form of a finite point, given 1/Z.</summary>
    public P256Affine ToAffine(in P256Field inverseZ)
    {
        var square = P256Field.Square(in inverseZ);
        return new(X * square, Y * (square * inverseZ));
    }

    public P256Affine ToAffine() => ToAffine(P256Field.Invert(in Z));
}
