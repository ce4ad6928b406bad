using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain.Tests.Blocks;

public class FeeRulesTests
{
    [Theory]
    // EIP-1559: full, empty and at target; the workloads' 875,000,000 after an empty block.
    [InlineData(1_000_000_000, 30_000_000, 30_000_000, 1_125_000_000)]
    [InlineData(1_000_000_000, 0, 30_000_000, 875_000_000)]
    [InlineData(1_000_000_000, 15_000_000, 30_000_000, 1_000_000_000)]
    [InlineData(7, 15_000_001, 30_000_000, 8)]
    [InlineData(7, 14_999_999, 30_000_000, 7)]
    [InlineData(0, 30_000_000, 30_000_000, 1)]
    public void The_base_fee_moves_an_eighth_at_most(ulong baseFee, ulong used, ulong limit, ulong next) =>
        Assert.Equal(next, BaseFeeRules.Next(baseFee, used, limit));

    [Fact]
    public void The_base_fee_begins_with_London()
    {
        var parent = new BlockHeader { GasLimit = 30_000_000 };
        Assert.Null(BaseFeeRules.Next(parent, Fork.Berlin));
        Assert.Equal(1_000_000_000, BaseFeeRules.Next(parent, Fork.London));
    }

    [Theory]
    // The vectors of go-ethereum's and EIP-4844's tests of fake_exponential.
    [InlineData(1, 0, 1, 1)]
    [InlineData(38493, 0, 1000, 38493)]
    [InlineData(0, 1234, 2345, 0)]
    [InlineData(1, 2, 1, 6)]
    [InlineData(1, 4, 2, 6)]
    [InlineData(1, 3, 1, 16)]
    [InlineData(1, 6, 2, 18)]
    [InlineData(1, 4, 1, 49)]
    [InlineData(1, 8, 2, 50)]
    [InlineData(10, 8, 2, 542)]
    [InlineData(11, 8, 2, 596)]
    [InlineData(1, 5, 1, 136)]
    [InlineData(1, 5, 2, 11)]
    [InlineData(2, 5, 2, 23)]
    [InlineData(1, 50_000_000, 2_225_652, 5_709_098_764)]
    public void The_exponential_is_the_EIPs(ulong factor, ulong numerator, ulong denominator, ulong expected) =>
        Assert.Equal(expected, BlobGasRules.FakeExponential(factor, numerator, denominator));

    [Fact]
    public void An_absurd_excess_saturates() =>
        Assert.Equal(UInt256.MaxValue, BlobGasRules.BaseFeePerBlobGas(ulong.MaxValue, BlobParameters.Cancun));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 3, 0)]
    [InlineData(0, 4, 1)]
    [InlineData(5, 2, 4)]
    [InlineData(1, 1, 0)]
    public void Excess_is_what_is_above_the_target(ulong excessBlobs, ulong usedBlobs, ulong expectedBlobs)
    {
        var parent = new BlockHeader { ExcessBlobGas = excessBlobs * 131_072, BlobGasUsed = usedBlobs * 131_072, BaseFeePerGas = 7 };
        Assert.Equal(expectedBlobs * 131_072, BlobGasRules.ExcessBlobGas(parent, Fork.Cancun, BlobParameters.Cancun));
    }

    [Fact]
    public void From_Osaka_on_a_blob_below_its_reserve_price_lets_the_excess_rise()
    {
        // EIP-7918: 2^13 gas at the base fee against 2^17 blob gas at 1 wei: above 16 wei the reserve is the higher.
        var parent = new BlockHeader { ExcessBlobGas = 0, BlobGasUsed = 6 * 131_072, BaseFeePerGas = 17 };
        Assert.Equal(6UL * 131_072 * 3 / 9, BlobGasRules.ExcessBlobGas(parent, Fork.Osaka, BlobParameters.Prague));
        Assert.Equal(0UL, BlobGasRules.ExcessBlobGas(parent, Fork.Prague, BlobParameters.Prague));
        var cheap = new BlockHeader { ExcessBlobGas = 0, BlobGasUsed = 6 * 131_072, BaseFeePerGas = 16 };
        Assert.Equal(0UL, BlobGasRules.ExcessBlobGas(cheap, Fork.Osaka, BlobParameters.Prague));
    }
}
