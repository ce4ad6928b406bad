using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Grid.Primitives;

public readonly partial struct UInt256
{
    /// <summary>Reads up to 32 big-endian bytes; a shorter span is padded with zeros on the left.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 32 bytes.</exception>
    public static UInt256 FromBigEndian(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 32)
        {
            return FromBigEndian32(ref MemoryMarshal.GetReference(bytes));
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, 32, nameof(bytes));
        Span<byte> padded = stackalloc byte[32];
        padded.Clear();
        bytes.CopyTo(padded[(32 - bytes.Length)..]);
        return FromBigEndian32(ref MemoryMarshal.GetReference(padded));
    }

    /// <summary>Reads exactly 32 big-endian bytes from an address that the caller has checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt256 FromBigEndian32(ref byte source)
    {
        Unsafe.SkipInit(out UInt256 result);
        Swap(ref source, ref Unsafe.As<UInt256, byte>(ref result));
        return result;
    }

    /// <summary>Writes exactly 32 big-endian bytes to an address that the caller has checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteBigEndian32(ref byte destination) =>
        Swap(ref Unsafe.As<UInt256, byte>(ref Unsafe.AsRef(in this)), ref destination);

    /// <summary>Writes 32 big-endian bytes.</summary>
    /// <exception cref="ArgumentException">The span is shorter than 32 bytes.</exception>
    public void WriteBigEndian(Span<byte> destination)
    {
        if (destination.Length < 32)
        {
            throw new ArgumentException("32 bytes are needed.", nameof(destination));
        }
        WriteBigEndian32(ref MemoryMarshal.GetReference(destination));
    }

    public byte[] ToBigEndian()
    {
        var bytes = new byte[32];
        WriteBigEndian(bytes);
        return bytes;
    }

    /// <summary>Writes the value without leading zeros and returns the number of bytes: 0 for zero.</summary>
    public int WriteMinimalBigEndian(Span<byte> destination)
    {
        Span<byte> full = stackalloc byte[32];
        WriteBigEndian(full);
        var length = ByteLength;
        full[(32 - length)..].CopyTo(destination);
        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Swap(ref byte source, ref byte destination)
    {
        if (Vector256.IsHardwareAccelerated)
        {
            var reverse = Vector256.Create((byte)31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
            Vector256.Shuffle(Vector256.LoadUnsafe(ref source), reverse).StoreUnsafe(ref destination);
            return;
        }
        var a = Unsafe.ReadUnaligned<ulong>(ref source);
        var b = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, 8));
        var c = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, 16));
        var d = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, 24));
        Unsafe.WriteUnaligned(ref destination, BinaryPrimitives.ReverseEndianness(d));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, 8), BinaryPrimitives.ReverseEndianness(c));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, 16), BinaryPrimitives.ReverseEndianness(b));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, 24), BinaryPrimitives.ReverseEndianness(a));
    }

    /// <summary>Parses `0x`-prefixed hexadecimal (any number of digits whose value fits) or unsigned decimal.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UInt256 value)
    {
        value = Zero;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            text = text[2..].TrimStart('0');
            if (text.Length > 64)
            {
                return false;
            }
            Span<char> padded = stackalloc char[64];
            padded.Fill('0');
            text.CopyTo(padded[(64 - text.Length)..]);
            Span<byte> bytes = stackalloc byte[32];
            if (Convert.FromHexString(padded, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }
            value = FromBigEndian(bytes);
            return true;
        }
        // 2^256 has 78 decimal digits: longer input is refused before a BigInteger is made of it.
        if (text.Length is 0 or > 78 || !BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var big) || big.GetByteCount(isUnsigned: true) > 32)
        {
            return false;
        }
        value = (UInt256)big;
        return true;
    }

    /// <exception cref="FormatException">Neither hexadecimal nor decimal, or wider than 256 bits.</exception>
    public static UInt256 Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"Not an unsigned 256-bit integer: '{text[..Math.Min(text.Length, 80)]}'.");

    /// <summary>Decimal digits.</summary>
    public override string ToString() => ((BigInteger)this).ToString(CultureInfo.InvariantCulture);

    /// <summary>"x": `0x` and lower-case digits without leading zeros (JSON-RPC's quantity); anything else: decimal.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => format is "x" ? ToHex() : ToString();

    /// <summary>JSON-RPC's quantity: `0x` and lower-case digits without leading zeros, `0x0` for zero.</summary>
    public string ToHex()
    {
        Span<byte> bytes = stackalloc byte[32];
        WriteBigEndian(bytes);
        var digits = Convert.ToHexStringLower(bytes).AsSpan().TrimStart('0');
        return digits.IsEmpty ? "0x0" : string.Concat("0x", digits);
    }

    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var text = format is "x" ? ToHex() : ToString();
        charsWritten = text.TryCopyTo(destination) ? text.Length : 0;
        return charsWritten > 0;
    }
}
