using Grid.Chain;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Waves;

/// <summary>
/// The outcomes of a wave, to be looked at transaction by transaction, in block order: what read a value that isn't there in the end is
/// executed again, in its place, which makes it right.
/// </summary>
internal sealed class BatchSpeculation : ISpeculation
{
    private readonly IReadOnlyList<Transaction> _transactions;
    private readonly BlockEnvironment _environment;
    private readonly (Batch? Batch, int Member)[] _places;

    public BatchSpeculation(BlockEnvironment environment, IReadOnlyList<Transaction> transactions, IEnumerable<Batch> batches)
    {
        _environment = environment;
        _transactions = transactions;
        _places = new (Batch?, int)[transactions.Count];
        foreach (var batch in batches)
        {
            for (var i = 0; i < batch.Members.Length; i++)
            {
                _places[batch.Members[i]] = (batch, i);
            }
        }
    }

    /// <summary>Places of transactions that are executed again, in block order.</summary>
    public List<int> Repeated { get; } = [];

    public bool TryReplay(int index, TransactionWorld world, ulong gasUsedBefore, ulong blobGasUsedBefore, out TransactionResult result)
    {
        var (batch, member) = _places[index];
        result = default;
        if (batch is null)
        {
            return false;
        }
        ref readonly var outcome = ref batch.Result(member);
        var step = batch.StepOf(member);
        if (step < 0 || !HasRoom(_transactions[index], gasUsedBefore, blobGasUsedBefore) || !TryReplay(batch.Record, step, world))
        {
            if (Repeated.Count == 0 || Repeated[^1] != index)
            {
                Repeated.Add(index);
            }
            return false;
        }
        result = new TransactionResult
        {
            Outcome = TransactionOutcome.Executed,
            Halt = outcome.Halt,
            GasUsed = outcome.GasUsed,
            GasRefunded = outcome.GasRefunded,
            Output = outcome.Output,
            Receipt = outcome.Receipt!.WithCumulativeGasUsed(gasUsedBefore + outcome.GasUsed),
        };
        return true;
    }

    /// <summary>The executor says what is wrong with a transaction that has none.</summary>
    private bool HasRoom(Transaction transaction, ulong gasUsedBefore, ulong blobGasUsedBefore) =>
        transaction.GasLimit + gasUsedBefore <= _environment.Context.GasLimit && transaction.BlobGas + blobGasUsedBefore <= _environment.MaxBlobGas;

    private static bool TryReplay(PartRecord batch, int step, TransactionWorld world)
    {
        world.BeginTransaction();
        foreach (ref readonly var touch in batch.Log.AccountsOf(step))
        {
            if (!world.TryGetAccount(batch.AddressOf(touch.Account), out var state) || !TouchRules.Holds(in state, in touch))
            {
                world.DiscardTransaction();
                return false;
            }
        }
        foreach (ref readonly var touch in batch.Log.SlotsOf(step))
        {
            if (!world.TryGetStorage(batch.AddressOf(batch.AccountOf(touch.Slot)), batch.KeyOf(touch.Slot), out var value) || value != touch.Before)
            {
                world.DiscardTransaction();
                return false;
            }
        }
        Write(batch, step, world);
        world.EndTransaction();
        return true;
    }

    private static void Write(PartRecord batch, int step, TransactionWorld world)
    {
        foreach (ref readonly var touch in batch.Log.AccountsOf(step))
        {
            if (touch.Writes == AccountFields.None && !touch.StorageCleared)
            {
                continue;
            }
            var address = batch.AddressOf(touch.Account);
            world.TryGetAccount(in address, out var now);
            var after = TouchRules.After(in now, in touch, batch.Log.Codes);
            var outcome = new AccountOutcome
            {
                Exists = after.Exists,
                Nonce = after.Nonce,
                Balance = after.Balance,
                ReplacesCode = (touch.Writes & AccountFields.Code) != 0,
                Code = (touch.Writes & AccountFields.Code) != 0 ? batch.Log.Codes[touch.Code] : null,
                ClearsStorage = touch.StorageCleared,
            };
            world.SetAccount(in address, in outcome);
        }
        foreach (ref readonly var touch in batch.Log.SlotsOf(step))
        {
            if (touch.Before != touch.After)
            {
                var after = touch.After;
                world.SetStorage(batch.AddressOf(batch.AccountOf(touch.Slot)), batch.KeyOf(touch.Slot), in after);
            }
        }
    }
}
