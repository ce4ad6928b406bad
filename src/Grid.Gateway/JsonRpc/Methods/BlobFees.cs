using Grid.Chain;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>The price of blob gas in a block.</summary>
internal static class BlobFees
{
    /// <summary>Wei per blob gas; zero before Cancun.</summary>
    public static UInt256 PriceIn(BlockHeader header, ChainSpec spec) =>
        header.ExcessBlobGas is { } excess && spec.BlobParametersAt(spec.ForkOf(header)) is { } parameters
            ? BlobGasRules.BaseFeePerBlobGas(excess, parameters)
            : UInt256.Zero;

    /// <summary>Blob gas that the block used, of what it may; zero before Cancun.</summary>
    public static double UsedRatio(BlockHeader header, ChainSpec spec) =>
        header.BlobGasUsed is { } used && spec.BlobParametersAt(spec.ForkOf(header)) is { Max: > 0 } parameters
            ? (double)used / (parameters.Max * BlobGasRules.GasPerBlob)
            : 0;
}
