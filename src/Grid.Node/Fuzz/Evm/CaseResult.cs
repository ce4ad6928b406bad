using Grid.Chain;
using Grid.Execution;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm;

/// <summary>What executing a case's block led to, in the form that is compared. Immutable.</summary>
internal sealed class CaseResult
{
    private CaseResult(BlockExecution execution, WorldTrie state)
    {
        (Execution, State) = (execution, state);
    }

    public BlockExecution Execution { get; }

    /// <summary>After the block.</summary>
    public WorldTrie State { get; }

    /// <param name="state">Before the block.</param>
    public static CaseResult Of(BlockExecution execution, WorldTrie state) => new(execution, state.Apply(execution.AccessList.ToAccountChanges()));

    /// <summary>
    /// The block executed one transaction after the other, with all the state at hand: what is right, unless all paths agree that it isn't.
    /// </summary>
    /// <exception cref="PathException">It can't be executed.</exception>
    public static CaseResult OfOracle(PreparedCase prepared)
    {
        var executor = new SequentialExecutor(
            prepared.Environment, ExecutionMode.Build, prepared.Transactions, prepared.State, intermediateRoot: RootsOver(prepared.State));
        var status = executor.Run();
        return status == ExecutionStatus.Complete
            ? Of(executor.Result!, prepared.State)
            : throw new PathException("block", "status", $"{status} {executor.Error.Code}", nameof(ExecutionStatus.Complete));
    }

    /// <summary>Roots after each transaction, which receipts have before Byzantium.</summary>
    public static Func<JournaledOverlay, Hash256> RootsOver(WorldTrie state) => overlay => state.Apply(overlay.CollectChanges()).Root;

    /// <summary>What isn't as in the other; everything that a block's header commits to, and what was refused.</summary>
    public List<Difference> CompareWith(CaseResult want, bool withRejected = true)
    {
        var differences = new List<Difference>();
        Compare(differences, "block", "gas used", Execution.GasUsed, want.Execution.GasUsed);
        Compare(differences, "block", "blob gas used", Execution.BlobGasUsed, want.Execution.BlobGasUsed);
        Compare(differences, "block", "transactions", Execution.Transactions.Length, want.Execution.Transactions.Length);
        Compare(differences, "block", "requests", Text(Execution.Requests), Text(want.Execution.Requests));
        Compare(differences, "block", "logs bloom", Hex.Encode(Execution.LogsBloom.Span), Hex.Encode(want.Execution.LogsBloom.Span));
        if (withRejected)
        {
            Compare(differences, "block", "rejected", Text(Execution.Rejected), Text(want.Execution.Rejected));
        }
        for (var i = 0; i < Math.Min(Execution.Receipts.Length, want.Execution.Receipts.Length); i++)
        {
            var (have, other) = (Execution.Receipts[i], want.Execution.Receipts[i]);
            Compare(differences, $"receipt {i}", "status", have.Succeeded, other.Succeeded);
            Compare(differences, $"receipt {i}", "gas used", have.GasUsed, other.GasUsed);
            Compare(differences, $"receipt {i}", "contract", have.ContractAddress, other.ContractAddress);
            Compare(differences, $"receipt {i}", "encoding", Hex.Encode(have.Encode()), Hex.Encode(other.Encode()));
        }
        Compare(differences, "access list", "encoding", Hex.Encode(Execution.AccessList.WithoutLostStorage().Encode()), Hex.Encode(want.Execution.AccessList.WithoutLostStorage().Encode()));
        Compare(differences, "state", "root", State.Root, want.State.Root);
        return differences;
    }

    public static void Compare<T>(List<Difference> differences, string subject, string field, T have, T want)
    {
        if (!EqualityComparer<T>.Default.Equals(have, want))
        {
            differences.Add(new Difference(subject, field, $"{have}", $"{want}"));
        }
    }

    private static string Text(RejectedTransaction[] rejected) =>
        string.Join(", ", rejected.Select(item => $"{item.Index}: {TransactionErrorText.Of(item.Error)}"));

    private static string Text(byte[][] requests) => string.Join(", ", requests.Select(bytes => Hex.Encode(bytes)));
}

/// <summary>A path that can't go on: itself a difference.</summary>
internal sealed class PathException(string subject, string field, string have, string want) : Exception($"{subject}: {field} is {have}, not {want}")
{
    public Difference Difference { get; } = new(subject, field, have, want);
}
