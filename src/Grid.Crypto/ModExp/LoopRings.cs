namespace Grid.Crypto;

/// <summary>Montgomery's product a b / R for an odd modulus m of any length, R = 2^64 to the number of limbs (Koc, Acar, Kaliski 1996: CIOS).</summary>
/// <param name="sum">Scratch for 2 limbs more than twice the length.</param>
internal readonly unsafe struct MontgomeryLoop(ulong* modulus, int length, ulong* sum) : IModularRing
{
    private readonly ulong _factor = 0 - Limbs.InvertOdd(modulus[0]);

    public int Length => length;

    public void Square(ulong* x, int times)
    {
        for (; times > 0; times--)
        {
            Multiply(x, x);
        }
    }

    public void Multiply(ulong* x, ulong* y)
    {
        Limbs.Clear(sum, (2 * length) + 2);
        for (var i = 0; i < length; i++)
        {
            var row = sum + i;
            Carry(row, Limbs.AddProduct(row, x, y[i], length));
            Carry(row, Limbs.AddProduct(row, modulus, row[0] * _factor, length));
        }
        Limbs.Copy(sum + length, x, length);
        if (sum[2 * length] != 0 || !Limbs.IsBelow(x, modulus, length))
        {
            Limbs.Subtract(x, modulus, length);
        }
    }

    private void Carry(ulong* row, ulong carry)
    {
        row[length] += carry;
        row[length + 1] += row[length] < carry ? 1UL : 0;
    }
}

/// <summary>Products modulo 2^64.</summary>
internal readonly unsafe struct TruncatedOne : IModularRing
{
    public int Length => 1;

    public void Multiply(ulong* x, ulong* y) => *x *= *y;

    public void Square(ulong* x, int times)
    {
        var power = *x;
        for (; times > 0; times--)
        {
            power *= power;
        }
        *x = power;
    }
}

/// <summary>Products modulo 2^64 to the number of limbs: half of the partial products are never made.</summary>
/// <param name="sum">Scratch as long as an element.</param>
internal readonly unsafe struct TruncatedLoop(int length, ulong* sum) : IModularRing
{
    public int Length => length;

    public void Square(ulong* x, int times)
    {
        for (; times > 0; times--)
        {
            Multiply(x, x);
        }
    }

    public void Multiply(ulong* x, ulong* y)
    {
        Limbs.Clear(sum, length);
        for (var i = 0; i < length; i++)
        {
            Limbs.AddProduct(sum + i, x, y[i], length - i);
        }
        Limbs.Copy(sum, x, length);
    }
}
