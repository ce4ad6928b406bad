using Grid.Chain;
using Grid.Execution;

namespace Grid.Grains.Lanes;

/// <summary>
/// Transactions to execute one after the other on the state after the parent. Passed within a silo: the coordinator uses its own
/// silo's lanes.
/// </summary>
/// <param name="environment">The block that they belong to.</param>
/// <param name="transactions">In block order, senders known.</param>
/// <param name="mode">Whether an invalid one is left out or makes the block invalid.</param>
/// <param name="ommers">Headers whose makers are rewarded, before Paris.</param>
[GenerateSerializer, Immutable, Alias("Grid.Strand")]
public sealed class Strand(BlockEnvironment environment, Transaction[] transactions, ExecutionMode mode, BlockHeader[]? ommers = null)
{
    [NonSerialized] private readonly BlockEnvironment _environment = environment;
    [NonSerialized] private readonly Transaction[] _transactions = transactions;
    [NonSerialized] private readonly ExecutionMode _mode = mode;
    [NonSerialized] private readonly BlockHeader[] _ommers = ommers ?? [];

    public BlockEnvironment Environment => _environment;

    public Transaction[] Transactions => _transactions;

    public ExecutionMode Mode => _mode;

    public BlockHeader[] Ommers => _ommers;
}

/// <summary>What a strand gave. Passed within a silo.</summary>
/// <param name="execution">Null where the block turned out to be invalid.</param>
/// <param name="error">Why it is invalid.</param>
/// <param name="planMs">Time to find out what to fetch from other silos beforehand, and to fetch it, in milliseconds.</param>
/// <param name="executeMs">Time from the first run on a lane to the last, later fetches included, in milliseconds.</param>
/// <param name="fetches">Rounds of fetching from other silos, the one beforehand included.</param>
[GenerateSerializer, Immutable, Alias("Grid.StrandResult")]
public sealed class StrandResult(BlockExecution? execution, BlockError error, double planMs, double executeMs, int fetches)
{
    [NonSerialized] private readonly BlockExecution? _execution = execution;
    [NonSerialized] private readonly BlockError _error = error;

    public BlockExecution? Execution => _execution;

    public BlockError Error => _error;

    [Id(0)] public double PlanMs { get; } = planMs;

    [Id(1)] public double ExecuteMs { get; } = executeMs;

    [Id(2)] public int Fetches { get; } = fetches;
}
