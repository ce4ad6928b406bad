using Grid.Chain;
using Grid.Crypto;
using Grid.Execution.Profiles;
using Grid.Execution.Waves;
using Grid.Primitives;
using static Grid.Execution.Tests.TestChain;

namespace Grid.Execution.Tests.Waves;

/// <summary>What is tied to what, before anything is executed.</summary>
public class PlanTests
{
    private static readonly Address Book = Address.FromNumber(0xb00c);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Plan_is_the_same_whatever_the_number_of_threads(int seed)
    {
        var random = new Random(seed);
        // Each of 40 entries names one of 12 numbers.
        var chain = new TestChain([Contract(Book, "00", [.. Enumerable.Range(0, 40).Select(i => ((UInt256)(ulong)(1000 + i), (UInt256)(ulong)(5000 + random.Next(12))))])]);
        var profiles = new ProfileTable();
        for (ulong call = 0; call < 4; call++)
        {
            profiles.Learn([Observe(chain, 1000 + call)]);
        }
        Transaction[] transactions = [.. Enumerable.Range(0, 300).Select(i => Any(random, i))];
        var (alone, sources) = Plan(chain, profiles, transactions, lanes: 1);
        Assert.Contains(alone, batch => batch.Length > 1);
        Assert.NotInRange(alone.Count, 0, 20);
        Assert.NotEmpty(sources);
        var (shared, sharedSources) = Plan(chain, profiles, transactions, lanes: 4);
        Assert.Equal(alone, shared);
        Assert.Equal(sources, sharedSources);
    }

    [Fact]
    public void Calls_whose_slots_follow_from_one_value_are_tied()
    {
        var chain = new TestChain([Contract(Book, "00", (1000, 5000), (1001, 5001), (1002, 5000), (1003, 5002))]);
        var profiles = new ProfileTable();
        for (ulong call = 0; call < 4; call++)
        {
            profiles.Learn([Observe(chain, 1000 + call)]);
        }
        var (batches, _) = Plan(chain, profiles, [.. Enumerable.Range(0, 4).Select(i => Call(i, (ulong)(1000 + i)))], lanes: 4);
        Assert.Equal([[0, 2], [1], [3]], batches.OrderBy(batch => batch[0]));
    }

    /// <summary>Members of each batch, in an order of their own, and what predictions followed from.</summary>
    private static (List<int[]> Batches, PredictedSlot[] Sources) Plan(TestChain chain, ProfileTable profiles, Transaction[] transactions, int lanes)
    {
        var predictor = profiles.ForBlock();
        var settings = new ParallelSettings { Lanes = lanes, BatchesPerLane = 4096 / lanes, AlwaysSplits = true };
        var execution = new ParallelExecution(chain.Next(), ExecutionMode.Import, transactions, chain.World, predictor, settings, new ExecutionMemoryPool(4));
        int[][] batches = [.. execution.Next().Select(work => work.Work).OfType<ISendable>().Select(batch => batch.Members)];
        return ([.. batches.OrderBy(members => members[0])], [.. predictor.Sources]);
    }

    private static Transaction Any(Random random, int index) => random.Next(4) switch
    {
        0 => Sender(random, Send(0, Address.FromNumber((ulong)(0x7000 + random.Next(1000))), 1)),
        1 when index % 10 == 0 => Sender(random, Send(0, null, gas: 100_000, data: [0])),
        _ => Sender(random, Call(0, (ulong)(1000 + random.Next(40)))),
    };

    /// <summary>From one of many accounts, some of which send twice.</summary>
    private static Transaction Sender(Random random, Transaction transaction)
    {
        transaction.SetSender(Address.FromNumber((ulong)(0x9000 + random.Next(2000))));
        return transaction;
    }

    private static Transaction Call(int from, ulong entry) => Send(from, Book, gas: 100_000, data: Input(entry));

    private static byte[] Input(UInt256 entry) => [1, 2, 3, 4, .. entry.ToBigEndian()];

    /// <summary>A call that reads the entry that its call data names, and writes the place of the number there in a mapping, whose own slot is 3.</summary>
    private static CallObservation Observe(TestChain chain, UInt256 entry)
    {
        Assert.True(chain.World.TryGetStorage(in Book, in entry, out var number));
        var place = Keccak256.Hash([.. number.ToBigEndian(), .. ((UInt256)3).ToBigEndian()]).ToWord();
        return new CallObservation(
            Book, Account((int)(entry.U0 % 10)), Input(entry), 50_000,
            [new ObservedSlot(Book, entry, IsWrite: false, number), new ObservedSlot(Book, place, IsWrite: true, default)], WasRepeated: false);
    }
}
