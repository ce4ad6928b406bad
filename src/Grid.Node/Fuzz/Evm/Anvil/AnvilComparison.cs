using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Anvil;

/// <summary>Executes what anvil mined in anvil's context, and compares.</summary>
internal sealed class AnvilComparison(AnvilChain chain, PreparedCase prepared, AnvilBlock block)
{
    private readonly List<Difference> _differences = [];

    /// <summary>The state after the mined transactions.</summary>
    public WorldTrie After { get; private set; } = chain.State;

    /// <summary>What they read and wrote.</summary>
    public BlockAccessList Accessed { get; private set; } = BlockAccessList.Empty;

    public List<Difference> Run()
    {
        var before = chain.State.Apply(Array.ConvertAll(prepared.Accounts, account => account.ToAccountChange()));
        var environment = BlockEnvironment.Of(PreparedCase.SpecOf(prepared.Fork), prepared.Fork, HeaderOf(), [], chain.Hashes);
        var executor = new TransactionExecutor(environment);
        var system = new SystemCalls(environment);
        var world = new TransactionWorld(before, prepared.Fork);
        var accesses = new AccessListBuilder();
        foreach (var (contract, input) in system.BeforeTransactions())
        {
            system.Call(world, in contract, input, out _);
            accesses.Record(0, world, in SystemContracts.SystemAddress);
        }
        ulong gasUsed = 0;
        var points = new List<(WorldTrie State, ulong GasUsed)>();
        for (var i = 0; i < block.Mined.Count; i++)
        {
            var (transaction, receipt, trace) = block.Mined[i];
            AddPoint();
            var result = executor.Execute(transaction, world, gasUsed, 0);
            gasUsed += result.GasUsed;
            Compare(i, in result, receipt, trace);
            accesses.Record((uint)i + 1, world);
        }
        AddPoint();
        foreach (var (transaction, reason) in block.Refused)
        {
            // anvil doesn't tell at which place it tried.
            if (points.TrueForAll(point => !IsInvalid(transaction, point.State, point.GasUsed)))
            {
                _differences.Add(new Difference($"transaction {transaction.Hash}", "outcome", $"{TransactionOutcome.Executed}",
                    $"refused: {reason ?? "not mined"}"));
            }
        }
        Accessed = accesses.Build();
        After = before.Apply(world.CollectChanges());
        return _differences;

        bool IsInvalid(Transaction transaction, WorldTrie state, ulong gasUsedBefore) =>
            executor.Execute(transaction, new TransactionWorld(state, prepared.Fork), gasUsedBefore, 0).Outcome == TransactionOutcome.Invalid;

        void AddPoint()
        {
            if (block.Refused.Count > 0)
            {
                points.Add((before.Apply(world.CollectChanges()), gasUsed));
            }
        }
    }

    /// <summary>anvil writes a base fee before London, too, which isn't the fork's.</summary>
    private BlockHeader HeaderOf()
    {
        var header = block.Header;
        return new BlockHeader
        {
            ParentHash = header.ParentHash,
            Beneficiary = header.Beneficiary,
            Difficulty = header.Difficulty,
            Number = header.Number,
            GasLimit = header.GasLimit,
            Timestamp = header.Timestamp,
            PrevRandao = header.PrevRandao,
            BaseFeePerGas = prepared.Fork >= Fork.London ? header.BaseFeePerGas : null,
            ExcessBlobGas = header.ExcessBlobGas,
            ParentBeaconBlockRoot = header.ParentBeaconBlockRoot,
        };
    }

    private void Compare(int index, in TransactionResult result, JsonElement receipt, JsonElement trace)
    {
        var subject = $"receipt {index}";
        if (result.Receipt is not { } have)
        {
            _differences.Add(new Difference(subject, "outcome", $"{result.Outcome} {TransactionErrorText.Of(result.Error)}", "mined"));
            return;
        }
        CaseResult.Compare(_differences, subject, "status", have.Succeeded, receipt.Field("status").Number() == 1);
        CaseResult.Compare(_differences, subject, "gas used", have.GasUsed, receipt.Field("gasUsed").Number());
        CaseResult.Compare(_differences, subject, "cumulative gas used", have.CumulativeGasUsed, receipt.Field("cumulativeGasUsed").Number());
        CaseResult.Compare(_differences, subject, "contract", $"{have.ContractAddress}", $"{receipt.OptionalField("contractAddress")?.Address()}");
        CaseResult.Compare(_differences, subject, "logs", string.Join('\n', have.Logs.Select(Text)),
            string.Join('\n', receipt.Field("logs").EnumerateArray().Select(Text)));
        // The code that a creation deployed is no output of the message for us: it is in the state.
        if (have.ContractAddress is null || !have.Succeeded)
        {
            CaseResult.Compare(_differences, subject, "output", Hex.Encode(result.Output.Span), trace.OptionalField("output")?.Text() ?? "0x");
        }
    }

    private static string Text(Log log) => $"{log.Address} [{string.Join(' ', log.Topics)}] {Hex.Encode(log.Data)}";

    private static string Text(JsonElement log) =>
        $"{log.Field("address").Address()} [{string.Join(' ', log.Field("topics").EnumerateArray().Select(topic => topic.Hash()))}] {log.Field("data").Text()}";
}
