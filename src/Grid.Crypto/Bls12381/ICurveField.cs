namespace Grid.Crypto.Bls12381;

/// <summary>
/// What the coordinates of a curve's points offer, with the bounds of <see cref="Fp"/>: the curves over Fp and Fp2 share their formulas.
/// </summary>
internal interface ICurveField<TField>
    where TField : struct, ICurveField<TField>
{
    static abstract TField Zero { get; }

    static abstract TField One { get; }

    bool IsZero { get; }

    static abstract TField operator +(in TField a, in TField b);

    static abstract TField operator -(in TField a, in TField b);

    static abstract TField operator -(in TField a);

    static abstract TField operator *(in TField a, in TField b);

    static abstract TField Square(in TField a);

    static abstract TField Scale(in TField a, uint factor);

    static abstract TField Invert(in TField a);
}
