using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>Predictions from right to harmful: nothing but speed may depend on them.</summary>
internal sealed class TestPredictor : IAccessPredictor
{
    private readonly Dictionary<Transaction, PredictedAccess[]> _known = [];

    public bool TryPredict(Transaction transaction, IStateReader reader, Prediction into)
    {
        if (!_known.TryGetValue(transaction, out var accesses))
        {
            return false;
        }
        into.Accesses.AddRange(accesses);
        into.Anchor = transaction.To;
        return true;
    }

    public void Locate(Transaction transaction, IStateReader reader, Predicate<Address> isWanted, ICollection<PredictedSlot> into)
    {
    }

    public IAccessPredictor Fork() => this;

    public IEnumerable<PredictedSlot> Sources => [];

    public static IAccessPredictor Of(Dice dice, PreparedCase prepared) => dice.Below(4) switch
    {
        0 => NoPredictor.Instance,
        1 => Right(prepared),
        2 => Random(dice, prepared),
        _ => Harmful(dice, prepared),
    };

    /// <summary>What each transaction touches when all are executed in order.</summary>
    private static TestPredictor Right(PreparedCase prepared)
    {
        var predictor = new TestPredictor();
        var executor = new TransactionExecutor(prepared.Environment);
        var world = new TransactionWorld(prepared.State, prepared.Fork);
        foreach (var transaction in prepared.Transactions)
        {
            if (executor.Execute(transaction, world, 0, 0).Outcome != TransactionOutcome.Executed)
            {
                continue;
            }
            var accesses = new List<PredictedAccess>();
            for (var i = 0; i < world.AccessedAccountCount; i++)
            {
                var access = world.AccessedAccount(i);
                accesses.Add(new PredictedAccess(Location.OfAccount(in access.Address), access.IsChanged && access.Address != prepared.Environment.Header.Beneficiary));
            }
            for (var i = 0; i < world.AccessedSlotCount; i++)
            {
                var access = world.AccessedSlot(i);
                accesses.Add(new PredictedAccess(Location.OfSlot(in access.Address, in access.Slot), access.IsChanged));
            }
            predictor._known[transaction] = [.. accesses];
        }
        return predictor;
    }

    private static TestPredictor Random(Dice dice, PreparedCase prepared)
    {
        var predictor = new TestPredictor();
        foreach (var transaction in prepared.Transactions)
        {
            predictor._known[transaction] = [new PredictedAccess(1 + ((ulong)dice.Below(prepared.Transactions.Length) << 40), dice.OneIn(2))];
        }
        return predictor;
    }

    /// <summary>Ties what doesn't conflict: every other transaction, across all senders and contracts.</summary>
    private static TestPredictor Harmful(Dice dice, PreparedCase prepared)
    {
        var predictor = new TestPredictor();
        var groups = dice.Between(2, 4);
        for (var i = 0; i < prepared.Transactions.Length; i++)
        {
            predictor._known[prepared.Transactions[i]] = [new PredictedAccess(1 + ((ulong)(i % groups) << 40), IsWrite: true)];
        }
        return predictor;
    }
}
