using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>A kind of generated workload: what its transactions do, and when two of them conflict. Immutable.</summary>
internal interface IWorkloadKind
{
    /// <summary>As the command line names it.</summary>
    string Name { get; }

    /// <summary>One sentence on what the transactions do.</summary>
    string Summary { get; }

    /// <summary>Exactly what the parameter conflict changes, for the help: "P % of the transactions …, the others …".</summary>
    string Conflict { get; }

    /// <summary>Conflict first, then its own.</summary>
    IReadOnlyList<WorkloadParameter> Parameters { get; }

    /// <summary>How many transactions it has where nobody says.</summary>
    int Transactions { get; }

    /// <summary>Puts what all transactions need into the genesis, and returns who writes them.</summary>
    ITransactionSource Open(WorkloadValues values, WorkloadScene scene);
}

/// <summary>Writes transactions one after the other, and what each needs into the genesis of its scene.</summary>
internal interface ITransactionSource
{
    /// <param name="index">The transaction's place in the block, which is also its sender's number. Ascending from call to call.</param>
    Draft Next(int index);
}

/// <summary>A transaction without what all have in common: chain, fees, nonce 0, signature.</summary>
/// <param name="GasLimit">Gas units; enough, and not much more.</param>
/// <param name="ValueWei">Wei.</param>
internal readonly record struct Draft(Address To, ulong GasLimit, UInt256 ValueWei, byte[] Data);

/// <summary>A number that a kind takes.</summary>
/// <param name="Max">Included, as is the minimum.</param>
internal sealed record WorkloadParameter(string Name, double Preset, double Min, double Max, string Description, bool IsWhole = true)
{
    public const string ConflictName = "conflict";

    /// <summary>In percent of the transactions.</summary>
    public static WorkloadParameter Conflict { get; } = new(ConflictName, 0, 0, 100, "percent of the transactions that conflict");
}
