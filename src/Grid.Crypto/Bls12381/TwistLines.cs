namespace Grid.Crypto.Bls12381;

/// <summary>
/// A line through points of the twist, over which a point (x, y) of G1 evaluates to l0 + l1 x v + l4 y v w, up to a factor in Fp4, which the final
/// exponentiation removes.
/// </summary>
internal readonly struct Line(in Fp2 l0, in Fp2 l1, in Fp2 l4)
{
    public readonly Fp2 L0 = l0;
    public readonly Fp2 L1 = l1;
    public readonly Fp2 L4 = l4;
}

/// <summary>
/// The lines that the Miller loop asks for, in its order: a multiple of Q is doubled, or Q is added to it. In homogeneous coordinates with the
/// formulas of Aranha, Karabina, Longa, Gebotys, Lopez ("Faster explicit formulas for computing pairings over ordinary curves", 2011, section 4)
/// after Costello, Lange, Naehrig. The untwist is (x, y) -> (x / w^2, y / w^3); the line through slope m at T is times w^3 then (m xT - yT) - m x v
/// + y v w.
/// </summary>
internal struct TwistLines
{
    private readonly AffinePoint<Fp2> _q;
    private readonly Line[]? _prepared;
    private Fp2 _x, _y, _z;
    private int _index;

    public TwistLines(in AffinePoint<Fp2> q)
    {
        _q = q;
        _x = q.X;
        _y = q.Y;
        _z = Fp2.One;
    }

    /// <summary>Lines that have been computed before.</summary>
    public TwistLines(Line[] prepared) => _prepared = prepared;

    /// <summary>All lines of a point that is used often.</summary>
    public static Line[] Prepare(in AffinePoint<Fp2> q)
    {
        var lines = new List<Line>();
        var walk = new TwistLines(in q);
        MillerLoop.ForEachStep(() => lines.Add(walk.Double()), () => lines.Add(walk.Add()));
        return [.. lines];
    }

    /// <summary>The tangent at T, which becomes 2T.</summary>
    public Line Double()
    {
        if (_prepared is not null)
        {
            return _prepared[_index++];
        }
        // The paper's coordinates times four, which spares it the halves.
        var a = _x * _y;
        var b = Fp2.Square(in _y);
        // 3 b' z^2 with b' = 4 (1 + u).
        var e = Fp2.MultiplyByNonresidue(Fp2.Reduce(Fp2.Scale(Fp2.Square(in _z), 12)));
        var f = Fp2.Scale(in e, 3);
        var h = _y * _z;
        var line = new Line(e - b, Fp2.Scale(Fp2.Square(in _x), 3), -(h + h));
        _x = a * Fp2.Scale(b - f, 2);
        _y = Fp2.Square(Fp2.Reduce(b + f)) - Fp2.Scale(Fp2.Square(in e), 12);
        _z = b * Fp2.Scale(in h, 8);
        return line;
    }

    /// <summary>The line through T and Q; T becomes T + Q.</summary>
    public Line Add()
    {
        if (_prepared is not null)
        {
            return _prepared[_index++];
        }
        var theta = _y - (_q.Y * _z);
        var lambda = _x - (_q.X * _z);
        var square = Fp2.Square(in lambda);
        var cube = square * lambda;
        var f = _z * Fp2.Square(in theta);
        var g = _x * square;
        var h = Fp2.Reduce(cube + f) - (g + g);
        var line = new Line((theta * _q.X) - (lambda * _q.Y), -theta, in lambda);
        _x = lambda * h;
        _y = (theta * (g - h)) - (cube * _y);
        _z *= cube;
        return line;
    }
}
