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
        UInt256 baseLength = ReadLength(input, 0), exponentLength = ReadLength(input, 1), modulusLength = ReadLength(input, 2);
        var longest = baseLength > modulusLength ? baseLength : modulusLength;
        if (longest >= LengthLimit)
        {
            return long.MaxValue;
        }
        var complexity = price.Complexity(longest.U0);
        if (complexity == 0)
        {
            // Without a base and a modulus there is nothing to compute, and nothing to pay for, however long the exponent says it is.
            return price.GasMin;
        }
        if (exponentLength >= LengthLimit)
        {
            return long.MaxValue;
        }
        // 2^56 times 2^33 at most.
        var work = (UInt128)complexity * Math.Max(Iterations(input, (int)baseLength.U0, (int)exponentLength.U0), 1);
        var gas = work <= ulong.MaxValue ? (ulong)work / price.Divisor : work / price.Divisor;
        return gas > long.MaxValue ? long.MaxValue : Math.Max(price.GasMin, (long)gas);
    }

    public override int OutputLength(ReadOnlySpan<byte> input)
    {
        var length = ReadLength(input, 2);
        return price.LimitsOperands && length > OperandLengthMax ? 0 : (int)length.U0;
    }

    public override bool TryRun(ReadOnlySpan<byte> input, Span<byte> output, out int length)
    {
        UInt256 baseLength = ReadLength(input, 0), exponentLength = ReadLength(input, 1), modulusLength = ReadLength(input, 2);
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
        var exponentStart = HeaderLength + (int)baseLength.U0;
        var modulusStart = exponentStart + (int)exponentLength.U0;
        output = output[..length];
        if (modulusStart >= input.Length)
        {
            // The modulus is 0, whatever the other operands are.
            output.Clear();
            return true;
        }
        // What is before the modulus is there in full.
        Crypto.ModExp.Compute(
            input[HeaderLength..exponentStart], input[exponentStart..modulusStart], Padded(input, modulusStart, length), output);
        return true;
    }

    /// <summary>One of the three lengths that the input begins with, and goes on with zeros.</summary>
    private static UInt256 ReadLength(ReadOnlySpan<byte> input, int index)
    {
        var start = 32 * index;
        if (input.Length >= start + 32)
        {
            return UInt256.FromBigEndian(input.Slice(start, 32));
        }
        Span<byte> word = stackalloc byte[32];
        word.Clear();
        if (start < input.Length)
        {
            input[start..].CopyTo(word);
        }
        return UInt256.FromBigEndian(word);
    }

    /// <summary>The "adjusted exponent length": bits below the highest of the first 32 bytes, and a factor for each byte after them.</summary>
    private ulong Iterations(ReadOnlySpan<byte> input, int baseLength, int exponentLength)
    {
        Span<byte> head = stackalloc byte[32];
        head.Clear();
        var start = HeaderLength + baseLength;
        var length = Math.Min(exponentLength, head.Length);
        if (start < input.Length)
        {
            input.Slice(start, Math.Min(length, input.Length - start)).CopyTo(head);
        }
        var bits = (ulong)Math.Max(UInt256.FromBigEndian(head[..length]).BitLength - 1, 0);
        return exponentLength > 32 ? (price.ExponentByteFactor * ((ulong)exponentLength - 32)) + bits : bits;
    }

    /// <summary>A part of the input, which goes on with zeros.</summary>
    private static ReadOnlySpan<byte> Padded(ReadOnlySpan<byte> input, int start, int length)
    {
        if (input.Length - start >= length)
        {
            return input.Slice(start, length);
        }
        var padded = new byte[length];
        input[start..].CopyTo(padded);
        return padded;
    }
}

/// <summary>What MODEXP costs.</summary>
/// <param name="Complexity">Of the longer of base and modulus, in bytes, below 2^28.</param>
internal sealed record ModExpPrice(long GasMin, ulong Divisor, ulong ExponentByteFactor, bool LimitsOperands, Func<ulong, ulong> Complexity)
{
    public static readonly ModExpPrice Eip198 = new(0, 20, 8, false, bytes =>
        bytes <= 64 ? bytes * bytes
        : bytes <= 1_024 ? (bytes * bytes / 4) + (96 * bytes) - 3_072
        : (bytes * bytes / 16) + (480 * bytes) - 199_680);

    public static readonly ModExpPrice Eip2565 = new(200, 3, 8, false, bytes => Square((bytes + 7) / 8));

    /// <summary>With the limit of EIP-7823, which came at the same time.</summary>
    public static readonly ModExpPrice Eip7883 = new(500, 1, 16, true, bytes => bytes <= 32 ? 16 : 2 * Square((bytes + 7) / 8));

    private static ulong Square(ulong words) => words * words;
}
