using Grid.Chain;
using Grid.Execution.Profiles;
using Grid.Execution.Waves;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Tests.Profiles;

/// <summary>What a contract's profile says of calls that it hasn't seen.</summary>
public sealed class ProfileTableTests
{
    private static readonly Address Contract = Address.FromNumber(0xc0de);

    [Theory]
    [InlineData(100)]
    [InlineData(1UL << 40)]
    public void A_slot_that_the_call_names_follows_from_it(ulong slot)
    {
        var table = Learn(call => slot + call);
        Assert.Equal([new PredictedSlot(Contract, slot + 77)], Locate(table, slot + 77));
        Assert.NotEqual(Predict(table, slot + 77), Predict(table, slot + 78));
    }

    [Fact]
    public void A_variable_is_the_same_slot_in_every_call_also_where_a_call_names_it()
    {
        var table = Learn(_ => 3);
        Assert.Equal([new PredictedSlot(Contract, 3)], Locate(table, 7));
        Assert.Equal(Predict(table, 7), Predict(table, 8));
    }

    /// <summary>Calls with a word of call data, of which each writes one slot.</summary>
    private static ProfileTable Learn(Func<ulong, UInt256> slotOf)
    {
        var table = new ProfileTable();
        for (ulong call = 1; call <= 4; call++)
        {
            var slot = slotOf(call);
            table.Learn([new CallObservation(Contract, Address.FromNumber(call), Input(slot), 50_000, [new ObservedSlot(Contract, slot, IsWrite: true, default)], WasRepeated: false)]);
        }
        return table;
    }

    private static byte[] Input(in UInt256 word) => [1, 2, 3, 4, .. word.ToBigEndian()];

    private static List<PredictedSlot> Locate(ProfileTable table, in UInt256 word)
    {
        var slots = new List<PredictedSlot>();
        table.ForBlock().Locate(Call(word), EmptyState.Instance, _ => true, slots);
        return slots;
    }

    private static PredictedAccess[] Predict(ProfileTable table, in UInt256 word)
    {
        var prediction = new Prediction();
        Assert.True(table.ForBlock().TryPredict(Call(word), EmptyState.Instance, prediction));
        return [.. prediction.Accesses];
    }

    private static Transaction Call(in UInt256 word)
    {
        var transaction = new Transaction { Type = TransactionType.Legacy, To = Contract, Data = Input(word), GasLimit = 100_000 };
        transaction.SetSender(Address.FromNumber(9));
        return transaction;
    }

    private sealed class EmptyState : IStateReader
    {
        public static readonly EmptyState Instance = new();

        public bool TryGetAccount(in Address address, out AccountRecord? record)
        {
            record = null;
            return true;
        }

        public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
        {
            value = default;
            return true;
        }

        public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code)
        {
            code = null;
            return true;
        }
    }
}
