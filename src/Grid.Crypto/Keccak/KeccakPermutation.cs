namespace Grid.Crypto;

/// <summary>
/// Keccak-f[1600], written once for every width. Two rounds a turn of the loop, so that the lanes change places between two
/// sets of local variables instead of being moved; theta, rho and pi are folded into where and how far each lane is read.
/// </summary>
internal static class KeccakPermutation
{
    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
        0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    public static void Permute<T>(ref ulong s)
        where T : struct, IKeccakLane<T>
    {
        T a00 = T.Load(ref s, 0), a01 = T.Load(ref s, 1), a02 = T.Load(ref s, 2), a03 = T.Load(ref s, 3), a04 = T.Load(ref s, 4);
        T a05 = T.Load(ref s, 5), a06 = T.Load(ref s, 6), a07 = T.Load(ref s, 7), a08 = T.Load(ref s, 8), a09 = T.Load(ref s, 9);
        T a10 = T.Load(ref s, 10), a11 = T.Load(ref s, 11), a12 = T.Load(ref s, 12), a13 = T.Load(ref s, 13), a14 = T.Load(ref s, 14);
        T a15 = T.Load(ref s, 15), a16 = T.Load(ref s, 16), a17 = T.Load(ref s, 17), a18 = T.Load(ref s, 18), a19 = T.Load(ref s, 19);
        T a20 = T.Load(ref s, 20), a21 = T.Load(ref s, 21), a22 = T.Load(ref s, 22), a23 = T.Load(ref s, 23), a24 = T.Load(ref s, 24);
        T e00, e01, e02, e03, e04, e05, e06, e07, e08, e09, e10, e11, e12, e13, e14, e15, e16, e17, e18, e19, e20, e21, e22, e23, e24;
        T b0, b1, b2, b3, b4, c0, c1, c2, c3, c4, d0, d1, d2, d3, d4;
        var constants = RoundConstants;
        for (var round = 0; round < constants.Length; round += 2)
        {
            c0 = T.Xor3(a00, a05, T.Xor3(a10, a15, a20));
            c1 = T.Xor3(a01, a06, T.Xor3(a11, a16, a21));
            c2 = T.Xor3(a02, a07, T.Xor3(a12, a17, a22));
            c3 = T.Xor3(a03, a08, T.Xor3(a13, a18, a23));
            c4 = T.Xor3(a04, a09, T.Xor3(a14, a19, a24));
            d0 = T.RotateLeft(c1, 1); d1 = T.RotateLeft(c2, 1); d2 = T.RotateLeft(c3, 1); d3 = T.RotateLeft(c4, 1); d4 = T.RotateLeft(c0, 1);
            d0 = T.Xor(c4, d0); d1 = T.Xor(c0, d1); d2 = T.Xor(c1, d2); d3 = T.Xor(c2, d3); d4 = T.Xor(c3, d4);
            b0 = T.Xor(a00, d0); b1 = T.RotateLeft(T.Xor(a06, d1), 44); b2 = T.RotateLeft(T.Xor(a12, d2), 43);
            b3 = T.RotateLeft(T.Xor(a18, d3), 21); b4 = T.RotateLeft(T.Xor(a24, d4), 14);
            e00 = T.XorConstant(T.Chi(b0, b1, b2), constants[round]); e01 = T.Chi(b1, b2, b3); e02 = T.Chi(b2, b3, b4);
            e03 = T.Chi(b3, b4, b0); e04 = T.Chi(b4, b0, b1);
            b0 = T.RotateLeft(T.Xor(a03, d3), 28); b1 = T.RotateLeft(T.Xor(a09, d4), 20); b2 = T.RotateLeft(T.Xor(a10, d0), 3);
            b3 = T.RotateLeft(T.Xor(a16, d1), 45); b4 = T.RotateLeft(T.Xor(a22, d2), 61);
            e05 = T.Chi(b0, b1, b2); e06 = T.Chi(b1, b2, b3); e07 = T.Chi(b2, b3, b4);
            e08 = T.Chi(b3, b4, b0); e09 = T.Chi(b4, b0, b1);
            b0 = T.RotateLeft(T.Xor(a01, d1), 1); b1 = T.RotateLeft(T.Xor(a07, d2), 6); b2 = T.RotateLeft(T.Xor(a13, d3), 25);
            b3 = T.RotateLeft(T.Xor(a19, d4), 8); b4 = T.RotateLeft(T.Xor(a20, d0), 18);
            e10 = T.Chi(b0, b1, b2); e11 = T.Chi(b1, b2, b3); e12 = T.Chi(b2, b3, b4);
            e13 = T.Chi(b3, b4, b0); e14 = T.Chi(b4, b0, b1);
            b0 = T.RotateLeft(T.Xor(a04, d4), 27); b1 = T.RotateLeft(T.Xor(a05, d0), 36); b2 = T.RotateLeft(T.Xor(a11, d1), 10);
            b3 = T.RotateLeft(T.Xor(a17, d2), 15); b4 = T.RotateLeft(T.Xor(a23, d3), 56);
            e15 = T.Chi(b0, b1, b2); e16 = T.Chi(b1, b2, b3); e17 = T.Chi(b2, b3, b4);
            e18 = T.Chi(b3, b4, b0); e19 = T.Chi(b4, b0, b1);
            b0 = T.RotateLeft(T.Xor(a02, d2), 62); b1 = T.RotateLeft(T.Xor(a08, d3), 55); b2 = T.RotateLeft(T.Xor(a14, d4), 39);
            b3 = T.RotateLeft(T.Xor(a15, d0), 41); b4 = T.RotateLeft(T.Xor(a21, d1), 2);
            e20 = T.Chi(b0, b1, b2); e21 = T.Chi(b1, b2, b3); e22 = T.Chi(b2, b3, b4);
            e23 = T.Chi(b3, b4, b0); e24 = T.Chi(b4, b0, b1);

            c0 = T.Xor3(e00, e05, T.Xor3(e10, e15, e20));
            c1 = T.Xor3(e01, e06, T.Xor3(e11, e16, e21));
            c2 = T.Xor3(e02, e07, T.Xor3(e12, e17, e22));
            c3 = T.Xor3(e03, e08, T.Xor3(e13, e18, e23));
            c4 = T.Xor3(e04, e09, T.Xor3(e14, e19, e24));
            d0 = T.RotateLeft(c1, 1); d1 = T.RotateLeft(c2, 1); d2 = T.RotateLeft(c3, 1); d3 = T.RotateLeft(c4, 1); d4 = T.RotateLeft(c0, 1);
            d0 = T.Xor(c4, d0); d1 = T.Xor(c0, d1); d2 = T.Xor(c1, d2); d3 = T.Xor(c2, d3); d4 = T.Xor(c3, d4);
            b0 = T.Xor(e00, d0); b1 = T.RotateLeft(T.Xor(e06, d1), 44); b2 = T.RotateLeft(T.Xor(e12, d2), 43);
            b3 = T.RotateLeft(T.Xor(e18, d3), 21); b4 = T.RotateLeft(T.Xor(e24, d4), 14);
            a00 = T.XorConstant(T.Chi(b0, b1, b2), constants[round + 1]); a01 = T.Chi(b1, b2, b3); a02 = T.Chi(b2, b3, b4);
            a03 = T.Chi(b3, b4, b0); a04 = T.Chi(b4, b0, b1);
            b0 = T.RotateLeft(T.Xor(e03, d3), 28); b1 = T.RotateLeft(T.Xor(e09, d4), 20); b2 = T.RotateLeft(T.Xor(e10, d0), 3);
            b3 = T.RotateLeft(T.Xor(e16, d1), 45); b4 = T.RotateLeft(T.Xor(e22, d2), 61);
            a05 = T.Chi(b0, b1, b2); a06 = T.Chi(b1, b2, b3); a07 = T.Chi(b2, b3, b4);
            a08 = T.Chi(b3, b4, b0); a09 = T.Chi(b4, b0, b1);
            b0 = T.RotateLeft(T.Xor(e01, d1), 1); b1 = T.RotateLeft(T.Xor(e07, d2), 6); b2 = T.RotateLeft(T.Xor(e13, d3), 25);
            b3 = T.RotateLeft(T.Xor(e19, d4), 8); b4 = T.RotateLeft(T.Xor(e20, d0), 18);
            a10 = T.Chi(b0, b1, b2); a11 = T.Chi(b1, b2, b3); a12 = T.Chi(b2, b3, b4);
            a13 = T.Chi(b3, b4, b0); a14 = T.Chi(b4, b0, b1);
            b0 = T.RotateLeft(T.Xor(e04, d4), 27); b1 = T.RotateLeft(T.Xor(e05, d0), 36); b2 = T.RotateLeft(T.Xor(e11, d1), 10);
            b3 = T.RotateLeft(T.Xor(e17, d2), 15); b4 = T.RotateLeft(T.Xor(e23, d3), 56);
            a15 = T.Chi(b0, b1, b2); a16 = T.Chi(b1, b2, b3); a17 = T.Chi(b2, b3, b4);
            a18 = T.Chi(b3, b4, b0); a19 = T.Chi(b4, b0, b1);
            b0 = T.RotateLeft(T.Xor(e02, d2), 62); b1 = T.RotateLeft(T.Xor(e08, d3), 55); b2 = T.RotateLeft(T.Xor(e14, d4), 39);
            b3 = T.RotateLeft(T.Xor(e15, d0), 41); b4 = T.RotateLeft(T.Xor(e21, d1), 2);
            a20 = T.Chi(b0, b1, b2); a21 = T.Chi(b1, b2, b3); a22 = T.Chi(b2, b3, b4);
            a23 = T.Chi(b3, b4, b0); a24 = T.Chi(b4, b0, b1);
        }
        T.Store(a00, ref s, 0); T.Store(a01, ref s, 1); T.Store(a02, ref s, 2); T.Store(a03, ref s, 3); T.Store(a04, ref s, 4);
        T.Store(a05, ref s, 5); T.Store(a06, ref s, 6); T.Store(a07, ref s, 7); T.Store(a08, ref s, 8); T.Store(a09, ref s, 9);
        T.Store(a10, ref s, 10); T.Store(a11, ref s, 11); T.Store(a12, ref s, 12); T.Store(a13, ref s, 13); T.Store(a14, ref s, 14);
        T.Store(a15, ref s, 15); T.Store(a16, ref s, 16); T.Store(a17, ref s, 17); T.Store(a18, ref s, 18); T.Store(a19, ref s, 19);
        T.Store(a20, ref s, 20); T.Store(a21, ref s, 21); T.Store(a22, ref s, 22); T.Store(a23, ref s, 23); T.Store(a24, ref s, 24);
    }
}
