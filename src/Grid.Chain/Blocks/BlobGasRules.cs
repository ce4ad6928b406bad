using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>The price of blob gas and how a block's excess follows from its parent (EIP-4844, EIP-7691, EIP-7918).</summary>
public static class BlobGasRules
{
    public const ulong GasPerBlob = 1 << 17;

    /// <summary>Wei per blob gas.</summary>
    public const ulong MinBaseFeePerBlobGas = 1;

    /// <summary>EIP-7918: execution gas per blob whose price at the base fee is the floor of a blob's price.</summary>
    public const ulong BlobBaseCost = 1 << 13;

    /// <summary>EIP-7594: from Osaka on at most this many blobs in one transaction.</summary>
    public const int MaxBlobsPerTransaction = 6;

    /// <summary>The first byte of a blob's versioned hash.</summary>
    public const byte VersionedHashVersionKzg = 0x01;

    /// <summary>Wei per blob gas at this excess.</summary>
    public static UInt256 BaseFeePerBlobGas(ulong excessBlobGas, BlobParameters parameters) =>
        FakeExponential(MinBaseFeePerBlobGas, excessBlobGas, parameters.BaseFeeUpdateFraction);

    /// <summary>The excess blob gas of a block, from its parent.</summary>
    /// <param name="fork">The block's own fork.</param>
    /// <param name="parameters">The block's own parameters.</param>
    public static ulong ExcessBlobGas(BlockHeader parent, Fork fork, BlobParameters parameters)
    {
        var parentExcess = parent.ExcessBlobGas ?? 0;
        var parentUsed = parent.BlobGasUsed ?? 0;
        var target = parameters.Target * GasPerBlob;
        // Wider than 64 bits: a header may claim any excess.
        UInt256 sum = (UInt256)parentExcess + parentUsed;
        if (sum < target)
        {
            return 0;
        }
        if (fork >= Fork.Osaka)
        {
            var reserve = (UInt256)BlobBaseCost * (parent.BaseFeePerGas ?? default);
            var blobPrice = (UInt256)GasPerBlob * BaseFeePerBlobGas(parentExcess, parameters);
            if (reserve > blobPrice)
            {
                return ((UInt256)parentExcess + (UInt256)parentUsed * (parameters.Max - parameters.Target) / parameters.Max).SaturateUInt64();
            }
        }
        return (sum - target).SaturateUInt64();
    }

    /// <summary>factor · e^(numerator / denominator) by Taylor's series (EIP-4844), saturating at 2^256 - 1.</summary>
    internal static UInt256 FakeExponential(ulong factor, ulong numerator, ulong denominator)
    {
        var output = UInt256.Zero;
        UInt256 term = (UInt256)factor * denominator;
        for (ulong i = 1; !term.IsZero; i++)
        {
            if (UInt256.AddOverflow(in output, in term, out output) || UInt256.MultiplyOverflow(in term, numerator, out var product))
            {
                return UInt256.MaxValue;
            }
            term = product / ((UInt256)denominator * i);
        }
        return output / denominator;
    }
}
