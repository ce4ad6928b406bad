using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Code = Grid.Chain.TransactionErrorCode;

namespace Grid.Chain.Tests.Transactions;

/// <summary>Each rule with the transaction that breaks it alone, and the one beside it that doesn't.</summary>
public class TransactionRulesTests
{
    private const ulong Chain = 1;
    private static readonly Address Recipient = Address.FromNumber(0x1234);

    private static Transaction Make(
        TransactionType type = TransactionType.DynamicFee, ulong? chainId = Chain, ulong nonce = 0, ulong gas = 100_000, ulong maxFee = 10, ulong tip = 1,
        bool creates = false, byte[]? data = null, AccessListEntry[]? entries = null, Hash256[]? blobs = null, ulong blobFee = 5,
        Authorization[]? authorizations = null, UInt256? s = null, UInt256? value = null, UInt256? maxFeeWord = null) => new()
    {
        Type = type,
        ChainId = chainId,
        Nonce = nonce,
        GasLimit = gas,
        MaxFeePerGas = maxFeeWord ?? maxFee,
        MaxPriorityFeePerGas = type <= TransactionType.AccessList ? maxFeeWord ?? maxFee : tip,
        To = creates ? null : Recipient,
        Value = value ?? UInt256.Zero,
        Data = data ?? [],
        AccessList = entries ?? [],
        BlobVersionedHashes = blobs ?? (type == TransactionType.Blob ? [Blob(1)] : []),
        MaxFeePerBlobGas = type == TransactionType.Blob ? blobFee : 0,
        AuthorizationList = authorizations ?? (type == TransactionType.SetCode ? [new Authorization(0, Recipient, 0, 0, 1, 1)] : []),
        R = 1,
        S = s ?? 1,
    };

    private static Hash256 Blob(byte version) => new([version, .. new byte[31]]);

    private static Code Static(Transaction transaction, Fork fork = Fork.Osaka) => TransactionRules.CheckStatic(transaction, fork, Chain, out _).Code;

    [Theory]
    [InlineData(TransactionType.Legacy, Fork.Frontier)]
    [InlineData(TransactionType.AccessList, Fork.Berlin)]
    [InlineData(TransactionType.DynamicFee, Fork.London)]
    [InlineData(TransactionType.Blob, Fork.Cancun)]
    [InlineData(TransactionType.SetCode, Fork.Prague)]
    public void A_type_begins_with_its_fork(TransactionType type, Fork first)
    {
        var transaction = Make(type, chainId: type == TransactionType.Legacy ? null : Chain);
        Assert.Equal(Code.None, Static(transaction, first));
        if (first > Fork.Frontier)
        {
            Assert.Equal(Code.TypeNotSupported, Static(transaction, first - 1));
        }
    }

    [Fact]
    public void The_chain_is_ours_or_none_for_a_legacy_transaction()
    {
        Assert.Equal(Code.ChainIdMismatch, Static(Make(chainId: 2)));
        Assert.Equal(Code.ChainIdMismatch, Static(Make(TransactionType.Legacy, chainId: 2)));
        Assert.Equal(Code.None, Static(Make(TransactionType.Legacy, chainId: null)));
        // EIP-155 came with Spurious Dragon.
        Assert.Equal(Code.ChainIdNotAllowed, Static(Make(TransactionType.Legacy), Fork.TangerineWhistle));
        Assert.Equal(Code.None, Static(Make(TransactionType.Legacy), Fork.SpuriousDragon));
    }

    [Fact]
    public void A_high_s_is_refused_from_Homestead_on()
    {
        Assert.Equal(Code.None, Static(Make(s: Secp256k1.HalfOrder)));
        Assert.Equal(Code.SignatureSTooHigh, Static(Make(s: Secp256k1.HalfOrder + 1)));
        var legacy = Make(TransactionType.Legacy, chainId: null, s: Secp256k1.HalfOrder + 1);
        Assert.Equal(Code.SignatureSTooHigh, Static(legacy, Fork.Homestead));
        Assert.Equal(Code.None, Static(legacy, Fork.Frontier));
    }

    [Fact]
    public void The_nonce_is_below_2_to_64_minus_1()
    {
        Assert.Equal(Code.None, Static(Make(nonce: ulong.MaxValue - 1)));
        Assert.Equal(Code.NonceIsMax, Static(Make(nonce: ulong.MaxValue)));
    }

