using System.Numerics;
using Grid.Primitives;

namespace Grid.Evm.Precompiles;

/// <summary>0x05: modular exponentiation (EIP-198) with the price of the fork: that of EIP-198, EIP-2565 or EIP-7883.</summary>
internal sealed class ModExp(ModExpPrice price) : Precompile
{
    private const int HeaderLength = 96;

    /// <summary>EIP-7823: from Osaka on no operand may be longer, in bytes.</summary>
    private const int OperandLengthMax = 1_024;

    /// <summary>No gas limit pays for operands of this length, in bytes.</summary>
    private const ulong LengthLimit = 1 << 28;

    public override long GasCost(ReadOnlySpan<byte> input)
    {
        ReadLengths(input, out var baseLength, out var exponentLength, out var modulusLength);
        var complexity = price.Complexity(BigInteger.Max(baseLength, modulusLength));
        var gas = BigInteger.Max(
            price.GasMin, complexity * BigInteger.Max(Iterations(input, baseLength, exponentLength), BigInteger.One) / price.Divisor);
        // Without a base and a modulus there is nothing to compute, and nothing to pay for, however long the exponent says it is.
        var isComputable = baseLength < LengthLimit && modulusLength < LengthLimit && (exponentLength < LengthLimit || complexity.IsZero);
        return isComputable && gas <= long.MaxValue ? (long)gas : long.MaxValue;
    }

    public override int OutputLength(ReadOnlySpan<byte> input)
    {
        ReadLengths(input, out _, out _, out var modulusLength);
        return price.LimitsOperands && modulusLength > OperandLengthMax ? 0 : (int)modulusLength.U0;
    }

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        ReadLengths(input, out var baseLength, out var exponentLength, out var modulusLength);
        length = 0;
        if (price.LimitsOperands && (baseLength > OperandLengthMax || exponentLength > OperandLengthMax || modulusLength > OperandLengthMax))
        {
            return false;
        }
        if (modulusLength.IsZero)
        {
            return true;
        }
        length = (int)modulusLength.U0;
        var @base = Slice(input, HeaderLength, (int)baseLength.U0);
        var exponent = Slice(input, HeaderLength + (int)baseLength.U0, (int)exponentLength.U0);
        var modulus = Slice(input, HeaderLength + (int)baseLength.U0 + (int)exponentLength.U0, length);
        Crypto.ModExp.Compute(@base, exponent, modulus, output[..length]);
        return true;
    }

    private static void ReadLengths(ReadOnlySpan<byte> input, out UInt256 baseLength, out UInt256 exponentLength, out UInt256 modulusLength)
    {
        var header = Slice(input, 0, HeaderLength);
        baseLength = UInt256.FromBigEndian(header.AsSpan(0, 32));
        exponentLength = UInt256.FromBigEndian(header.AsSpan(32, 32));
        modulusLength = UInt256.FromBigEndian(header.AsSpan(64, 32));
    }

    /// <summary>The "adjusted exponent length": bits below the highest of the first 32 bytes, and a factor for each byte after them.</summary>
    private BigInteger Iterations(ReadOnlySpan<byte> input, in UInt256 baseLength, in UInt256 exponentLength)
    {
        var headLength = (int)exponentLength.SaturateUInt64(32);
        var start = baseLength.SaturateUInt64(int.MaxValue - HeaderLength - 32) + HeaderLength;
        var head = UInt256.FromBigEndian(Slice(input, (int)start, headLength));
        var bits = Math.Max(head.BitLength - 1, 0);
        return exponentLength > 32 ? (price.ExponentByteFactor * ((BigInteger)exponentLength - 32)) + bits : bits;
    }

    /// <summary>A part of the input, which goes on with zeros.</summary>
    private static byte[] Slice(ReadOnlySpan<byte> input, int start, int length)
    {
        var slice = new byte[length];
        if (start < input.Length)
        {
            input.Slice(start, Math.Min(length, input.Length - start)).CopyTo(slice);
        }
        return slice;
    }
}

/// <summary>What MODEXP costs.</summary>
internal sealed record ModExpPrice(int GasMin, int Divisor, int ExponentByteFactor, bool LimitsOperands, Func<BigInteger, BigInteger> Complexity)
{
    public static readonly ModExpPrice Eip198 = new(0, 20, 8, false, bytes =>
        bytes <= 64 ? bytes * bytes
        : bytes <= 1_024 ? (bytes * bytes / 4) + (96 * bytes) - 3_072
        : (bytes * bytes / 16) + (480 * bytes) - 199_680);

    public static readonly ModExpPrice Eip2565 = new(200, 3, 8, false, bytes => BigInteger.Pow((bytes + 7) / 8, 2));

    /// <summary>With the limit of EIP-7823, which came at the same time.</summary>
    public static readonly ModExpPrice Eip7883 = new(500, 1, 16, true, bytes => bytes <= 32 ? 16 : 2 * BigInteger.Pow((bytes + 7) / 8, 2));
}
