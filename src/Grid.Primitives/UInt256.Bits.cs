using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Grid.Primitives;

public readonly partial struct UInt256
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UInt256 FromVector(Vector256<ulong> vector) => Unsafe.As<Vector256<ulong>, UInt256>(ref vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator &(in UInt256 a, in UInt256 b) => FromVector(a.Vector & b.Vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator |(in UInt256 a, in UInt256 b) => FromVector(a.Vector | b.Vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator ^(in UInt256 a, in UInt256 b) => FromVector(a.Vector ^ b.Vector);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator ~(in UInt256 a) => FromVector(~a.Vector);

    /// <summary>The number of zero bits above the highest set bit (CLZ, EIP-7939): 256 for zero.</summary>
    public static int LeadingZeroCount(in UInt256 a) =>
        a.U3 != 0 ? BitOperations.LeadingZeroCount(a.U3)
        : a.U2 != 0 ? 64 + BitOperations.LeadingZeroCount(a.U2)
        : a.U1 != 0 ? 128 + BitOperations.LeadingZeroCount(a.U1)
        : 192 + BitOperations.LeadingZeroCount(a.U0);

    /// <summary>Shifts left by 0 to 255 bits; larger counts give zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator <<(in UInt256 a, int count)
    {
        if ((uint)count >= 256)
        {
            return Zero;
        }
        if (Avx512F.VL.IsSupported)
        {
            // Limbs are moved to their places first; then each takes what the one below pushes out. A shift by 64 gives zero here.
            var from = Vector256.Create(0L, 1, 2, 3) - Vector256.Create((long)(count >> 6));
            var lower = from - Vector256<long>.One;
            var limbs = TakeLimbs(a.Vector, from);
            var below = TakeLimbs(a.Vector, lower);
            var bits = Vector256.Create((ulong)count & 63);
            return FromVector(Avx2.ShiftLeftLogicalVariable(limbs, bits) | Avx2.ShiftRightLogicalVariable(below, Vector256.Create(64UL) - bits));
        }
        return ShiftLeftByLimbs(in a, count >> 6, count & 63);
    }

    private static UInt256 ShiftLeftByLimbs(in UInt256 a, int limbs, int bits)
    {
        // A shift by 64 is a shift by 0 in C#, so the carry is moved in two steps.
        var r0 = a.U0 << bits;
        var r1 = (a.U1 << bits) | (a.U0 >> 1 >> (63 - bits));
        var r2 = (a.U2 << bits) | (a.U1 >> 1 >> (63 - bits));
        var r3 = (a.U3 << bits) | (a.U2 >> 1 >> (63 - bits));
        return limbs switch
        {
            0 => new UInt256(r0, r1, r2, r3),
            1 => new UInt256(0, r0, r1, r2),
            2 => new UInt256(0, 0, r0, r1),
            _ => new UInt256(0, 0, 0, r0),
        };
    }

    /// <summary>Shifts right by 0 to 255 bits, filling with zeros; larger counts give zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 operator >>(in UInt256 a, int count)
    {
        if ((uint)count >= 256)
        {
            return Zero;
        }
        if (Avx512F.VL.IsSupported)
        {
            var from = Vector256.Create(0L, 1, 2, 3) + Vector256.Create((long)(count >> 6));
            var upper = from + Vector256<long>.One;
            var limbs = TakeLimbs(a.Vector, from);
            var above = TakeLimbs(a.Vector, upper);
            var bits = Vector256.Create((ulong)count & 63);
            return FromVector(Avx2.ShiftRightLogicalVariable(limbs, bits) | Avx2.ShiftLeftLogicalVariable(above, Vector256.Create(64UL) - bits));
        }
        return ShiftRightByLimbs(in a, count >> 6, count & 63);
    }

    private static UInt256 ShiftRightByLimbs(in UInt256 a, int limbs, int bits)
    {
        var r0 = (a.U0 >> bits) | (a.U1 << 1 << (63 - bits));
        var r1 = (a.U1 >> bits) | (a.U2 << 1 << (63 - bits));
        var r2 = (a.U2 >> bits) | (a.U3 << 1 << (63 - bits));
        var r3 = a.U3 >> bits;
        return limbs switch
        {
            0 => new UInt256(r0, r1, r2, r3),
            1 => new UInt256(r1, r2, r3, 0),
            2 => new UInt256(r2, r3, 0, 0),
            _ => new UInt256(r3, 0, 0, 0),
        };
    }

    /// <summary>The limbs with these indices; zero for an index outside of 0 to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> TakeLimbs(Vector256<ulong> vector, Vector256<long> indices) =>
        Avx512F.VL.PermuteVar4x64(vector, indices.AsUInt64()) & Vector256.LessThan(indices.AsUInt64(), Vector256.Create(4UL));

    /// <summary>SAR (EIP-145): shifts right, filling with the sign; counts from 256 give 0 or -1.</summary>
    public static UInt256 ShiftRightSigned(in UInt256 a, int count)
    {
        if (!a.IsNegative)
        {
            return a >> count;
        }
        return (uint)count >= 256 ? MaxValue : ~(~a >> count);
    }

    /// <summary>BYTE: byte <paramref name="index"/> counted from the most significant; zero from 32 on.</summary>
    public static UInt256 ByteAt(in UInt256 a, in UInt256 index)
    {
        if (!index.FitsUInt64 || index.U0 >= 32)
        {
            return Zero;
        }
        var position = 31 - (int)index.U0;
        var limb = Unsafe.Add(ref Unsafe.AsRef(in a.U0), position >> 3);
        return new UInt256((limb >> ((position & 7) << 3)) & 0xff);
    }

    /// <summary>SIGNEXTEND: extends the sign of the byte <paramref name="size"/> counted from the least significant.</summary>
    public static UInt256 SignExtend(in UInt256 size, in UInt256 a)
    {
        if (!size.FitsUInt64 || size.U0 >= 31)
        {
            return a;
        }
        var shift = 248 - ((int)size.U0 << 3);
        return ShiftRightSigned(a << shift, shift);
    }
}
