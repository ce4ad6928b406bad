namespace Grid.Crypto;

/// <summary>A field over which a group of BN254 is defined, so that both groups share their formulas.</summary>
internal interface IBn254Coordinate<T>
    where T : struct, IBn254Coordinate<T>
{
    static abstract T One { get; }

    /// <summary>The b of the curve y^2 = x^3 + b over this field.</summary>
    static abstract T CurveB { get; }

    bool IsZero { get; }

    static abstract T operator +(in T a, in T b);

    static abstract T operator -(in T a, in T b);

    static abstract T operator -(in T a);

    static abstract T operator *(in T a, in T b);

    static abstract bool Equals(in T a, in T b);

    static abstract T Square(in T a);

    /// <summary>1 / a; 0 for 0.</summary>
    static abstract T Invert(in T a);
}
