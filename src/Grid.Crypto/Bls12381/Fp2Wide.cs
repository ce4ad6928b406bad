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
            (Load(in a, i) + Load(in b, i)).StoreUnsafe(ref Column(ref sum, i));
        }
    }

    /// <summary>difference = a - b - c, which may be one of them.</summary>
    public static void Subtract(in Fp2Wide a, in Fp2Wide b, in Fp2Wide c, out Fp2Wide difference)
    {
        Unsafe.SkipInit(out difference);
        for (var i = 0; i < Columns; i += Vector256<ulong>.Count)
        {
            (Load(in a, i) - Load(in b, i) - Load(in c, i)).StoreUnsafe(ref Column(ref difference, i));
        }
    }

    /// <summary>sum = a + (1 + u) b, which may be one of them.</summary>
    public static void AddNonresidue(in Fp2Wide a, in Fp2Wide b, out Fp2Wide sum)
    {
        const int Half = Columns / 2;
        Unsafe.SkipInit(out sum);
        // Twelve columns by four, then two: a half has fourteen.
        for (var i = 0; i < Half - 2; i += Vector256<ulong>.Count)
        {
            Vector256<ulong> b0 = Load(in b, i), b1 = Load(in b, i + Half);
            var c1 = Load(in a, i + Half) + b0 + b1;
            (Load(in a, i) + b0 - b1).StoreUnsafe(ref Column(ref sum, i));
            c1.StoreUnsafe(ref Column(ref sum, i + Half));
        }
        Vector128<ulong> last0 = LoadLast(in b, Half), last1 = LoadLast(in b, Columns);
        var lastC1 = LoadLast(in a, Columns) + last0 + last1;
        (LoadLast(in a, Half) + last0 - last1).StoreUnsafe(ref Column(ref sum, Half - 2));
        lastC1.StoreUnsafe(ref Column(ref sum, Columns - 2));
    }

    /// <summary>product = (1 + u) a.</summary>
    public static void MultiplyByNonresidue(in Fp2Wide a, out Fp2Wide product)
    {
        Fp2Wide zero = default;
        AddNonresidue(in zero, in a, out product);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref ulong Column(ref Fp2Wide a, int column) => ref Unsafe.Add(ref Unsafe.As<Fp2Wide, ulong>(ref a), column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Load(in Fp2Wide a, int column) => Vector256.LoadUnsafe(ref Column(ref Unsafe.AsRef(in a), column));

    /// <summary>The two columns below the given one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> LoadLast(in Fp2Wide a, int end) => Vector128.LoadUnsafe(ref Column(ref Unsafe.AsRef(in a), end - 2));
}