    [Fact]
    public void The_priority_fee_is_at_most_the_max_fee()
    {
        Assert.Equal(Code.None, Static(Make(maxFee: 10, tip: 10)));
        Assert.Equal(Code.PriorityFeeAboveMaxFee, Static(Make(maxFee: 10, tip: 11)));
    }

    [Fact]
    public void Types_3_and_4_create_nothing()
    {
        Assert.Equal(Code.CreationNotAllowed, Static(Make(TransactionType.Blob, creates: true)));
        Assert.Equal(Code.CreationNotAllowed, Static(Make(TransactionType.SetCode, creates: true)));
    }

    [Fact]
    public void Type_4_needs_an_authorization() =>
        Assert.Equal(Code.EmptyAuthorizationList, Static(Make(TransactionType.SetCode, authorizations: [])));

    [Fact]
    public void Type_3_needs_one_to_six_blobs_of_version_1()
    {
        Assert.Equal(Code.NoBlobs, Static(Make(TransactionType.Blob, blobs: [])));
        Assert.Equal(Code.None, Static(Make(TransactionType.Blob, blobs: [.. Enumerable.Repeat(Blob(1), 6)])));
        var seven = Make(TransactionType.Blob, blobs: [.. Enumerable.Repeat(Blob(1), 7)]);
        Assert.Equal(Code.TooManyBlobs, Static(seven));
        // EIP-7594's limit came with Osaka; the block's own limit is another rule.
        Assert.Equal(Code.None, Static(seven, Fork.Prague));
        var error = TransactionRules.CheckStatic(Make(TransactionType.Blob, blobs: [Blob(1), Blob(2)]), Fork.Osaka, Chain, out _);
        Assert.Equal(new TransactionError(Code.InvalidBlobVersion, 1), error);
    }

    [Fact]
    public void The_gas_limit_covers_the_intrinsic_gas()
    {
        Assert.Equal(Code.None, Static(Make(gas: 21_000)));
        Assert.Equal(new TransactionError(Code.IntrinsicGasTooLow, 20_999, 21_000), TransactionRules.CheckStatic(Make(gas: 20_999), Fork.Osaka, Chain, out _));
        // Creation 32,000 (EIP-2), initcode 2 a word (EIP-3860), 16 a byte (EIP-2028).
        var creation = Make(creates: true, data: [1, 2, 3], gas: 21_000 + 32_000 + 2 + 48);
        Assert.Equal(Code.None, Static(creation));
        Assert.Equal(Code.IntrinsicGasTooLow, Static(Make(creates: true, data: [1, 2, 3], gas: 21_000 + 32_000 + 2 + 47)));
        // 2,400 an address and 1,900 a key (EIP-2930), 25,000 an authorization (EIP-7702).
        var entries = new AccessListEntry[] { new(Recipient, [1, 2]) };
        Assert.Equal(Code.None, Static(Make(TransactionType.SetCode, entries: entries, gas: 21_000 + 2_400 + 3_800 + 25_000)));
        Assert.Equal(Code.IntrinsicGasTooLow, Static(Make(TransactionType.SetCode, entries: entries, gas: 21_000 + 2_400 + 3_800 + 24_999)));
    }

    [Theory]
    [InlineData(Fork.Frontier, 21_000 + 4 + 68)]
    [InlineData(Fork.Homestead, 53_000 + 4 + 68)]
    [InlineData(Fork.Istanbul, 53_000 + 4 + 16)]
    [InlineData(Fork.Shanghai, 53_000 + 4 + 16 + 2)]
    public void Intrinsic_gas_follows_the_fork(Fork fork, ulong gas) =>
        Assert.Equal(gas, IntrinsicGas.Of(Make(TransactionType.Legacy, creates: true, data: [0, 1]), fork).Gas);

    [Fact]
    public void The_gas_limit_covers_the_floor_from_Prague_on()
    {
        // EIP-7623: 10 a token, four tokens a byte: 40,000 for 1,000 bytes, which cost 16,000 otherwise.
        var data = Enumerable.Repeat((byte)1, 1_000).ToArray();
        Assert.Equal(Code.None, Static(Make(data: data, gas: 61_000)));
        Assert.Equal(new TransactionError(Code.BelowFloorGas, 60_999, 61_000), TransactionRules.CheckStatic(Make(data: data, gas: 60_999), Fork.Prague, Chain, out _));
        Assert.Equal(Code.None, Static(Make(data: data, gas: 60_999), Fork.Cancun));
    }

