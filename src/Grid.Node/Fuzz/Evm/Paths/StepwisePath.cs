using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>
/// Each step of the block over a state of its own, written to the tries after each: what an overlay remembers of earlier transactions can't
/// matter. Before each transaction it is asked as a call, which must have the same output, gas and end.
/// </summary>
internal sealed class StepwisePath : IExecutionPath
{
    public string Name => "stepwise";

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
    {
        var environment = prepared.Environment;
        var system = new SystemCalls(environment);
        var executor = new TransactionExecutor(environment) { IntermediateRoot = null };
        var differences = new List<Difference>();
        var state = prepared.State;
        foreach (var (contract, input) in system.BeforeTransactions())
        {
            state = Step(state, environment.Fork, world => system.Call(world, in contract, input, out _));
        }
        ulong gasUsed = 0, blobGasUsed = 0;
        for (var i = 0; i < oracle.Execution.Transactions.Length; i++)
        {
            var transaction = oracle.Execution.Transactions[i];
            var before = state;
            var (gasBefore, blobGasBefore) = (gasUsed, blobGasUsed);
            TransactionResult result = default;
            state = Step(before, environment.Fork, world => result = executor.Execute(transaction, world, gasBefore, blobGasBefore));
            if (result.Receipt is not { } receipt)
            {
                throw new PathException($"transaction {i}", "outcome", $"{result.Outcome} {result.Error.Code}", nameof(TransactionOutcome.Executed));
            }
            gasUsed += result.GasUsed;
            blobGasUsed += transaction.BlobGas;
            Compare(differences, i, receipt, oracle.Execution.Receipts[i], state);
            CompareCall(differences, i, environment, before, transaction, in result);
        }
        state = Step(state, environment.Fork, world => system.PayBeneficiaries(world, []));
        foreach (var (contract, _) in system.AfterTransactions())
        {
            state = Step(state, environment.Fork, world => system.Call(world, in contract, [], out _));
        }
        CaseResult.Compare(differences, "state", "root", state.Root, oracle.State.Root);
        return differences;
    }

    private static WorldTrie Step(WorldTrie state, Fork fork, Action<TransactionWorld> step)
    {
        var world = new TransactionWorld(state, fork);
        step(world);
        return state.Apply(world.CollectChanges());
    }

    private static void Compare(List<Difference> differences, int index, Receipt have, Receipt want, WorldTrie after)
    {
        var subject = $"receipt {index}";
        CaseResult.Compare(differences, subject, "status", have.Succeeded, want.Succeeded);
        CaseResult.Compare(differences, subject, "gas used", have.GasUsed, want.GasUsed);
        CaseResult.Compare(differences, subject, "cumulative gas used", have.CumulativeGasUsed, want.CumulativeGasUsed);
        CaseResult.Compare(differences, subject, "bloom", Hex.Encode(have.Bloom.Span), Hex.Encode(want.Bloom.Span));
        CaseResult.Compare(differences, subject, "logs", have.Logs.Length, want.Logs.Length);
        if (want.PostStateRoot is { } root)
        {
            CaseResult.Compare(differences, subject, "root", after.Root, root);
        }
    }

    private static void CompareCall(
        List<Difference> differences, int index, BlockEnvironment environment, WorldTrie before, Transaction transaction, in TransactionResult want)
    {
        var request = new CallRequest
        {
            From = transaction.Sender,
            To = transaction.To,
            Gas = transaction.GasLimit,
            MaxFeePerGas = transaction.MaxFeePerGas,
            MaxPriorityFeePerGas = transaction.MaxPriorityFeePerGas,
            Value = transaction.Value,
            Data = transaction.Data,
            AccessList = transaction.AccessList,
            AuthorizationList = transaction.AuthorizationList,
            MaxFeePerBlobGas = transaction.MaxFeePerBlobGas,
            BlobVersionedHashes = transaction.BlobVersionedHashes,
        };
        // A call that names no price is made without a base fee, and one with an access list before Berlin is none of the fork's: those are other
        // questions.
        if (transaction.MaxFeePerGas.IsZero || (transaction.Type == TransactionType.AccessList && environment.Fork < Fork.London))
        {
            return;
        }
        var call = new CallExecutor(environment, before, gasCap: ulong.MaxValue).Call(request);
        var subject = $"call {index}";
        CaseResult.Compare(differences, subject, "outcome", $"{call.Outcome} {call.Error.Code}", $"{want.Outcome} {want.Error.Code}");
        CaseResult.Compare(differences, subject, "halt", call.Halt, want.Halt);
        CaseResult.Compare(differences, subject, "gas used", call.GasUsed, want.GasUsed);
        CaseResult.Compare(differences, subject, "gas refunded", call.GasRefunded, want.GasRefunded);
        CaseResult.Compare(differences, subject, "output", Hex.Encode(call.Output.Span), Hex.Encode(want.Output.Span));
    }
}
