using Grid.Chain;
using Grid.Execution.Profiles;
using Grid.Execution.Waves;

namespace Grid.Execution.Tests.Waves;

/// <summary>Executes a block with as many batches as its strands allow, and in order, and demands that both lead to the same.</summary>
internal static class SplitExecution
{
    private static readonly ExecutionMemoryPool s_memories = new(32);

    public static (BlockExecution Result, ExecutionReport Report) Run(
        TestChain chain, BlockEnvironment environment, Transaction[] transactions, ExecutionMode mode = ExecutionMode.Import, ProfileTable? profiles = null)
    {
        var oracle = new SequentialExecutor(environment, mode, transactions, chain.World);
        Assert.True(oracle.Run() == ExecutionStatus.Complete, $"{oracle.Error} {oracle.Error.Transaction}");
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