    [Fact]
    public void Initcode_is_limited_from_Shanghai_on()
    {
        var code = new byte[49_153];
        Assert.Equal(Code.InitcodeTooLarge, Static(Make(creates: true, data: code, gas: 10_000_000)));
        Assert.Equal(Code.None, Static(Make(creates: true, data: code[1..], gas: 10_000_000)));
        Assert.Equal(Code.None, Static(Make(creates: true, data: code, gas: 10_000_000), Fork.Paris));
        Assert.Equal(Code.None, Static(Make(data: code, gas: 10_000_000)));
    }

    [Fact]
    public void The_gas_limit_is_capped_from_Osaka_on()
    {
        Assert.Equal(Code.None, Static(Make(gas: 16_777_216)));
        Assert.Equal(Code.GasLimitAboveMaximum, Static(Make(gas: 16_777_217)));
        Assert.Equal(Code.None, Static(Make(gas: 16_777_217), Fork.Prague));
    }

    [Fact]
    public void The_price_of_all_gas_fits_256_bits_and_with_the_value_no_balance_reaches_more()
    {
        Assert.Equal(Code.CostOverflow, Static(Make(maxFeeWord: UInt256.MaxValue)));
        var transaction = Make(value: UInt256.MaxValue);
        Assert.Equal(Code.None, Static(transaction));
        Assert.Equal(Code.InsufficientFunds, TransactionRules.CheckSender(transaction, 0, UInt256.MaxValue, null).Code);
        Assert.Equal(Code.None, TransactionRules.CheckSender(Make(value: UInt256.MaxValue - 1_000_000), 0, UInt256.MaxValue, null).Code);
    }

    [Fact]
    public void A_block_has_prices_and_room()
    {
        static Code Check(Transaction t, ulong baseFee = 1, ulong blobFee = 1, ulong gasLeft = 100_000, ulong blobGasLeft = 131_072) =>
            TransactionRules.CheckInBlock(t, baseFee, blobFee, gasLeft, blobGasLeft).Code;

        Assert.Equal(Code.None, Check(Make()));
        Assert.Equal(Code.BlockGasLimitExceeded, Check(Make(), gasLeft: 99_999));
        Assert.Equal(Code.None, Check(Make(), baseFee: 10));
        Assert.Equal(Code.MaxFeeBelowBaseFee, Check(Make(), baseFee: 11));
        Assert.Equal(Code.None, Check(Make(TransactionType.Blob), blobFee: 5));
        Assert.Equal(Code.MaxFeePerBlobGasTooLow, Check(Make(TransactionType.Blob), blobFee: 6));
        Assert.Equal(Code.BlockBlobGasLimitExceeded, Check(Make(TransactionType.Blob), blobGasLeft: 131_071));
    }

    [Fact]
    public void The_sender_has_the_nonce_the_funds_and_no_code()
    {
        var transaction = Make(nonce: 5, gas: 21_000, maxFee: 10, value: 7);
        UInt256 cost = 210_007;
        Assert.Equal(Code.None, TransactionRules.CheckSender(transaction, 5, cost, null).Code);
        Assert.Equal(new TransactionError(Code.NonceTooLow, 5, 6), TransactionRules.CheckSender(transaction, 6, cost, null));
        Assert.Equal(new TransactionError(Code.NonceTooHigh, 5, 4), TransactionRules.CheckSender(transaction, 4, cost, null));
        Assert.Equal(new TransactionError(Code.InsufficientFunds, cost - 1, cost), TransactionRules.CheckSender(transaction, 5, cost - 1, null));
        Assert.Equal(Code.SenderHasCode, TransactionRules.CheckSender(transaction, 5, cost, CodeOf([0x00])).Code);
        // EIP-7702 lets an account with a delegation send.
        Assert.Equal(Code.None, TransactionRules.CheckSender(transaction, 5, cost, CodeOf(Delegation.Encode(Recipient))).Code);
    }

    [Fact]
    public void The_cost_counts_blobs_at_their_max_fee()
    {
        Assert.True(TransactionRules.TryGetMaxCost(Make(TransactionType.Blob, gas: 21_000, maxFee: 10, blobFee: 5), out var cost));
        Assert.Equal(210_000 + (5 * 131_072), cost);
    }

    private static Bytecode CodeOf(byte[] bytes) => new(bytes, Keccak256.Hash(bytes));
}
