namespace Grid.Crypto.Bls12381;

internal readonly partial struct Fp
{
    /// <summary>(p - 3) / 4 from its highest word on.</summary>
    private static ReadOnlySpan<ulong> RootExponent =>
        [0x680447A8E5FF9A6, 0x92C6E9ED90D2EB35, 0xD91DD2E13CE144AF, 0xD9CC34A83DAC3D89, 0x07AAFFFFAC54FFFF, 0xEE7FBFFFFFFFEAAA];

    /// <summary>
    /// a^((p-3)/4): a times this is a square root of a where there is one, since p = 3 mod 4, and of -a where there is none; this itself is then a
    /// root of 1/a or -1/a. The caller squares to see.
    /// </summary>
    public static Fp InverseRootCandidate(in Fp a)
    {
        // Windows of four bits, the odd powers in a table.
        Span<Fp> odd = stackalloc Fp[8];
        var square = Square(in a);
        odd[0] = a;
        for (var i = 1; i < odd.Length; i++)
        {
            odd[i] = odd[i - 1] * square;
        }
        var result = One;
        var isStarted = false;
        for (var bit = 378; bit >= 0;)
        {
            if (!IsSet(bit))
            {
                result = Square(in result);
                bit--;
                continue;
            }
            var low = Math.Max(bit - 3, 0);
            while (!IsSet(low))
            {
                low++;
            }
            var digit = 0;
            for (; bit >= low; bit--)
            {
                digit = (digit << 1) | (IsSet(bit) ? 1 : 0);
                result = isStarted ? Square(in result) : result;
            }
            result = isStarted ? result * odd[digit >> 1] : odd[digit >> 1];
            isStarted = true;
        }
        return result;
    }

    /// <summary>A square root; false where there is none.</summary>
    public static bool TryGetRoot(in Fp a, out Fp root)
    {
        root = a * InverseRootCandidate(in a);
        return AreEqual(Square(in root), in a);
    }

    private static bool IsSet(int bit) => ((RootExponent[5 - (bit >> 6)] >> (bit & 63)) & 1) != 0;
}
