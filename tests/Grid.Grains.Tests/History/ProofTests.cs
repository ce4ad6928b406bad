using Grid.Chain;
using Grid.Crypto;
using Grid.Grains.Reader;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Tests.History;

/// <summary>Proofs over slices on several silos hold against the state root of the block's header.</summary>
public sealed class ProofTests
{
    private static readonly Address Contract = Evm.ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 0);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(2, 2)]
    public async Task Accounts_and_slots_are_proved_at_every_kept_block(int silos, int prefixNibbles)
    {
        await using var grid = await TestChain.StartAsync(silos, TestChain.DefaultOptions with { ShardPrefixNibbles = prefixNibbles });
        await grid.MakeAsync(grid.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000));
        await grid.MakeAsync(grid.Sign(1, Contract, 0, TestContracts.StoreCall(1, 77), 120_000));
        await grid.MakeAsync(grid.Sign(1, Contract, 0, TestContracts.StoreCall(1, 78), 120_000), grid.Transfer(2, Address.FromNumber(0x9999), 5));
        Address[] addresses = [Contract, Address.FromNumber(0x9999), Address.FromNumber(0x8888), .. DevelopmentAccounts.Signers.Select(signer => signer.Address)];
        UInt256[] slots = [0, 1, 2, UInt256.MaxValue];
        for (ulong number = 0; number <= 3; number++)
        {
            var root = (await grid.Reader.GetBlock(BlockSelector.At(number)))!.Block.Header.StateRoot;
            foreach (var address in addresses)
            {
                var proof = await grid.Reader.GetProof(address, slots, BlockSelector.At(number));
                Assert.Equal(await grid.Reader.GetAccount(address, BlockSelector.At(number)), proof.Account);
                Assert.True(ProofVerifier.TryVerify(in root, KeyHashes.Of(in address), proof.AccountNodes, out var record));
                Assert.Equal(record, record is null ? null : ToRecord(proof.Account).ToRlp());
                for (var i = 0; i < slots.Length; i++)
                {
                    Assert.True(ProofVerifier.TryVerify(proof.Account.StorageRoot, KeyHashes.Of(in slots[i]), proof.Slots[i].Nodes, out var value));
                    Assert.Equal((slots[i], value is null), (proof.Slots[i].Slot, proof.Slots[i].Value.IsZero));
                    Assert.Equal(await grid.Reader.GetStorage(address, slots[i], BlockSelector.At(number)), proof.Slots[i].Value);
                }
            }
        }
        Assert.Equal((UInt256)78, (await grid.Reader.GetProof(Contract, slots, BlockSelector.Latest)).Slots[1].Value);
        Assert.Equal(Keccak256.OfEmpty, (await grid.Reader.GetProof(Contract, [], BlockSelector.At(0))).Account.CodeHash);
    }

    [Fact]
    public async Task More_slots_than_the_limit_are_refused()
    {
        await using var grid = await TestChain.StartAsync(options: TestChain.DefaultOptions with { ProofSlotsMax = 2 });
        Assert.Equal(2, (await grid.Reader.GetProof(Contract, [1, 2], BlockSelector.Latest)).Slots.Length);
        var refused = await Assert.ThrowsAsync<ProofLimitException>(() => grid.Reader.GetProof(Contract, [1, 2, 3], BlockSelector.Latest));
        Assert.Equal((3, 2), (refused.Asked, refused.Allowed));
    }

    private static AccountRecord ToRecord(AccountView view) => new(view.Nonce, view.Balance, view.StorageRoot, view.CodeHash);
}
