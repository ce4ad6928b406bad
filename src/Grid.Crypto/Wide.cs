using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Grid.Crypto;

/// <summary>128-bit sums of products in two registers.</summary>
internal static class Wide
{
    /// <summary>
    /// The upper half of a product. Beside a plain multiplication for the lower half this is twice as fast as taking both from
    /// Math.BigMul, which passes the lower one through memory.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHigh(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _);

    /// <summary>high:low += a b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MultiplyAdd(ref ulong low, ref ulong high, ulong a, ulong b)
    {
        var product = a * b;
        low += product;
        high += MultiplyHigh(a, b) + (low < product ? 1UL : 0);
    }
}
