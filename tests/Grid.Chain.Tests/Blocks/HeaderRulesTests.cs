using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Code = Grid.Chain.BlockErrorCode;

namespace Grid.Chain.Tests.Blocks;

/// <summary>Each rule with the header that breaks it alone.</summary>
public class HeaderRulesTests
{
    private static readonly ChainSpec Spec = ChainSpec.From(Fork.Osaka);

    private static readonly BlockHeader Parent = new()
    {
        Number = 5, Timestamp = 100, GasLimit = 30_000_000, GasUsed = 15_000_000, BaseFeePerGas = 100, BlobGasUsed = 0, ExcessBlobGas = 0,
    };

    private static BlockHeader Child(
        Hash256? parent = null, ulong number = 6, ulong timestamp = 101, ulong gasLimit = 30_000_000, ulong gasUsed = 0, byte[]? extra = null, ulong baseFee = 100,
        ulong difficulty = 0, ulong nonce = 0, Hash256? ommers = null, ulong blobGas = 0, ulong excess = 0, bool hasRequests = true, Hash256? accessList = null) => new()
    {
        ParentHash = parent ?? Parent.Hash, Number = number, Timestamp = timestamp, GasLimit = gasLimit, GasUsed = gasUsed, ExtraData = extra ?? [],
        BaseFeePerGas = baseFee, Difficulty = difficulty, Nonce = nonce, OmmersHash = ommers ?? BlockHeader.EmptyOmmersHash, BlobGasUsed = blobGas, ExcessBlobGas = excess,
        WithdrawalsRoot = Keccak256.OfEmptyString, ParentBeaconBlockRoot = default(Hash256), RequestsHash = hasRequests ? ExecutionRequests.EmptyHash : null,
        BlockAccessListHash = accessList,
    };

    private static Code Check(BlockHeader header) => HeaderRules.Check(header, Parent, Spec, Fork.Osaka).Code;

    [Fact]
    public void Each_rule_has_its_error()
    {
        Assert.Equal(Code.None, Check(Child()));
        Assert.Equal(Code.UnknownParent, Check(Child(parent: Hash256.FromWord(1))));
        Assert.Equal(Code.NumberMismatch, Check(Child(number: 7)));
        Assert.Equal(Code.TimestampNotAfterParent, Check(Child(timestamp: 100)));
        Assert.Equal(Code.None, Check(Child(extra: new byte[32])));
        Assert.Equal(Code.ExtraDataTooLong, Check(Child(extra: new byte[33])));
        Assert.Equal(Code.None, Check(Child(gasLimit: 30_029_295)));
        Assert.Equal(Code.GasLimitOutOfBounds, Check(Child(gasLimit: 30_029_296)));
        Assert.Equal(Code.GasLimitOutOfBounds, Check(Child(gasLimit: 29_970_704)));
        Assert.Equal(Code.GasUsedAboveLimit, Check(Child(gasUsed: 30_000_001)));
        Assert.Equal(Code.BaseFeeMismatch, Check(Child(baseFee: 101)));
        Assert.Equal(Code.DifficultyMismatch, Check(Child(difficulty: 1)));
        Assert.Equal(Code.NonceNotZero, Check(Child(nonce: 1)));
        Assert.Equal(Code.OmmersNotEmpty, Check(Child(ommers: default(Hash256))));
        Assert.Equal(Code.ExcessBlobGasMismatch, Check(Child(excess: 131_072)));
        Assert.Equal(new BlockError(Code.HeaderFieldMismatch, Index: 5), HeaderRules.Check(Child(hasRequests: false), Parent, Spec, Fork.Osaka));
        Assert.Equal(Code.HeaderFieldMismatch, Check(Child(accessList: Hash256.FromWord(1))));
    }

    [Fact]
    public void London_doubles_the_gas_limit_once()
    {
        var parent = new BlockHeader { Number = 5, Timestamp = 100, GasLimit = 10_000_000, Difficulty = DifficultyRules.Minimum };
        BlockHeader London(ulong gasLimit) => new()
        {
            ParentHash = parent.Hash, Number = 6, Timestamp = 101, GasLimit = gasLimit, BaseFeePerGas = 1_000_000_000, Difficulty = DifficultyRules.Next(Fork.London, parent, 101),
        };
        Assert.Equal(Code.None, HeaderRules.Check(London(20_000_000), parent, Spec, Fork.London).Code);
        Assert.Equal(Code.GasLimitOutOfBounds, HeaderRules.Check(London(10_000_000), parent, Spec, Fork.London).Code);
    }

    [Fact]
    public void A_body_is_the_one_that_its_header_names()
    {
        var transaction = DevelopmentAccounts.Signers[0].Sign(new Transaction { Type = TransactionType.DynamicFee, ChainId = 1, GasLimit = 21_000, To = default(Address) });
        BlockHeader Header(Hash256 transactions, Hash256 withdrawals) => new()
        {
            TransactionsRoot = transactions, WithdrawalsRoot = withdrawals, BlobGasUsed = 0,
        };
        var withdrawals = new Withdrawal[] { new(0, 1, default, 2) };
        var transactionsRoot = BlockRoots.OfTransactions([transaction]);
        var withdrawalsRoot = BlockRoots.OfWithdrawals(withdrawals);
        var header = Header(transactionsRoot, withdrawalsRoot);
        Code CheckBody(Block block, Fork fork = Fork.Osaka, int? length = null) => BodyRules.Check(block, fork, length).Code;
        Assert.Equal(Code.None, CheckBody(new Block(header, [transaction], [], withdrawals)));
        Assert.Equal(Code.OmmersHashMismatch, CheckBody(new Block(header, [transaction], [Parent], withdrawals)));
        Assert.Equal(Code.WithdrawalsRootMismatch, CheckBody(new Block(header, [transaction], [], [])));
        Assert.Equal(Code.WithdrawalsMissing, CheckBody(new Block(header, [transaction], [], null)));
        Assert.Equal(Code.WithdrawalsNotAllowed, CheckBody(new Block(header, [transaction], [], withdrawals), Fork.Paris));
        Assert.Equal(Code.BlockTooLarge, CheckBody(new Block(header, [transaction], [], withdrawals), length: 8_388_609));
        Assert.Equal(Code.None, CheckBody(new Block(header, [transaction], [], withdrawals), Fork.Prague, 8_388_609));
    }
}
