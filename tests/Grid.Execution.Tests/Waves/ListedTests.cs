using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Waves;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State;
using static Grid.Execution.Tests.TestChain;

namespace Grid.Execution.Tests.Waves;

/// <summary>A block on an access list that came with it: an exact one spares the plan, any other one changes nothing.</summary>
public class ListedTests
{
    /// <summary>slot[0] += word 0; slot[word 1] = slot[0]</summary>
    private const string Counter = "5f5f35815401805f5560203555";

    private static readonly Address Store = Address.FromNumber(0xadde);
    private static readonly Address Target = Address.FromNumber(0x7a57);

    private static byte[] Words(params UInt256[] words) => [.. words.SelectMany(word => word.ToBigEndian())];

    /// <summary>Calls that all read and write one slot, transfers, a withdrawal and the system contracts.</summary>
    private static (TestChain Chain, BlockEnvironment Environment, BlockExecution Execution) Hot(int calls = 6)
    {
        var chain = new TestChain([Contract(Store, Counter, (0, 5))]);
        var environment = chain.Next(new Withdrawal(1, 2, Target, 3));
        Transaction[] transactions =
        [
            .. Enumerable.Range(0, calls).Select(i => Send(i % 8, Store, gas: 100_000, nonce: (ulong)(i / 8), data: Words(3, 10 + (UInt256)(ulong)i))),
            Send(8, Target, 7), Send(9, Address.FromNumber(0x5000), 1),
        ];
        return (chain, environment, chain.Execute(environment, transactions));
    }

    [Fact]
    public void Transactions_in_conflict_run_at_once_and_only_once()
    {
        var (chain, environment, expected) = Hot(40);
        var settings = new ParallelSettings { Lanes = 2, AlwaysSplits = true };
        var execution = new ParallelExecution(environment, ExecutionMode.Import, expected.Transactions, chain.World, NoPredictor.Instance, settings, new ExecutionMemoryPool(8))
        {
            AccessList = expected.AccessList.EncodeRlp(),
        };
        WaveRunner.Run(execution, 2);
        execution.Release();
        Assert.Equal((AccessListUse.Used, FallbackReason.None, 2, 42), (
            execution.Report.AccessList, execution.Report.Fallback, execution.Report.Waves, execution.Report.Executions));
        Assert.True(execution.Report.Batches > 1);
        Assert.Equal(expected.AccessList.Encode(), execution.Result!.AccessList.Encode());
    }

    [Fact]
    public void No_byte_of_a_list_can_be_another_one()
    {
        var (chain, environment, expected) = Hot(3);
        var right = expected.AccessList.EncodeRlp();
        Assert.Equal(AccessListUse.Used, SplitExecution.RunListed(chain, environment, expected, right, 2));
        for (var i = 0; i < right.Length; i++)
        {
            byte[] wrong = [.. right];
            wrong[i] ^= (byte)(1 << (i % 8));
            Assert.NotEqual(AccessListUse.Used, SplitExecution.RunListed(chain, environment, expected, wrong, 1));
        }
    }

    [Theory]
    [InlineData("", AccessListUse.Malformed)]
    [InlineData("01", AccessListUse.Malformed)]
    [InlineData("c0", AccessListUse.Wrong)]
    [InlineData("c1c0", AccessListUse.Malformed)]
    public void What_is_no_list_or_an_empty_one_is_not_used(string hex, AccessListUse use)
    {
        var (chain, environment, expected) = Hot();
        Assert.Equal(hex.Length == 0 ? AccessListUse.None : use, SplitExecution.RunListed(chain, environment, expected, Hex.Decode(hex), 2));
    }

