using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain.Tests.Blocks;

public class BlockHeaderTests
{
    [Fact]
    public void The_main_networks_block_0_has_its_known_hash()
    {
        var header = new BlockHeader
        {
            StateRoot = Hash256.Parse("0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
            ExtraData = Hex.Decode("0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa"),
            GasLimit = 5000,
            Difficulty = 0x400000000,
            Nonce = 0x42,
        };
        Assert.Equal(Hash256.Parse("0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"), header.Hash);
        Assert.Equal(header.Hash, BlockHeader.Decode(header.Encode()).Hash);
    }

    [Fact]
    public void A_header_with_all_appended_fields_survives_encoding()
    {
        var header = new BlockHeader
        {
            BaseFeePerGas = 7, WithdrawalsRoot = Hash256.FromWord(1), BlobGasUsed = 2, ExcessBlobGas = 0, ParentBeaconBlockRoot = Hash256.FromWord(3),
            RequestsHash = ExecutionRequests.EmptyHash, BlockAccessListHash = BlockAccessList.Empty.Hash,
        };
        var decoded = BlockHeader.Decode(header.Encode());
        Assert.Equal(header.Encode(), decoded.Encode());
        Assert.Equal(0UL, decoded.ExcessBlobGas);
        // EIP-7685 and EIP-7928 give these hashes of nothing.
        Assert.Equal(Hash256.Parse("0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), decoded.RequestsHash);
        Assert.Equal(Hash256.Parse("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"), decoded.BlockAccessListHash);
    }
}
