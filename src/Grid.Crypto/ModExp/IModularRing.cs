namespace Grid.Crypto;

/// <summary>A ring of numbers modulo something, kept in a form of its own in so many words of 64 bits.</summary>
internal unsafe interface IModularRing
{
    /// <summary>Words of an element.</summary>
    int Length { get; }

    /// <summary>x = x y, where both may be the same.</summary>
    void Multiply(ulong* x, ulong* y);

    /// <summary>x = x^(2^times).</summary>
    void Square(ulong* x, int times);
}