    [Fact]
    public void List_that_names_more_than_gas_pays_for_is_not_read()
    {
        var (chain, environment, expected) = Hot();
        var items = new RlpWriter();
        var list = items.BeginList();
        for (ulong i = 1; i < 20_000; i++)
        {
            var item = items.BeginList();
            items.WriteAddress(Address.FromNumber(i));
            for (var k = 0; k < 5; k++)
            {
                items.EndList(items.BeginList());
            }
            items.EndList(item);
        }
        items.EndList(list);
        Assert.Equal(AccessListUse.TooLarge, SplitExecution.RunListed(chain, environment, expected, items.ToArray(), 2));
        Assert.Equal(AccessListUse.TooLarge, SplitExecution.RunListed(chain, environment, expected, new byte[16 << 20], 2));
    }

    [Fact]
    public void Longer_code_than_an_account_can_have_is_not_read()
    {
        var (chain, environment, expected) = Hot();
        var writer = new RlpWriter();
        var list = writer.BeginList();
        var item = writer.BeginList();
        writer.WriteAddress(Store);
        for (var k = 0; k < 4; k++)
        {
            writer.EndList(writer.BeginList());
        }
        var codes = writer.BeginList();
        var pair = writer.BeginList();
        writer.WriteUInt64(1);
        writer.WriteBytes(new byte[24_577]);
        writer.EndList(pair);
        writer.EndList(codes);
        writer.EndList(item);
        writer.EndList(list);
        Assert.Equal(AccessListUse.TooLarge, SplitExecution.RunListed(chain, environment, expected, writer.ToArray(), 2));
    }

    /// <summary>With the slot's true value the loop doesn't run; with the one that the list claims each call would use all of its gas.</summary>
    [Fact]
    public void Wrong_list_cannot_buy_more_gas_than_a_block_has()
    {
        // jump back to the beginning while slot[0] isn't zero
        var chain = new TestChain([Contract(Store, "5b5f545f5700")]);
        var environment = chain.Next(30_000_000);
        var transactions = Enumerable.Range(0, 80).Select(i => Send(i % 8, Store, nonce: (ulong)(i / 8), gas: 5_000_000)).ToArray();
        var expected = chain.Execute(environment, transactions);
        var wrong = Falsify(expected.AccessList);
        var settings = new ParallelSettings { Lanes = 1, AlwaysSplits = true };
        var execution = new ParallelExecution(environment, ExecutionMode.Import, transactions, chain.World, NoPredictor.Instance, settings, new ExecutionMemoryPool(8))
        {
            AccessList = wrong,
        };
        WaveRunner.Run(execution, 1);
        Assert.Equal(AccessListUse.Wrong, execution.Report.AccessList);
        // The first that differs ends it.
        Assert.InRange(execution.Report.Executions, transactions.Length, transactions.Length + 8);
    }

    /// <summary>The list with a value in the contract's slot that nobody wrote.</summary>
    private static byte[] Falsify(BlockAccessList list)
    {
        var writer = new RlpWriter();
        var all = writer.BeginList();
        foreach (ref readonly var account in list.Accounts)
        {
            var item = writer.BeginList();
            writer.WriteAddress(account.Address);
            WriteSlots(writer, list, in account);
            WritePairs(writer, list.BalanceChanges(in account).ToArray(), change => (change.Index, change.Value));
            WritePairs(writer, list.NonceChanges(in account).ToArray(), change => (change.Index, change.Value));
            writer.EndList(writer.BeginList());
            writer.EndList(item);
        }
        writer.EndList(all);
        return writer.ToArray();
    }

    private static void WriteSlots(RlpWriter writer, BlockAccessList list, in AccessListAccount account)
    {
        var changed = writer.BeginList();
        foreach (ref readonly var slot in list.Slots(in account))
        {
            if (account.Address == Store || !slot.IsRead)
            {
                var entry = writer.BeginList();
                writer.WriteUInt256(slot.Key);
                WritePairs(writer, account.Address == Store ? [new StorageChange(0, 1)] : list.Changes(in slot).ToArray(), change => (change.Index, change.Value));
                writer.EndList(entry);
            }
        }
        writer.EndList(changed);
        var reads = writer.BeginList();
        foreach (ref readonly var slot in list.Slots(in account))
        {
            if (account.Address != Store && slot.IsRead)
            {
                writer.WriteUInt256(slot.Key);
            }
        }
        writer.EndList(reads);
    }

