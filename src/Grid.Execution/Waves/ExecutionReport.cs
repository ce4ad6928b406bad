namespace Grid.Execution.Waves;

/// <summary>How a block was executed, in figures.</summary>
public sealed record ExecutionReport
{
    /// <summary>Transactions that were offered.</summary>
    public int Transactions { get; init; }

    /// <summary>How often a transaction was executed, all together.</summary>
    public int Executions { get; init; }

    /// <summary>Rounds of execution; looking at a wave's outcomes one by one and executing some again is one.</summary>
    public int Waves { get; init; }

    /// <summary>Groups of transactions that were tied by the plan.</summary>
    public int Strands { get; init; }

    /// <summary>Transactions of the strand with the most gas.</summary>
    public int LargestStrand { get; init; }

    /// <summary>Pieces of work that the lanes were given.</summary>
    public int Batches { get; init; }

    /// <summary>Batches that were executed in a turn of an account's grain.</summary>
    public int Anchored { get; init; }

    /// <summary>Transactions that other processes executed.</summary>
    public int Sent { get; init; }

    /// <summary>Rounds of fetching state from other processes, one of which waits for the one before.</summary>
    public int Fetches { get; init; }

    /// <summary>Gas units that the plan expected.</summary>
    public ulong PlannedGas { get; init; }

    /// <summary>Gas units of the plan's longest strand: no number of lanes is faster than one that executes it.</summary>
    public ulong CriticalGas { get; init; }

    /// <summary>Calls of which the planner knew nothing.</summary>
    public int Unknown { get; init; }

    /// <summary>Why the block, or the rest of it, was executed as one strand.</summary>
    public FallbackReason Fallback { get; init; }

    /// <summary>What became of the access list that came with the block.</summary>
    public AccessListUse AccessList { get; init; }

    /// <summary>How many times as fast as one lane any number of lanes could be, by the plan.</summary>
    public double IdealWidth => CriticalGas == 0 ? 1 : (double)PlannedGas / CriticalGas;

    /// <summary>Executions for each transaction.</summary>
    public double ExecutionsPerTransaction => Transactions == 0 ? 0 : (double)Executions / Transactions;
}
