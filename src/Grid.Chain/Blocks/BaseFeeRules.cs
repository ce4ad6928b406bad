using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>How a block's base fee follows from its parent (EIP-1559).</summary>
public static class BaseFeeRules
{
    /// <summary>Wei per gas in London's first block.</summary>
    public const ulong InitialBaseFee = 1_000_000_000;

    public const ulong ElasticityMultiplier = 2;

    public const ulong MaxChangeDenominator = 8;

    /// <summary>The base fee of a block, in wei per gas; null before London.</summary>
    /// <param name="fork">The block's own fork.</param>
    public static UInt256? Next(BlockHeader parent, Fork fork)
    {
        if (fork < Fork.London)
        {
            return null;
        }
        return parent.BaseFeePerGas is { } baseFee ? Next(baseFee, parent.GasUsed, parent.GasLimit) : InitialBaseFee;
    }

    public static UInt256 Next(in UInt256 baseFee, ulong gasUsed, ulong gasLimit)
    {
        var target = gasLimit / ElasticityMultiplier;
        if (gasUsed == target)
        {
            return baseFee;
        }
        if (gasUsed > target)
        {
            var rise = baseFee * (gasUsed - target) / target / MaxChangeDenominator;
            return baseFee + (rise.IsZero ? UInt256.One : rise);
        }
        return baseFee - (baseFee * (target - gasUsed) / target / MaxChangeDenominator);
    }
}
