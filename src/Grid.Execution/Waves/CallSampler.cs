using Grid.Chain;
using Grid.Execution.Profiles;
using Grid.Primitives;

namespace Grid.Execution.Waves;

/// <summary>
/// Picks calls of a wave to learn from: those that were executed again first, since their prediction was wrong, then some from all over the
/// block. Few, so that learning costs little; each block brings more.
/// </summary>
internal static class CallSampler
{
    /// <summary>The most calls of one block, and of one contract in it.</summary>
    private const int CallsMax = 64, CallsOfContractMax = 8;

    public static List<CallObservation> Sample(IReadOnlyList<Transaction> transactions, IReadOnlyList<Batch> batches, IReadOnlyList<int> repeated)
    {
        var sample = new List<CallObservation>();
        var counts = new Dictionary<Address, int>();
        var again = repeated.ToHashSet();
        foreach (var wantsRepeated in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var batch in batches)
            {
                // Steps with no common factor with what a workload may alternate by.
                var step = wantsRepeated ? 1 : Math.Max(1, (batch.Members.Length / 16) | 1);
                for (var i = 0; i < batch.Members.Length && sample.Count < CallsMax; i += step)
                {
                    if (again.Contains(batch.Members[i]) == wantsRepeated && batch.StepOf(i) >= 0 && transactions[batch.Members[i]] is { To: { } to } transaction
                        && counts.GetValueOrDefault(to) < CallsOfContractMax && Observe(batch, i, transaction, to, wantsRepeated) is { } observation)
                    {
                        counts[to] = counts.GetValueOrDefault(to) + 1;
                        sample.Add(observation);
                    }
                }
            }
        }
        return sample;
    }

    /// <summary>Null for a call that touches no storage: there is nothing to learn from it.</summary>
    private static CallObservation? Observe(Batch batch, int member, Transaction transaction, Address to, bool wasRepeated)
    {
        var record = batch.Record;
        var touches = record.Log.SlotsOf(batch.StepOf(member));
        if (touches.IsEmpty)
        {
            return null;
        }
        var slots = new ObservedSlot[touches.Length];
        for (var i = 0; i < slots.Length; i++)
        {
            ref readonly var touch = ref touches[i];
            var account = record.AddressOf(record.AccountOf(touch.Slot));
            slots[i] = new ObservedSlot(account, record.KeyOf(touch.Slot), touch.Before != touch.After, touch.Before);
        }
        return new CallObservation(to, transaction.Sender, transaction.Data, batch.Result(member).GasUsed, slots, wasRepeated);
    }
}
