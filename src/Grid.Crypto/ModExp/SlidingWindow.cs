using System.Numerics;

namespace Grid.Crypto;

/// <summary>Powers from the highest bit with sliding windows (Handbook of Applied Cryptography, algorithm 14.85).</summary>
internal static unsafe class SlidingWindow
{
    /// <summary>The odd powers that are kept for an exponent of so many bits.</summary>
    public static int TableLength(int bits) => 1 << (Window(bits) - 1);

    private static int Window(int bits) => bits switch { < 8 => 1, < 24 => 2, < 80 => 3, < 240 => 4, < 672 => 5, _ => 6 };

    public static int BitLength(ReadOnlySpan<byte> exponent) => ((exponent.Length - 1) * 8) + BitOperations.Log2(exponent[0]) + 1;

    /// <summary>
    /// Writes a power for an exponent without leading zero bytes, which isn't empty; bits below the lowest asked for count as 0. The base is the table's first element; elements are a stride
    /// of words apart.
    /// </summary>
    public static void Power<TRing>(in TRing ring, ulong* table, int stride, ReadOnlySpan<byte> exponent, int lowest, ulong* power)
        where TRing : struct, IModularRing
    {
        var bits = BitLength(exponent);
        var window = Window(bits);
        FillOddPowers(in ring, table, stride, 1 << (window - 1), power);
        var isStarted = false;
        // Squares are put off until something is multiplied: a run of them is one call.
        var squares = 0;
        for (var i = bits - 1; i >= 0;)
        {
            if (i < lowest || !Bit(exponent, i))
            {
                squares++;
                i--;
                continue;
            }
            var low = Math.Max(lowest, i - window + 1);
            while (!Bit(exponent, low))
            {
                low++;
            }
            squares += i - low + 1;
            var digit = 0;
            for (; i >= low; i--)
            {
                digit = (digit << 1) | (Bit(exponent, i) ? 1 : 0);
            }
            var factor = table + ((digit >> 1) * (nint)stride);
            if (isStarted)
            {
                ring.Square(power, squares);
                ring.Multiply(power, factor);
            }
            else
            {
                Limbs.Copy(factor, power, ring.Length);
                isStarted = true;
            }
            squares = 0;
        }
        ring.Square(power, squares);
    }

    private static void FillOddPowers<TRing>(in TRing ring, ulong* table, int stride, int count, ulong* square)
        where TRing : struct, IModularRing
    {
        if (count > 1)
        {
            Limbs.Copy(table, square, ring.Length);
            ring.Square(square, 1);
            for (var i = 1; i < count; i++)
            {
                var next = table + (i * (nint)stride);
                Limbs.Copy(next - stride, next, ring.Length);
                ring.Multiply(next, square);
            }
        }
    }

    private static bool Bit(ReadOnlySpan<byte> bigEndian, int index) => ((bigEndian[^((index >> 3) + 1)] >> (index & 7)) & 1) != 0;
}
