namespace Grid.Crypto;

/// <summary>A point that is not infinity. The magnitude of x is 1, that of y at most 3.</summary>
internal readonly struct Secp256k1Affine(in Secp256k1Field x, in Secp256k1Field y)
{
    public readonly Secp256k1Field X = x;
    public readonly Secp256k1Field Y = y;

    /// <summary>-P, for a P that has not been negated twice.</summary>
    public Secp256k1Affine Negated => new(in X, Secp256k1Field.Negate(in Y, 2));

    /// <summary>Lambda times this point, by the curve's endomorphism (x, y) -> (beta x, y).</summary>
    public Secp256k1Affine TimesLambda => new(X * Secp256k1Multiplication.Beta, in Y);
}

/// <summary>
/// A point in Jacobian coordinates, x = X/Z^2 and y = Y/Z^3; infinity is a flag. Magnitudes of X, Y and Z: at most 6, 4 and 1. Variable time.
/// </summary>
internal readonly struct Secp256k1Jacobian
{
    public readonly Secp256k1Field X, Y, Z;
    private readonly bool _isFinite;

    public static readonly Secp256k1Jacobian Infinity;

    private Secp256k1Jacobian(in Secp256k1Field x, in Secp256k1Field y, in Secp256k1Field z)
    {
        X = x;
        Y = y;
        Z = z;
        _isFinite = true;
    }

    public Secp256k1Jacobian(in Secp256k1Affine point)
        : this(in point.X, in point.Y, in Secp256k1Field.One)
    {
    }

    public bool IsInfinity => !_isFinite;

    /// <summary>2P with three products and four squares: with L = 3/2 X^2 and T = -X Y^2, X' = L^2 + 2T, Y' = -(L (X' + T) + Y^4), Z' = Y Z.</summary>
    public Secp256k1Jacobian Double()
    {
        if (!_isFinite)
        {
            return this;
        }
        // No point of this curve has y = 0: its order is odd.
        var z = Y * Z;
        var s = Secp256k1Field.Square(in Y);
        var l = Secp256k1Field.Half(Secp256k1Field.Scale(Secp256k1Field.Square(in X), 3)); // magnitude 3
        var t = X * Secp256k1Field.Negate(in s, 1);
        var x = Secp256k1Field.Square(in l) + t + t; // 3
        var y = Secp256k1Field.Negate((l * (x + t)) + Secp256k1Field.Square(in s), 2); // 3
        return new(in x, in y, in z);
    }

    /// <summary>P + Q for an affine Q: eight products and three squares.</summary>
    public Secp256k1Jacobian Add(in Secp256k1Affine q)
    {
        if (!_isFinite)
        {
            return new(in q);
        }
        var zz = Secp256k1Field.Square(in Z);
        var h = (q.X * zz) + Secp256k1Field.Negate(in X, 6); // 8
        var r = (q.Y * zz * Z) + Secp256k1Field.Negate(in Y, 4); // 6
        if (h.IsZero)
        {
            return r.IsZero ? Double() : Infinity;
        }
        var hh = Secp256k1Field.Square(in h);
        var hhh = h * hh;
        var v = X * hh;
        var x = Secp256k1Field.Square(in r) + Secp256k1Field.Negate(hhh + v + v, 3); // 5
        var y = (r * (v + Secp256k1Field.Negate(in x, 5))) + Secp256k1Field.Negate(Y * hhh, 1); // 3
        return new(in x, in y, Z * h);
    }

    /// <summary>The affine form of a finite point, given 1/Z.</summary>
    public Secp256k1Affine ToAffine(in Secp256k1Field inverseZ)
    {
        var square = Secp256k1Field.Square(in inverseZ);
        return new(X * square, Y * square * inverseZ);
    }

    public Secp256k1Affine ToAffine() => ToAffine(Secp256k1Field.Invert(in Z));
}
