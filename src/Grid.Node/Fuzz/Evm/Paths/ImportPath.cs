using Grid.Chain;
using Grid.Execution;
using Grid.Node.Fixtures;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>
/// The block's included transactions as a given block, with memory that earlier cases have used. Then all transactions as a given block,
/// which must be invalid for the first that was refused.
/// </summary>
internal sealed class ImportPath : IExecutionPath
{
    private readonly ExecutionMemory _memory = new();

    public string Name => "import";

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
    {
        var included = oracle.Execution.Transactions;
        var executor = Run(prepared, included);
        var differences = executor.Result is { } result
            ? CaseResult.Of(result, prepared.State).CompareWith(oracle, withRejected: false)
            : [new Difference("block", "error", $"{executor.Error.Code} {executor.Error.Transaction.Code}", "none")];
        if (oracle.Execution.Rejected is [var first, ..])
        {
            var refused = Run(prepared, prepared.Transactions);
            CaseResult.Compare(differences, "invalid block", "error", refused.Error.Code, BlockErrorCode.InvalidTransaction);
            CaseResult.Compare(differences, "invalid block", "index", refused.Error.Index, first.Index);
            CaseResult.Compare(differences, "invalid block", "transaction", refused.Error.Transaction, first.Error);
        }
        return differences;
    }

    private SequentialExecutor Run(PreparedCase prepared, Transaction[] transactions)
    {
        // Decoded anew, so that nothing is known of them beforehand; but for those that are so wrong that no bytes can say them.
        var decoded = Array.ConvertAll(transactions, transaction => Transaction.TryDecode(transaction.Encoded, out var anew, out _) ? anew
            : transaction);
        var executor = new SequentialExecutor(
            prepared.Environment, ExecutionMode.Import, decoded, prepared.State, intermediateRoot: CaseResult.RootsOver(prepared.State),
                memory: _memory);
        executor.Run();
        return executor;
    }
}
