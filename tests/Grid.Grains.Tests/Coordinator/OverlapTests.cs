using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Waves;
using Grid.Grains.Lanes.Guests;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Grains.Tests.Coordinator;

/// <summary>The next block is ordered and executed while the one before is on its way into the journal; nobody sees either before it is committed.</summary>
public sealed class OverlapTests
{
    private const ulong HeldBlock = 3;

    /// <summary>NUMBER PUSH1 1 SWAP1 SUB BLOCKHASH NUMBER SSTORE: keeps the parent's hash.</summary>
    private static readonly byte[] ParentHashRuntime = Hex.Decode("43600190034043550000");

    private static readonly byte[] ParentHashInitcode = [0x60, (byte)ParentHashRuntime.Length, 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xf3, .. ParentHashRuntime];

    private static readonly GridOptions BackToBack = TestChain.DefaultOptions with
    {
        MakeBlocks = true, BlockTime = TimeSpan.Zero, BlockTransactionsMax = 12, Lanes = 2,
        Execution = new ParallelSettings { Lanes = 2, AlwaysSplits = true }, Placement = PlacementCosts.EvenSpread,
    };

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public async Task A_block_is_executed_on_one_that_is_being_appended_and_dropped_with_it(int silos, bool fails)
    {
        var faults = new HeldAppend(fails);
        await using var chain = await TestChain.StartAsync(silos, BackToBack, faults);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var store = ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 0);
        var hashes = ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 1);
        // Given by name, so that all that follow may be offered at once.
        await chain.MakeAsync(chain.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000), chain.Sign(0, null, 0, ParentHashInitcode, 300_000));
        var sent = Enumerable.Range(0, 96).Select(i => (i % 4) switch
        {
            0 => chain.Sign(i % 6, store, 0, TestContracts.StoreCall((ulong)(1 + (i % 9)), (ulong)i), 120_000),
            1 => chain.Sign(i % 6, hashes, 0, [], 120_000),
            _ => chain.Transfer(i % 6, DevelopmentAccounts.Signers[(i + 1) % 6].Address, (ulong)(1_000 + i)),
        }).ToArray();
        var results = await new TransactionIntake(chain.Cluster.Grains, ShardLayout.Sixteen).SubmitAsync([.. sent.Select(x => x.EncodedMemory)]);
        Assert.All(results, result => Assert.Equal(SubmitStatus.Accepted, result.Status));

        await faults.ExecutedMeanwhile.WaitAsync(patience.Token);
        Assert.Equal(HeldBlock - 1, (await chain.Reader.GetChainInfo()).Head.Number);
        Assert.Equal(HeldBlock - 1, (await chain.Journal.ReadHeadAsync(patience.Token))!.Number);
        faults.Release();

        while ((await chain.BlocksAsync()).Sum(block => block.Transactions.Length) < sent.Length + 2)
        {
            await Task.Delay(20, patience.Token);
        }
        var blocks = await chain.BlocksAsync();
        Assert.Equal(sent.Select(x => x.Hash).Order(), blocks[1..].SelectMany(block => block.Transactions).Select(x => x.Hash).Order());
        Assert.Equal(SequentialOracle.Replay(chain.Options.Genesis, blocks).Root, blocks[^1].Header.StateRoot);
        Assert.Equal(blocks[^1].Hash, (await chain.Reader.GetChainInfo()).Head.Hash);
        Assert.Empty(await chain.Journal.ReadPoolAsync(patience.Token));
    }

    /// <summary>Holds one block back before it is appended until the next one is executed, and then lets it go on or fail.</summary>
    private sealed class HeldAppend(bool fails) : IFaultPoints
    {
        private readonly TaskCompletionSource _executed = new(TaskCreationOptions.RunContinuationsAsynchronously), _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _held;

        public Task ExecutedMeanwhile => _executed.Task;

        public void Release() => _released.TrySetResult();

        public async ValueTask ReachAsync(FaultPoint reached, ulong blockNumber)
        {
            if (reached == FaultPoint.Executed && blockNumber == HeldBlock + 1)
            {
                _executed.TrySetResult();
            }
            if (reached == FaultPoint.Sealed && blockNumber == HeldBlock && Interlocked.Exchange(ref _held, 1) == 0)
            {
                await _released.Task;
                if (fails)
                {
                    throw new InvalidOperationException("a failing append");
                }
            }
        }
    }
}
