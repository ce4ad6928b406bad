using Grid.Chain;
using Grid.Execution.Profiles;
using Grid.Execution.Waves;

namespace Grid.Execution.Tests.Waves;

/// <summary>Executes a block with as many batches as its strands allow, all at once on its own access list, and in order, and demands that all lead to the same.</summary>
internal static class SplitExecution
{
    private static readonly ExecutionMemoryPool s_memories = new(32);

    public static (BlockExecution Result, ExecutionReport Report) Run(
        TestChain chain, BlockEnvironment environment, Transaction[] transactions, ExecutionMode mode = ExecutionMode.Import, ProfileTable? profiles = null)
    {
        var oracle = new SequentialExecutor(environment, mode, transactions, chain.World);
        Assert.True(oracle.Run() == ExecutionStatus.Complete, $"{oracle.Error} {oracle.Error.Transaction}");
        foreach (var lanes in (int[])[1, 2, 4])
        {
            Assert.Equal(AccessListUse.Used, RunListed(chain, environment, oracle.Result!, oracle.Result!.AccessList.EncodeRlp(), lanes));
        }
        var report = new ExecutionReport();
        BlockExecution? result = null;
        foreach (var lanes in (int[])[4, 1])
        {
            var settings = new ParallelSettings { Lanes = lanes, BatchesPerLane = 256, AlwaysSplits = true };
            var predictor = profiles?.ForBlock() ?? NoPredictor.Instance;
            var execution = new ParallelExecution(environment, mode, transactions, chain.World, predictor, settings, s_memories);
            WaveRunner.Run(execution, lanes);
            result = execution.Result;
            report = execution.Report;
            profiles?.Learn(execution.Observe());
            execution.Release();
            Assert.NotNull(result);
            AssertSame(oracle.Result!, result);
        }
        return (result!, report);
    }

    /// <summary>On a list, right or wrong, which must make no difference; what became of the list.</summary>
    public static AccessListUse RunListed(TestChain chain, BlockEnvironment environment, BlockExecution expected, byte[] list, int lanes)
    {
        var settings = new ParallelSettings { Lanes = lanes, BatchesPerLane = 256, AlwaysSplits = true };
        var execution = new ParallelExecution(environment, ExecutionMode.Import, expected.Transactions, chain.World, NoPredictor.Instance, settings, s_memories)
        {
            AccessList = list,
        };
        WaveRunner.Run(execution, lanes);
        execution.Release();
        Assert.NotNull(execution.Result);
        AssertSame(expected with { Rejected = [] }, execution.Result);
        return execution.Report.AccessList;
    }

    private static void AssertSame(BlockExecution expected, BlockExecution actual)
    {
        Assert.Equal(BlockRoots.OfReceipts(expected.Receipts), BlockRoots.OfReceipts(actual.Receipts));
        Assert.Equal(expected.Receipts.Select(receipt => receipt.GasUsed), actual.Receipts.Select(receipt => receipt.GasUsed));
        Assert.Equal(expected.AccessList.Encode(), actual.AccessList.Encode());
        Assert.Equal(expected.AccessList.EncodeRlp(), actual.AccessList.EncodeRlp());
        Assert.Equal(expected.LogsBloom, actual.LogsBloom);
        Assert.Equal(expected.Requests, actual.Requests);
        Assert.Equal(expected.Rejected, actual.Rejected);
        Assert.Equal((expected.GasUsed, expected.BlobGasUsed), (actual.GasUsed, actual.BlobGasUsed));
    }
}
