using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.State.Tests;

public sealed class AccountRecordTests
{
    private const string EmptyTail = "a056e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421a0c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";

    [Theory]
    [InlineData(0UL, "0", "0xf8448080" + EmptyTail)]
    [InlineData(1UL, "1", "0xf8440101" + EmptyTail)]
    [InlineData(0x80UL, "0x05f446a7", "0xf84981808405f446a7" + EmptyTail)]
    [InlineData(ulong.MaxValue, "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "0xf86c88ffffffffffffffffa0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff" + EmptyTail)]
    public void An_account_is_a_list_of_four(ulong nonce, string balance, string rlp)
    {
        var record = AccountRecord.Empty with { Nonce = nonce, Balance = UInt256.Parse(balance) };
        Assert.Equal(rlp, Hex.Encode(record.ToRlp()));
        Assert.Equal(record, AccountRecord.DecodeRlp(Hex.Decode(rlp)));
    }

    [Theory]
    [InlineData("0xf8440000" + EmptyTail)]
    [InlineData("0xf8448080" + EmptyTail + "00")]
    [InlineData("0xc28080")]
    public void Another_encoding_is_refused(string rlp) => Assert.Throws<RlpException>(() => AccountRecord.DecodeRlp(Hex.Decode(rlp)));
}
