using Grid.Chain;
using Grid.Evm;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Grains.Tests.Coordinator;

public sealed class BlockMakingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Blocks_equal_sequential_execution_on_any_number_of_silos(int silos)
    {
        const int Seed = 20261122;
        await using var chain = await TestChain.StartAsync(silos);
        var random = new Random(Seed);
        var contracts = new List<Address>();
        for (var i = 0; i < 6; i++)
        {
            await chain.MakeAsync(RandomTransactions(chain, random, contracts, count: 40));
        }
        var blocks = await chain.BlocksAsync();
        Assert.Equal(6, blocks.Count);
        Assert.True(blocks.Sum(block => block.Transactions.Length) > 200, $"seed {Seed}: too few transactions were included");
        var state = SequentialOracle.Replay(chain.Options.Genesis, blocks);
        Assert.Equal(state.Root, blocks[^1].Header.StateRoot);
        await AssertReadable(chain, contracts, state);
    }

    [Fact]
    public async Task The_same_transactions_give_the_same_block_hash_whatever_the_number_of_silos()
    {
        var hashes = new List<Hash256>();
        foreach (var silos in new[] { 1, 2, 3 })
        {
            await using var chain = await TestChain.StartAsync(silos);
            var contracts = new List<Address>();
            var random = new Random(7);
            await chain.MakeAsync(RandomTransactions(chain, random, contracts, count: 60));
            hashes.Add((await chain.MakeAsync(RandomTransactions(chain, random, contracts, count: 60))).Header.Hash);
        }
        Assert.Single(hashes.Distinct());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_contract_with_many_changed_slots_has_its_trie_made_by_several_threads(int silos)
    {
        await using var chain = await TestChain.StartAsync(silos, TestChain.DefaultOptions with { Lanes = 3 });
        var deployment = chain.Sign(0, null, 0, TestContracts.FillInitcode, 300_000);
        var contract = ContractAddress.FromNonce(deployment.Sender, deployment.Nonce);
        await chain.MakeAsync(deployment);
        foreach (var start in (ulong[])[1, 400, 5000])
        {
            await chain.MakeAsync(chain.Sign(1, contract, 0, new UInt256(start).ToBigEndian(), 15_000_000));
        }
        var blocks = await chain.BlocksAsync();
        var state = SequentialOracle.Replay(chain.Options.Genesis, blocks);
        Assert.Equal(state.Root, blocks[^1].Header.StateRoot);
        Assert.True(state.TryGetStorage(in contract, 5000 + TestContracts.FilledSlots - 1, out var last));
        Assert.Equal((UInt256)(5000 + TestContracts.FilledSlots - 1), last);
        Assert.True(state.TryGetAccount(in contract, out var record));
        Assert.Equal(record!.Value.StorageRoot, (await chain.Reader.GetAccount(contract, BlockSelector.Latest)).StorageRoot);
    }

    [Fact]
    public async Task An_imported_block_is_checked_against_its_header()
    {
        await using var maker = await TestChain.StartAsync();
        await maker.MakeAsync(maker.Transfer(0, Address.FromNumber(0xbeef), 5));
        var good = (await maker.BlocksAsync())[0];

        await using var importer = await TestChain.StartAsync(silos: 2);
        var bad = good with { Header = HeaderWith(good.Header, Hash256.FromWord(1)) };
        var refused = await importer.Coordinator.ImportBlock(new(bad));
        Assert.Equal(BlockErrorCode.StateRootMismatch, refused.Error.Code);
        Assert.Null(refused.Committed);
        Assert.Equal(0UL, (await importer.Reader.GetChainInfo()).Head.Number);

        var accepted = await importer.Coordinator.ImportBlock(new(good));
        Assert.True(accepted.Error.IsNone, accepted.Error.ToString());
        Assert.Equal(good.Hash, (await importer.Reader.GetChainInfo()).Head.Hash);
    }

    [Fact]
    public async Task Nothing_is_made_of_nothing_unless_asked_for()
    {
        await using var chain = await TestChain.StartAsync();
        Assert.Null(await chain.Coordinator.MakeBlock(new()));
        Assert.NotNull(await chain.Coordinator.MakeBlock(new() { AllowEmpty = true }));
        Assert.Equal(1UL, (await chain.Reader.GetChainInfo()).Head.Number);
    }

    private static Transaction[] RandomTransactions(TestChain chain, Random random, List<Address> contracts, int count)
    {
        var transactions = new Transaction[count];
        for (var i = 0; i < count; i++)
        {
            var from = random.Next(DevelopmentAccounts.Signers.Count);
            transactions[i] = random.Next(10) switch
            {
                < 5 => chain.Transfer(from, Address.FromNumber((ulong)random.Next(1000, 1040)), (ulong)random.Next(1000)),
                < 6 => Deploy(chain, from, contracts),
                _ when contracts.Count == 0 => Deploy(chain, from, contracts),
                _ => chain.Sign(
                    from, contracts[random.Next(contracts.Count)], 0, TestContracts.StoreCall((ulong)random.Next(1, 50), (ulong)random.Next(3)), 120_000),
            };
        }
        return transactions;
    }

    private static Transaction Deploy(TestChain chain, int from, List<Address> contracts)
    {
        var transaction = chain.Sign(from, null, 0, TestContracts.StoreInitcode, 300_000);
        contracts.Add(ContractAddress.FromNonce(transaction.Sender, transaction.Nonce));
        return transaction;
    }

    private static async Task AssertReadable(TestChain chain, List<Address> contracts, State.WorldTrie state)
    {
        foreach (var contract in contracts)
        {
            var view = await chain.Reader.GetAccount(contract, BlockSelector.Latest);
            Assert.True(state.TryGetAccount(in contract, out var record));
            Assert.Equal(record!.Value.StorageRoot, view.StorageRoot);
            Assert.Equal(TestContracts.StoreRuntime, (await chain.Reader.GetCode(contract, BlockSelector.Latest)).Code);
            for (ulong slot = 0; slot < 4; slot++)
            {
                Assert.True(state.TryGetStorage(in contract, slot, out var value));
                Assert.Equal(value, await chain.Reader.GetStorage(contract, slot, BlockSelector.Latest));
            }
        }
    }

    private static BlockHeader HeaderWith(BlockHeader header, Hash256 stateRoot)
    {
        var reader = new Primitives.Rlp.RlpReader(header.Encode());
        var list = reader.ReadList();
        var writer = new Primitives.Rlp.RlpWriter();
        var mark = writer.BeginList();
        for (var i = 0; !list.IsAtEnd; i++)
        {
            var item = list.ReadRaw();
            if (i == 3)
            {
                writer.WriteHash256(in stateRoot);
            }
            else
            {
                writer.WriteRaw(item);
            }
        }
        writer.EndList(mark);
        var changed = new Primitives.Rlp.RlpReader(writer.Written);
        return BlockHeader.Decode(ref changed);
    }
}
