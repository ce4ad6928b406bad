using Grid.Chain;
using Grid.Evm;
using Grid.Grains.Coordinator;
using Grid.Grains.Reader;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Grid.Grains.Tests.Messages;

/// <summary>What goes from one silo to another arrives as it was.</summary>
public sealed class ChainCodecTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(IBlockCoordinatorGrain).Assembly)).BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void An_error_keeps_all_its_fields()
    {
        BlockError[] errors =
        [
            default,
            new(BlockErrorCode.InvalidOmmer, 1, UInt256.MaxValue, 2) { Ommer = BlockErrorCode.GasLimitOutOfBounds },
            new(BlockErrorCode.MalformedRlp, 3) { Rlp = RlpError.TooWide },
            BlockError.OfTransaction(5, new TransactionError(TransactionErrorCode.NonceTooLow, 6, 7) { Rlp = RlpError.UnexpectedString }),
        ];
        Assert.All(errors, error => Assert.Equal(error, Send(new ImportResult(null, error)).Error));
    }

    [Fact]
    public void A_signature_that_is_nobodys_stays_so_and_other_senders_are_known()
    {
        var signed = DevelopmentAccounts.Signers[3].Sign(new Transaction { Type = TransactionType.Legacy, ChainId = 1, GasLimit = 21_000, To = Address.FromNumber(1) });
        // Half of all numbers are no point's x on the curve.
        var unsigned = Enumerable.Range(1, 64)
            .Select(r => new Transaction { Type = TransactionType.Legacy, ChainId = 1, GasLimit = 21_000, To = Address.FromNumber(1), R = (ulong)r, S = 1 })
            .First(transaction => !transaction.TryGetSender(out _));
        var block = Send(new BlockImport(new Block(new BlockHeader(), [signed, unsigned], [], null))).Block;
        Assert.True(block.Transactions[0].IsSenderKnown);
        Assert.Equal(DevelopmentAccounts.Signers[3].Address, block.Transactions[0].Sender);
        Assert.False(block.Transactions[1].TryGetSender(out _));
    }

    [Fact]
    public void A_chain_is_the_same_for_a_gateway()
    {
        var scheduled = new ChainSpec(
            7, new Dictionary<Fork, ulong> { [Fork.Homestead] = 3, [Fork.London] = 9, [Fork.Shanghai] = 1_000, [Fork.Cancun] = 2_000, [Fork.Prague] = 3_000, [Fork.Bpo1] = 4_000 },
            new Dictionary<Fork, BlobParameters> { [Fork.Prague] = new(5, 8, 77), [Fork.Bpo1] = new(10, 15, 99) })
        {
            TerminalTotalDifficulty = UInt256.MaxValue, DaoForkSupport = true, RequireSystemContracts = false, DepositContract = Address.FromNumber(4),
            SystemContractAddresses = new SystemContractAddresses(Address.FromNumber(5), Address.FromNumber(6), Address.FromNumber(7), Address.FromNumber(8)),
        };
        ChainSpec[] specs = [scheduled, ChainSpec.From(Fork.Frontier), ChainSpec.From(Fork.Amsterdam, ulong.MaxValue), DevelopmentAccounts.Genesis(0).Spec];
        Assert.All(specs, spec =>
        {
            var description = new ChainDescription(spec, 2, IsDevelopment: true);
            Assert.Equal(description, Send(description));
        });
    }

    [Theory]
    [InlineData(StorageError.Unavailable)]
    [InlineData(StorageError.Corrupt)]
    [InlineData(StorageError.Incompatible)]
    public void A_failure_of_the_storage_arrives_as_what_it_is(StorageError kind)
    {
        var error = Assert.IsType<StorageException>(Send<Exception>(new StorageException(kind, "column 'hash' doesn't hold what was written", new IOException())));
        Assert.Equal((kind, "column 'hash' doesn't hold what was written"), (error.Error, error.Detail));
    }

    private T Send<T>(T message)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(message))!;
    }
}
