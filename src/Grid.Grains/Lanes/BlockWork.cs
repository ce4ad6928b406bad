using Grid.Chain;
using Grid.Execution;
using Grid.Execution.Waves;

namespace Grid.Grains.Lanes;

/// <summary>
/// A block's transactions to execute on the state after its parent. Passed within a silo: the coordinator uses its own silo's
/// lanes.
/// </summary>
/// <param name="environment">The block that they belong to.</param>
/// <param name="transactions">In block order, senders known.</param>
/// <param name="mode">Whether an invalid one is left out or makes the block invalid.</param>
/// <param name="ommers">Headers whose makers are rewarded, before Paris.</param>
/// <param name="accessList">Of a given block, in EIP-7928's form, from whoever had it; empty for none.</param>
[GenerateSerializer, Immutable, Alias("Grid.BlockWork")]
public sealed class BlockWork(BlockEnvironment environment, Transaction[] transactions, ExecutionMode mode, BlockHeader[]? ommers = null, byte[]? accessList = null)
{
    [NonSerialized] private readonly BlockEnvironment _environment = environment;
    [NonSerialized] private readonly Transaction[] _transactions = transactions;
    [NonSerialized] private readonly ExecutionMode _mode = mode;
    [NonSerialized] private readonly BlockHeader[] _ommers = ommers ?? [];
    [NonSerialized] private readonly byte[] _accessList = accessList ?? [];

    public BlockEnvironment Environment => _environment;

    public Transaction[] Transactions => _transactions;

    public ExecutionMode Mode => _mode;

    public BlockHeader[] Ommers => _ommers;

    public byte[] AccessList => _accessList;
}

/// <summary>What executing a block gave. Passed within a silo.</summary>
/// <param name="execution">Null where the block turned out to be invalid.</param>
/// <param name="error">Why it is invalid.</param>
/// <param name="report">How it went.</param>
[GenerateSerializer, Immutable, Alias("Grid.ExecutedBlock")]
public sealed class ExecutedBlock(BlockExecution? execution, BlockError error, ExecutionReport report, ExecutionTimes times)
{
    [NonSerialized] private readonly BlockExecution? _execution = execution;
    [NonSerialized] private readonly BlockError _error = error;
    [NonSerialized] private readonly ExecutionReport _report = report;

    public BlockExecution? Execution => _execution;

    public BlockError Error => _error;

    public ExecutionReport Report => _report;

    [Id(0)] public ExecutionTimes Times { get; } = times;
}

/// <summary>What executing took, in milliseconds.</summary>
/// <param name="PlanMs">Finding out what to fetch from other silos beforehand, fetching it, and planning.</param>
/// <param name="ExecuteMs">The waves, later fetches included.</param>
/// <param name="ValidateMs">Putting the waves' outcomes together.</param>
[GenerateSerializer, Immutable, Alias("Grid.ExecutionTimes")]
public readonly record struct ExecutionTimes([property: Id(0)] double PlanMs, [property: Id(1)] double ExecuteMs, [property: Id(2)] double ValidateMs);
