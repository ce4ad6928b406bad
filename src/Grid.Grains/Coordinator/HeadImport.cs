using System.Diagnostics;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Import;
using Grid.Execution.Waves;
using Grid.Grains.Lanes;
using Grid.Primitives;

namespace Grid.Grains.Coordinator;

/// <summary>One import into the grid's chain: only the head can be built on, lanes execute, shards apply, the journal commits.</summary>
/// <param name="accessList">The block's, in EIP-7928's form; null where it came without. Only speed depends on it.</param>
internal sealed class HeadImport(CommitProtocol protocol, ChainSpec spec, byte[]? accessList) : IImportTarget<AppliedBlock>
{
    private ExecutionTimes _times;
    private double _applyMs, _commitMs;

    public ChainSpec Spec => spec;

    /// <summary>What the stages took.</summary>
    public StageTimes Times => new(0, _times.PlanMs, _times.ExecuteMs, _applyMs, 0, _commitMs, _times.ValidateMs);

    /// <summary>How it was executed.</summary>
    public ExecutionReport Report { get; private set; } = new();

    public ImportParent? FindParent(in Hash256 hash) => protocol.Head.Hash == hash ? new ImportParent(protocol.Head, protocol.TotalDifficulty) : null;

    public ValueTask<Block[]> ReadAncestorsAsync(ImportParent parent, int count) => protocol.ReadLastBlocksAsync(count);

    public IBlockHashes HashesAfter(ImportParent parent) => protocol.Hashes;

    public async ValueTask<ImportExecution> ExecuteAsync(BlockEnvironment environment, Block block)
    {
        var result = await protocol.ExecuteAsync(new BlockWork(environment, block.Transactions, ExecutionMode.Import, block.Ommers, accessList));
        (_times, Report) = (result.Times, result.Report);
        return new ImportExecution(result.Execution, result.Error);
    }

    public async ValueTask<AppliedBlock> ApplyAsync(ImportParent parent, BlockExecution execution)
    {
        var applied = await protocol.ApplyAsync(execution);
        _applyMs = applied.ApplyMs;
        return applied;
    }

    public async ValueTask CommitAsync(ImportParent parent, Block block, BlockExecution execution, AppliedBlock applied)
    {
        var start = Stopwatch.GetTimestamp();
        await protocol.CommitAsync(block, applied);
        _commitMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
