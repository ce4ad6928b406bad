using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain.Tests;

public class ChainSpecTests
{
    [Fact]
    public void Forks_begin_at_their_block_their_total_difficulty_or_their_time()
    {
        var spec = new ChainSpec(1, new Dictionary<Fork, ulong>
        {
            [Fork.Homestead] = 2, [Fork.Byzantium] = 5, [Fork.London] = 9, [Fork.Shanghai] = 100, [Fork.Cancun] = 200, [Fork.Osaka] = 300, [Fork.Bpo1] = 400,
        }) { TerminalTotalDifficulty = 1000 };
        Assert.Equal(Fork.Frontier, spec.ForkAt(1, 1_000, isAfterMerge: false));
        Assert.Equal(Fork.Homestead, spec.ForkAt(4, 1_000, isAfterMerge: false));
        Assert.Equal(Fork.London, spec.ForkAt(9, 1_000, isAfterMerge: false));
        Assert.Equal(Fork.Paris, spec.ForkAt(10, 99, isAfterMerge: true));
        Assert.Equal(Fork.Shanghai, spec.ForkAt(10, 100, isAfterMerge: true));
        Assert.Equal(Fork.Osaka, spec.ForkAt(10, 399, isAfterMerge: true));
        Assert.Equal(Fork.Bpo1, spec.ForkAt(10, 400, isAfterMerge: true));
        Assert.Equal(Fork.London, spec.ForkOf(new BlockHeader { Number = 20, Timestamp = 500, Difficulty = 1 }));
        Assert.Equal(Fork.Bpo1, spec.ForkOf(new BlockHeader { Number = 20, Timestamp = 500 }));
    }

    [Fact]
    public void Specifications_are_equal_by_value()
    {
        var bpo = new Dictionary<Fork, BlobParameters> { [Fork.Bpo1] = new(10, 15, 8_346_193) };
        var spec = ChainSpec.From(Fork.Bpo2, 7, bpo);
        var same = ChainSpec.From(Fork.Bpo2, 7, new Dictionary<Fork, BlobParameters> { [Fork.Bpo1] = new(10, 15, 8_346_193) });
        Assert.Equal(spec, same);
        Assert.Equal(spec.GetHashCode(), same.GetHashCode());
        Assert.Equal(spec, spec with { });
        ChainSpec[] others =
        [
            ChainSpec.From(Fork.Bpo1, 7, bpo), ChainSpec.From(Fork.Bpo2, 8, bpo), ChainSpec.From(Fork.Bpo2, 7),
            ChainSpec.From(Fork.Bpo2, 7, new Dictionary<Fork, BlobParameters> { [Fork.Bpo1] = new(10, 16, 8_346_193) }),
            spec with { TerminalTotalDifficulty = 1 }, spec with { DaoForkSupport = true }, spec.WithSystemContractsRequired(false),
            spec with { DepositContract = Address.FromNumber(1) },
            spec with { SystemContractAddresses = SystemContractAddresses.Mainnet with { HistoryStorage = Address.FromNumber(1) } },
        ];
        Assert.All(others, other => Assert.NotEqual(spec, other));
    }

    [Fact]
    public void A_fork_keeps_its_predecessors_blob_parameters()
    {
        var bpo1 = new BlobParameters(10, 15, 8_346_193);
        var spec = ChainSpec.From(Fork.Bpo2, blobSchedule: new Dictionary<Fork, BlobParameters> { [Fork.Bpo1] = bpo1 });
        Assert.Null(spec.BlobParametersAt(Fork.Shanghai));
        Assert.Equal(BlobParameters.Cancun, spec.BlobParametersAt(Fork.Cancun));
        Assert.Equal(BlobParameters.Prague, spec.BlobParametersAt(Fork.Osaka));
        Assert.Equal(bpo1, spec.BlobParametersAt(Fork.Bpo2));
        Assert.Equal(bpo1, spec.WithSystemContractsRequired(false).BlobParametersAt(Fork.Bpo2));
    }
}
