using CsCheck;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain.Tests.Transactions;

public class TransactionEncodingTests
{
    /// <summary>The example of EIP-155.</summary>
    private const string Eip155 =
        "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

    [Fact]
    public void The_example_of_EIP_155_decodes()
    {
        var transaction = Transaction.Decode(Hex.Decode(Eip155));
        Assert.Equal(TransactionType.Legacy, transaction.Type);
        Assert.Equal(1UL, transaction.ChainId);
        Assert.Equal(9UL, transaction.Nonce);
        Assert.Equal(20_000_000_000UL, transaction.MaxFeePerGas);
        Assert.Equal(21_000UL, transaction.GasLimit);
        Assert.Equal(UInt256.Parse("1000000000000000000"), transaction.Value);
        Assert.Equal(0, transaction.YParity);
        Assert.Equal(Hash256.Parse("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"), transaction.SigningHash);
    }

    [Fact]
    public void Every_type_survives_encoding_and_decoding() => TransactionGen.Any.Sample(transaction =>
    {
        var decoded = Transaction.Decode(transaction.Encoded);
        var again = new RlpWriter();
        decoded.EncodeInBlock(again);
        var reader = new RlpReader(again.Written);
        Assert.True(Transaction.TryDecodeFromBlock(ref reader, out var fromBlock, out _));
        Assert.True(reader.IsAtEnd);
        foreach (var copy in new[] { decoded, fromBlock })
        {
            Assert.Equal(transaction.Hash, copy.Hash);
            Assert.Equal(transaction.SigningHash, copy.SigningHash);
            Assert.Equal(transaction.Type, copy.Type);
            Assert.Equal(transaction.ChainId, copy.ChainId);
            Assert.Equal(transaction.Nonce, copy.Nonce);
            Assert.Equal(transaction.MaxFeePerGas, copy.MaxFeePerGas);
            Assert.Equal(transaction.MaxPriorityFeePerGas, copy.MaxPriorityFeePerGas);
            Assert.Equal(transaction.To, copy.To);
            Assert.Equal(transaction.Data.ToArray(), copy.Data.ToArray());
            Assert.Equal(transaction.AccessList, copy.AccessList);
            Assert.Equal(transaction.BlobVersionedHashes, copy.BlobVersionedHashes);
            Assert.Equal(transaction.AuthorizationList, copy.AuthorizationList);
            Assert.Equal((transaction.YParity, transaction.R, transaction.S), (copy.YParity, copy.R, copy.S));
        }
    });

    [Fact]
    public void Truncated_or_extended_bytes_are_refused() => Gen.Select(TransactionGen.Any, Gen.Int[0, int.MaxValue]).Sample((transaction, at) =>
    {
        var bytes = transaction.Encoded.ToArray();
        Assert.False(Transaction.TryDecode(bytes.AsSpan(0, at % bytes.Length), out _, out var error));
        Assert.NotEqual(TransactionErrorCode.None, error.Code);
        Assert.False(Transaction.TryDecode([.. bytes, 0], out _, out error));
        Assert.Equal(RlpError.TrailingBytes, error.Rlp);
    });

    [Theory]
    [InlineData("0x", TransactionErrorCode.Empty)]
    [InlineData("0x00", TransactionErrorCode.UnknownType)]
    [InlineData("0x05c0", TransactionErrorCode.UnknownType)]
    [InlineData("0x80", TransactionErrorCode.UnknownType)]
    [InlineData("0xc0", TransactionErrorCode.MalformedRlp)]
    [InlineData("0x02c0", TransactionErrorCode.MalformedRlp)]
    [InlineData("0x03c1c0", TransactionErrorCode.BlobSidecarUnsupported)]
    public void Malformed_bytes_have_their_own_error(string raw, TransactionErrorCode expected)
    {
        Assert.False(Transaction.TryDecode(Hex.Decode(raw), out _, out var error));
        Assert.Equal(expected, error.Code);
    }

    [Theory]
    [InlineData(TransactionType.Blob)]
    [InlineData(TransactionType.SetCode)]
    public void Types_3_and_4_cannot_create(TransactionType type)
    {
        var transaction = new Transaction { Type = type, ChainId = 1, R = 1, S = 1 };
        Assert.False(Transaction.TryDecode(transaction.Encoded, out _, out var error));
        Assert.Equal(TransactionErrorCode.CreationNotAllowed, error.Code);
    }

    [Fact]
    public void Signature_values_out_of_range_are_refused()
    {
        foreach (var (r, s) in new (UInt256, UInt256)[] { (0, 1), (1, 0), (Secp256k1.Order, 1), (1, Secp256k1.Order) })
        {
            var transaction = new Transaction { Type = TransactionType.DynamicFee, ChainId = 1, R = r, S = s };
            Assert.False(Transaction.TryDecode(transaction.Encoded, out _, out var error));
            Assert.Equal(TransactionErrorCode.InvalidSignature, error.Code);
        }
    }
}
