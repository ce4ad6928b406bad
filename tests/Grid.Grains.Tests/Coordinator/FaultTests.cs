using Grid.Grains.Coordinator;
using Grid.Primitives;

namespace Grid.Grains.Tests.Coordinator;

/// <summary>A crash between any two steps of the commit protocol leaves the block committed or not there at all, never in between.</summary>
public sealed class FaultTests
{
    public static TheoryData<FaultPoint, int> PointsAndSilos()
    {
        var data = new TheoryData<FaultPoint, int>();
        // Every point is here or among the durable writes: a new one can't be forgotten.
        foreach (var point in Enum.GetValues<FaultPoint>().Except(WriteFaultTests.Writes))
        {
            data.Add(point, 1);
            data.Add(point, 2);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(PointsAndSilos))]
    public async Task A_crash_between_two_steps_commits_the_block_or_rolls_it_back(FaultPoint point, int silos)
    {
        var faults = new CrashOnce(point, atBlock: 3);
        await using var chain = await TestChain.StartAsync(silos, faults: faults);
        var contract = Evm.ContractAddress.FromNonce(Chain.DevelopmentAccounts.Signers[0].Address, 0);
        await chain.MakeAsync(chain.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000), chain.Transfer(1, Address.FromNumber(77), 1));
        await chain.MakeAsync(Calls(chain, contract, 0));

        var doomed = Calls(chain, contract, 10);
        await Assert.ThrowsAnyAsync<Exception>(() => chain.MakeAsync(doomed));
        Assert.True(faults.HasCrashed);

        // Whatever became of block 3, the next blocks stand on it or take its place, and other transactions than the lost ones change other state.
        var head = await HeadAfterRecovery(chain);
        var committed = point >= FaultPoint.Appended;
        Assert.Equal(committed ? 3UL : 2UL, head);
        var retried = committed ? Calls(chain, contract, 20) : doomed;
        await chain.MakeAsync(retried);
        await chain.MakeAsync(Calls(chain, contract, 30));
        var blocks = await chain.BlocksAsync();
        Assert.Equal((int)head + 2, blocks.Count);
        Assert.Equal(blocks[^1].Header.StateRoot, SequentialOracle.Replay(chain.Options.Genesis, blocks).Root);
    }

    [Fact]
    public async Task A_rolled_back_block_may_be_replaced_by_another_one()
    {
        var faults = new CrashOnce(FaultPoint.Sealed, atBlock: 2);
        await using var chain = await TestChain.StartAsync(silos: 2, faults: faults);
        var contract = Evm.ContractAddress.FromNonce(Chain.DevelopmentAccounts.Signers[0].Address, 0);
        await chain.MakeAsync(chain.Sign(0, null, 0, TestContracts.StoreInitcode, 300_000));
        await Assert.ThrowsAnyAsync<Exception>(() => chain.MakeAsync(chain.Sign(1, contract, 0, TestContracts.StoreCall(5, 5), 120_000)));

        await HeadAfterRecovery(chain);
        await chain.MakeAsync(chain.Sign(2, contract, 0, TestContracts.StoreCall(6, 6), 120_000));
        Assert.Equal(UInt256.Zero, await chain.Reader.GetStorage(contract, 5, Reader.BlockSelector.Latest));
        Assert.Equal((UInt256)6, await chain.Reader.GetStorage(contract, 6, Reader.BlockSelector.Latest));
        SequentialOracle.Replay(chain.Options.Genesis, await chain.BlocksAsync());
    }

    [Fact]
    public async Task A_coordinator_that_was_overtaken_can_not_commit()
    {
        await using var chain = await TestChain.StartAsync();
        await chain.MakeAsync(chain.Transfer(0, Address.FromNumber(1000), 1));
        // Somebody else takes the journal over, as a coordinator on the other side of a partition would.
        await chain.Journal.TakeFencingNumberAsync(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<Exception>(() => chain.MakeAsync(chain.Transfer(1, Address.FromNumber(1000), 1)));
        Assert.Equal(1UL, (await chain.Journal.ReadHeadAsync(TestContext.Current.CancellationToken))!.Number);
        Assert.Equal(1UL, await HeadAfterRecovery(chain));
        await chain.MakeAsync(chain.Transfer(2, Address.FromNumber(1000), 1));
        SequentialOracle.Replay(chain.Options.Genesis, await chain.BlocksAsync());
    }

    private static Chain.Transaction[] Calls(TestChain chain, Address contract, ulong first) =>
    [
        chain.Sign(2, contract, 0, TestContracts.StoreCall(first + 1, first + 100), 120_000),
        chain.Sign(3, contract, 0, TestContracts.StoreCall(first + 2, first + 100), 120_000),
        chain.Transfer(4, Address.FromNumber(4000 + first), 9),
    ];

    /// <summary>The crashed activation is gone when the next one describes itself: a call in between may still meet it.</summary>
    private static async Task<ulong> HeadAfterRecovery(TestChain chain)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var description = await chain.Coordinator.Describe();
                if (description.Aborted == 0)
                {
                    return description.HeadNumber;
                }
            }
            catch (Exception) when (attempt < 50)
            {
                // The activation is on its way out.
            }
            Assert.True(attempt < 50, "the coordinator didn't recover");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private sealed class CrashOnce(FaultPoint point, ulong atBlock) : IFaultPoints
    {
        private int _crashed;

        public bool HasCrashed => _crashed != 0;

        public ValueTask ReachAsync(FaultPoint reached, ulong blockNumber) =>
            reached == point && blockNumber == atBlock && Interlocked.Exchange(ref _crashed, 1) == 0
                ? ValueTask.FromException(new InvalidOperationException($"a crash after {point}"))
                : ValueTask.CompletedTask;
    }
}
