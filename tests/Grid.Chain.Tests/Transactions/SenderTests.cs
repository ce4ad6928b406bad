using CsCheck;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain.Tests.Transactions;

public class SenderTests
{
    [Fact]
    public void The_example_of_EIP_155_was_signed_by_the_key_of_46s()
    {
        var signer = new Signer(UInt256.Parse("0x4646464646464646464646464646464646464646464646464646464646464646"));
        var unsigned = new Transaction
        {
            Type = TransactionType.Legacy, ChainId = 1, Nonce = 9, MaxFeePerGas = 20_000_000_000, MaxPriorityFeePerGas = 20_000_000_000, GasLimit = 21_000,
            To = Address.Parse("0x3535353535353535353535353535353535353535"), Value = UInt256.Parse("1000000000000000000"),
        };
        var signed = signer.Sign(unsigned);
        Assert.Equal(
            "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            Hex.Encode(signed.Encoded));
        Assert.Equal(Address.Parse("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"), Transaction.Decode(signed.Encoded).Sender);
    }

    [Fact]
    public void Who_signed_any_transaction_is_found_again() => Gen.Select(TransactionGen.Any, TransactionGen.Word).Sample((unsigned, key) =>
    {
        var signer = new Signer(key % (Secp256k1.Order - 1) + 1);
        var decoded = Transaction.Decode(signer.Sign(unsigned).Encoded);
        Assert.False(decoded.IsSenderKnown);
        Assert.True(decoded.TryGetSender(out var sender));
        Assert.Equal(signer.Address, sender);
        Assert.True(decoded.S <= Secp256k1.HalfOrder);
    }, iter: 50);

    [Fact]
    public void Batches_recover_what_single_recovery_does()
    {
        var signer = DevelopmentAccounts.Signers[3];
        var transactions = Enumerable.Range(0, 100)
            .Select(i => Transaction.Decode(signer.Sign(new Transaction { Type = TransactionType.DynamicFee, ChainId = 1, Nonce = (ulong)i }).Encoded)).ToList();
        Transaction.RecoverSenders(transactions, maxThreads: 2);
        Assert.All(transactions, transaction => Assert.True(transaction.IsSenderKnown && transaction.Sender == signer.Address));
    }

    [Fact]
    public void A_signature_of_nobody_has_no_sender()
    {
        // No point of the curve has x = 5.
        var transaction = new Transaction { Type = TransactionType.DynamicFee, ChainId = 1, R = 5, S = 1 };
        Assert.False(transaction.TryGetSender(out _));
        Assert.Equal(default, transaction.Sender);
    }

    [Fact]
    public void An_authority_is_who_signed_the_tuple()
    {
        var signer = DevelopmentAccounts.Signers[0];
        var authorization = signer.Authorize(1, Address.FromNumber(7), 42);
        Assert.True(authorization.TryRecoverAuthority(out var authority));
        Assert.Equal(signer.Address, authority);
        Assert.False((authorization with { YParity = 2 }).TryRecoverAuthority(out _));
        Assert.False((authorization with { S = Secp256k1.Order - authorization.S, YParity = (byte)(1 - authorization.YParity) }).TryRecoverAuthority(out _));
        Assert.True((authorization with { Nonce = 43 }).TryRecoverAuthority(out var other));
        Assert.NotEqual(signer.Address, other);
    }

    [Fact]
    public void The_development_accounts_are_the_mnemonics()
    {
        string[] addresses =
        [
            "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
            "0x90F79bf6EB2c4f870365E785982E1f101E93b906", "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65", "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
            "0x976EA74026E726554dB657fA54763abd0C3a0aa9", "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955", "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
            "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
        ];
        Assert.Equal(addresses.Select(text => Address.Parse(text)), DevelopmentAccounts.Signers.Select(signer => signer.Address));
    }
}
