using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Grid.Crypto.Bls12381;

/// <summary>Products in Fp2 before their reduction, and their sums: see <see cref="FpWide"/> for the room in them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Fp2Wide
{
    private const int Columns = 28;

    private FpWide _c0, _c1;

    /// <summary>Three products (Karatsuba), for factors whose magnitudes multiply to at most 8.</summary>
    [SkipLocalsInit]
    public static void Multiply(in Fp2 a, in Fp2 b, out Fp2Wide product)
    {
        FpWide.Multiply(in a.C0, in b.C0, out var low);
        FpWide.Multiply(in a.C1, in b.C1, out var high);
        FpWide.Multiply(a.C0 + a.C1, b.C0 + b.C1, out var sums);
        FpWide.Subtract(in low, in high, out product._c0);
        FpWide.Subtract(in sums, in low, in high, out product._c1);
    }

    /// <summary>(a0 + a1)(a0 - a1) and 2 a0 a1.</summary>
    public static void Square(in Fp2 a, out Fp2Wide square)
    {
        FpWide.Multiply(a.C0 + a.C1, a.C0 - a.C1, out square._c0);
        FpWide.Multiply(a.C0 + a.C0, in a.C1, out square._c1);
    }

    public static Fp2 Reduce(in Fp2Wide t) => new(FpWide.Reduce(in t._c0), FpWide.Reduce(in t._c1));

    /// <summary>sum = a + b, which may be one of them.</summary>
    public static void Add(in Fp2Wide a, in Fp2Wide b, out Fp2Wide sum)
    {
        Unsafe.SkipInit(out sum);
        for (var i = 0; i < Columns; i += Vector256<ulong>.Count)
        {
            Store(Load(in a, i) + Load(in b, i), ref sum, i);
        }
    }

    /// <summary>difference = a - b, which may be one of them.</summary>
    public static void Subtract(in Fp2Wide a, in Fp2Wide b, out Fp2Wide difference)
    {
        Unsafe.SkipInit(out difference);
        for (var i = 0; i < Columns; i += Vector256<ulong>.Count)
        {
            Store(Load(in a, i) - Load(in b, i), ref difference, i);
        }
    }

    /// <summary>difference = a - b - c, which may be one of them.</summary>
    public static void Subtract(in Fp2Wide a, in Fp2Wide b, in Fp2Wide c, out Fp2Wide difference)
    {
        Unsafe.SkipInit(out difference);
        for (var i = 0; i < Columns; i += Vector256<ulong>.Count)
        {
            Store(Load(in a, i) - Load(in b, i) - Load(in c, i), ref difference, i);
        }
    }

    /// <summary>sum = a + (1 + u) b, which may be one of them.</summary>
    public static void AddNonresidue(in Fp2Wide a, in Fp2Wide b, out Fp2Wide sum)
    {
        var c1 = b._c0;
        FpWide.Add(ref c1, in b._c1);
        var c0 = b._c0;
        FpWide.Subtract(in c0, in b._c1, out c0);
        FpWide.Add(ref c0, in a._c0);
        FpWide.Add(ref c1, in a._c1);
        sum._c0 = c0;
        sum._c1 = c1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Load(in Fp2Wide a, int column) =>
        Vector256.LoadUnsafe(ref Unsafe.As<Fp2Wide, ulong>(ref Unsafe.AsRef(in a)), (nuint)column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<ulong> value, ref Fp2Wide a, int column) =>
        value.StoreUnsafe(ref Unsafe.As<Fp2Wide, ulong>(ref a), (nuint)column);
}