    private static void WritePairs<T>(RlpWriter writer, T[] changes, Func<T, (uint Index, UInt256 Value)> of)
    {
        var list = writer.BeginList();
        foreach (var change in changes)
        {
            var pair = writer.BeginList();
            writer.WriteUInt64(of(change).Index);
            writer.WriteUInt256(of(change).Value);
            writer.EndList(pair);
        }
        writer.EndList(list);
    }

    [Fact]
    public void Empty_account_that_was_there_before_is_for_execution_in_order()
    {
        var empty = new GenesisAccount(Target, UInt256.Zero, 0, null, []);
        var chain = new TestChain([empty]);
        var environment = chain.Next();
        var expected = chain.Execute(environment, Send(0, Target), Send(1, Target), Send(2, Target, 1));
        Assert.Equal(AccessListUse.Wrong, SplitExecution.RunListed(chain, environment, expected, expected.AccessList.EncodeRlp(), 2));
    }

    [Fact]
    public void Block_before_Byzantium_and_a_small_one_go_without_their_list()
    {
        var chain = new TestChain(fork: Fork.SpuriousDragon, hasSystemContracts: false);
        var transaction = DevelopmentAccounts.Signers[0].Sign(new Transaction
        {
            Type = TransactionType.Legacy, ChainId = DevelopmentAccounts.ChainId, GasLimit = 21_000, MaxFeePerGas = 2_000_000_000, MaxPriorityFeePerGas = 2_000_000_000, To = Target, Value = 1,
        });
        var environment = BlockEnvironment.Of(chain.Spec, Fork.SpuriousDragon, chain.Next().Header, [], NoBlockHashes.Instance);
        var expected = chain.Execute(environment, transaction);
        Assert.Equal(AccessListUse.Unsupported, SplitExecution.RunListed(chain, environment, expected, expected.AccessList.EncodeRlp(), 2));

        var (later, context, small) = Hot();
        var execution = new ParallelExecution(
            context, ExecutionMode.Import, small.Transactions, later.World, NoPredictor.Instance, new ParallelSettings { Lanes = 2 }, new ExecutionMemoryPool(8))
        {
            AccessList = small.AccessList.EncodeRlp(),
        };
        WaveRunner.Run(execution, 2);
        Assert.Equal(AccessListUse.Unneeded, execution.Report.AccessList);
    }

    /// <summary>What is missing is asked for beforehand, all of it at once, by what the list names.</summary>
    [Fact]
    public void State_that_the_list_names_is_missed_in_one_round()
    {
        var (chain, environment, expected) = Hot();
        var settings = new ParallelSettings { Lanes = 2, AlwaysSplits = true };
        var reader = new PartialReader(chain.World);
        var execution = new ParallelExecution(environment, ExecutionMode.Import, expected.Transactions, reader, NoPredictor.Instance, settings, new ExecutionMemoryPool(8))
        {
            AccessList = expected.AccessList.EncodeRlp(),
        };
        var rounds = new List<int>();
        while (execution.Next() is { Count: > 0 } wave)
        {
            rounds.Add(0);
            foreach (var work in wave)
            {
                while (work.Work.Run() == ExecutionStatus.StateMiss)
                {
                    rounds[^1]++;
                    reader.Fetch(work.Work.Misses);
                    // As a silo does it: who is looked at may be called.
                    reader.Fetch(work.Work.Misses.Where(miss => miss.Kind == MissKind.Account).ToArray().SelectMany(CodeOf));
                    work.Work.Continue(reader);
                }
            }
        }
        Assert.Equal([1, 0], rounds);
        Assert.Equal(AccessListUse.Used, execution.Report.AccessList);

        IEnumerable<StateMiss> CodeOf(StateMiss miss) => chain.World.TryGetAccount(miss.Address, out var record) && record is { HasCode: true } account
            ? [new StateMiss(MissKind.Code, miss.Address, default, account.CodeHash)] : [];
    }
}
