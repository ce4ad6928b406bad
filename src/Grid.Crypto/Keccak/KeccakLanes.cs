using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Grid.Crypto;

/// <summary>
/// What the permutation does with one lane of the state. A lane is 64 bits of one message, or the same 64 bits of several
/// messages side by side: the type decides at compile time how many messages a permutation serves.
/// </summary>
internal interface IKeccakLane<T>
    where T : struct, IKeccakLane<T>
{
    /// <summary>Lane number index of a state of 25 lanes.</summary>
    static abstract T Load(ref ulong state, int index);

    static abstract void Store(T a, ref ulong state, int index);

    static abstract T Xor(T a, T b);

    static abstract T Xor3(T a, T b, T c);

    static abstract T RotateLeft(T a, [ConstantExpected] byte count);

    /// <summary>a ^ (~b &amp; c), the one non-linear step.</summary>
    static abstract T Chi(T a, T b, T c);

    /// <summary>a with a round constant added to each message's lane.</summary>
    static abstract T XorConstant(T a, ulong constant);
}

/// <summary>The 25 lanes, x + 5y, of as many messages as a lane is wide; a lane's words lie side by side.</summary>
[InlineArray(25)]
internal struct KeccakState<TLane>
    where TLane : struct, IKeccakLane<TLane>
{
    private TLane _first;
}

/// <summary>One message, in general registers.</summary>
internal readonly struct ScalarLane(ulong value) : IKeccakLane<ScalarLane>
{
    private readonly ulong _value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Load(ref ulong state, int index) => new(Unsafe.Add(ref state, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ScalarLane a, ref ulong state, int index) => Unsafe.Add(ref state, index) = a._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Xor(ScalarLane a, ScalarLane b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Xor3(ScalarLane a, ScalarLane b, ScalarLane c) => new(a._value ^ b._value ^ c._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane RotateLeft(ScalarLane a, [ConstantExpected] byte count) => new(BitOperations.RotateLeft(a._value, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane Chi(ScalarLane a, ScalarLane b, ScalarLane c) => new(a._value ^ (~b._value & c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScalarLane XorConstant(ScalarLane a, ulong constant) => new(a._value ^ constant);
}

/// <summary>
/// One message, in the lower halves of vector registers: with AVX-512 for 128 bits there are 32 of them, so that the 25 lanes stay in
/// registers, and a rotation or a chi is one instruction. A third faster than general registers, measured on Zen 4.
/// </summary>
internal readonly struct VectorLane(Vector128<ulong> value) : IKeccakLane<VectorLane>
{
    private readonly Vector128<ulong> _value = value;

    public static bool IsSupported => Avx512F.VL.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Load(ref ulong state, int index) => new(Vector128.CreateScalarUnsafe(Unsafe.Add(ref state, index)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(VectorLane a, ref ulong state, int index) => Unsafe.Add(ref state, index) = a._value.ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Xor(VectorLane a, VectorLane b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Xor3(VectorLane a, VectorLane b, VectorLane c) => new(Avx512F.VL.TernaryLogic(a._value, b._value, c._value, 0x96));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane RotateLeft(VectorLane a, [ConstantExpected] byte count) => new(Avx512F.VL.RotateLeft(a._value, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane Chi(VectorLane a, VectorLane b, VectorLane c) => new(Avx512F.VL.TernaryLogic(a._value, b._value, c._value, 0xd2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorLane XorConstant(VectorLane a, ulong constant) => new(a._value ^ Vector128.CreateScalarUnsafe(constant));
}

/// <summary>Four messages: AVX2, with AVX-512's rotation and ternary logic where the machine has them for 256 bits.</summary>
internal readonly struct FourLanes(Vector256<ulong> value) : IKeccakLane<FourLanes>
{
    private readonly Vector256<ulong> _value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes Load(ref ulong state, int index) => new(Vector256.LoadUnsafe(ref state, (nuint)(index * 4)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(FourLanes a, ref ulong state, int index) => a._value.StoreUnsafe(ref state, (nuint)(index * 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes Xor(FourLanes a, FourLanes b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes Xor3(FourLanes a, FourLanes b, FourLanes c) =>
        Avx512F.VL.IsSupported ? new(Avx512F.VL.TernaryLogic(a._value, b._value, c._value, 0x96)) : new(a._value ^ b._value ^ c._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes RotateLeft(FourLanes a, [ConstantExpected] byte count) =>
        Avx512F.VL.IsSupported ? new(Avx512F.VL.RotateLeft(a._value, count)) : new((a._value << count) | (a._value >>> (64 - count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes Chi(FourLanes a, FourLanes b, FourLanes c) =>
        Avx512F.VL.IsSupported
            ? new(Avx512F.VL.TernaryLogic(a._value, b._value, c._value, 0xd2))
            : new(a._value ^ Vector256.AndNot(c._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FourLanes XorConstant(FourLanes a, ulong constant) => new(a._value ^ Vector256.Create(constant));
}

/// <summary>Eight messages: AVX-512.</summary>
internal readonly struct EightLanes(Vector512<ulong> value) : IKeccakLane<EightLanes>
{
    private readonly Vector512<ulong> _value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Load(ref ulong state, int index) => new(Vector512.LoadUnsafe(ref state, (nuint)(index * 8)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(EightLanes a, ref ulong state, int index) => a._value.StoreUnsafe(ref state, (nuint)(index * 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Xor(EightLanes a, EightLanes b) => new(a._value ^ b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Xor3(EightLanes a, EightLanes b, EightLanes c) => new(Avx512F.TernaryLogic(a._value, b._value, c._value, 0x96));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes RotateLeft(EightLanes a, [ConstantExpected] byte count) => new(Avx512F.RotateLeft(a._value, count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Chi(EightLanes a, EightLanes b, EightLanes c) => new(Avx512F.TernaryLogic(a._value, b._value, c._value, 0xd2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes XorConstant(EightLanes a, ulong constant) => new(a._value ^ Vector512.Create(constant));
}
