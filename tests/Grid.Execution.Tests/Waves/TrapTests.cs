using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Waves;
using Grid.Primitives;
using static Grid.Execution.Tests.TestChain;

namespace Grid.Execution.Tests.Waves;

/// <summary>The traps that parallel EVMs are known to have fallen into, one by one: each block is split as far as it goes.</summary>
public class TrapTests
{
    /// <summary>slot[word 1] = slot[word 0] + word 2</summary>
    private const string Adder = "604035600035540160203555";

    /// <summary>slot[word 1] = word 2, if slot[word 0] is zero</summary>
    private const string IfZero = "60003554600e57604035602035555b00";

    private static readonly Address Target = Address.FromNumber(0x7a57);
    private static readonly Address Store = Address.FromNumber(0xadde);
    private static readonly Address Store2 = Address.FromNumber(0xadd2);

    private static byte[] Words(params UInt256[] words) => [.. words.SelectMany(word => word.ToBigEndian())];

    private static Transaction Call(int from, Address to, params UInt256[] words) => Send(from, to, gas: 200_000, data: Words(words));

    private static BlockEnvironment EnvironmentOf(TestChain chain, Address beneficiary) => BlockEnvironment.Next(
        chain.Spec, chain.Parent, new BlockAttributes(GenesisTime + 12, beneficiary, chain.Parent.GasLimit) { ParentBeaconBlockRoot = Hash256.FromWord(0xbeac) },
        NoBlockHashes.Instance);

    [Fact]
    public void Fees_of_disjoint_transfers_are_added_up_in_block_order()
    {
        var chain = new TestChain();
        var (result, report) = SplitExecution.Run(chain, chain.Next(), [.. Enumerable.Range(0, 8).Select(i => Send(i, Address.FromNumber(0x5000 + (ulong)i), 1))]);
        Assert.Equal((FallbackReason.None, 1, 8), (report.Fallback, report.Waves, report.Executions));
        Assert.Equal((UInt256)(8 * 21_000) * 1_000_000_000, chain.BalanceAfter(result, Coinbase));
    }

    [Fact]
    public void Beneficiary_that_is_read_has_the_fees_of_all_before()
    {
        // slot[0] = balance(coinbase)
        var chain = new TestChain([Contract(Store, "41315f5500")]);
        var (result, report) = SplitExecution.Run(chain, chain.Next(), [Send(0, Target, 1), Send(1, Target, 1), Call(2, Store), Send(3, Target, 1)]);
        Assert.Equal((UInt256)(2 * 21_000) * 1_000_000_000, chain.SlotAfter(result, Store, 0));
        Assert.Equal((FallbackReason.Conflict, 5), (report.Fallback, report.Executions));
    }

    [Fact]
    public void Beneficiary_that_destroys_itself_loses_what_it_had_until_then()
    {
        // Shanghai: selfdestruct(caller) removes the account at the transaction's end, the fee of this one with it; the next one's brings it back.
        var chain = new TestChain([Contract(Coinbase, "33ff", (1, 5))], Fork.Shanghai);
        var (result, _) = SplitExecution.Run(chain, chain.Next(), [Send(0, Target, 1), Send(1, Coinbase, gas: 100_000), Send(2, Target, 1)]);
        var record = chain.RecordAfter(result, Coinbase)!.Value;
        Assert.False(record.HasCode);
        Assert.Equal((UInt256)21_000 * 1_000_000_000, record.Balance);
    }

    [Fact]
    public void Beneficiary_that_is_paid_by_value_and_sends_gets_both()
    {
        var chain = new TestChain();
        var (result, report) = SplitExecution.Run(
            chain, EnvironmentOf(chain, Account(3)), [Send(0, Account(3), 7), Send(3, Target, 5), Send(1, Account(3), 9), Send(2, Target, 1)]);
        // Its balance only has to be enough: nothing conflicts.
        Assert.Equal(FallbackReason.None, report.Fallback);
        Assert.Equal(
            DevelopmentAccounts.BalanceWei + 16 - 5 + ((UInt256)(3 * 21_000) * 1_000_000_000) - ((UInt256)21_000 * 875_000_000), chain.BalanceAfter(result, Account(3)));
    }

    [Fact]
    public void Write_that_is_gone_on_re_execution_is_gone_for_readers()
    {
        var chain = new TestChain([Contract(Store, IfZero), Contract(Store2, Adder)]);
        // Beside each other, the second sets slot 1, as slot 0 is zero; after the first it doesn't.
        var (result, report) = SplitExecution.Run(chain, chain.Next(), [Call(0, Store, 9, 0, 1), Call(1, Store, 0, 1, 1), Call(2, Store, 1, 2, 6)]);
        Assert.Equal((UInt256.One, UInt256.Zero, 6), (chain.SlotAfter(result, Store, 0), chain.SlotAfter(result, Store, 1), chain.SlotAfter(result, Store, 2)));
        Assert.Equal((FallbackReason.Conflict, 4), (report.Fallback, report.Executions));
    }

    [Fact]
    public void Storage_that_is_cleared_and_made_again_is_empty()
    {
        // Without input: selfdestruct(caller); otherwise the adder.
        var runtime = "36600657" + "33ff" + "5b" + Adder;
        var initcode = Hex.Decode($"{0x5f + (runtime.Length / 2):x2}" + runtime + "5f52" + $"60{runtime.Length / 2:x2}60{32 - (runtime.Length / 2):x2}f3");
        var address = ContractAddress.FromSalt(in Store, 0, initcode);
        // create2(0, all of the input, salt 0)
        var chain = new TestChain([Contract(Store, "365f5f375f365f5ff500"), Contract(address, runtime, (1, 7))], Fork.Shanghai);
        var (result, _) = SplitExecution.Run(
            chain, chain.Next(), [Send(0, address, gas: 100_000), Send(1, Store, gas: 300_000, data: initcode), Call(2, address, 1, 2, 5), Call(3, address, 2, 3, 1)]);
        Assert.Equal((UInt256.Zero, 5, 6), (chain.SlotAfter(result, address, 1), chain.SlotAfter(result, address, 2), chain.SlotAfter(result, address, 3)));
    }

    [Fact]
    public void Code_of_the_same_block_is_seen_by_later_transactions_only()
    {
        var initcode = Hex.Decode($"{0x5f + (Adder.Length / 2):x2}" + Adder + "5f52" + $"60{Adder.Length / 2:x2}60{32 - (Adder.Length / 2):x2}f3");
        var address = ContractAddress.FromSalt(in Store, 0, initcode);
        var chain = new TestChain([Contract(Store, "365f5f375f365f5ff500")]);
        var (result, report) = SplitExecution.Run(
            chain, chain.Next(), [Call(0, address, 0, 1, 3), Send(1, Store, gas: 300_000, data: initcode), Call(2, address, 0, 2, 4)]);
        Assert.Equal((UInt256.Zero, 4), (chain.SlotAfter(result, address, 1), chain.SlotAfter(result, address, 2)));
        Assert.Equal((FallbackReason.Conflict, 4), (report.Fallback, report.Executions));
    }

    [Fact]
    public void Contract_that_a_transaction_creates_is_tied_to_who_calls_it()
    {
        var initcode = Hex.Decode($"{0x5f + (Adder.Length / 2):x2}" + Adder + "5f52" + $"60{Adder.Length / 2:x2}60{32 - (Adder.Length / 2):x2}f3");
        var address = ContractAddress.FromNonce(Account(0), 0);
        var chain = new TestChain();
        var (result, report) = SplitExecution.Run(
            chain, chain.Next(), [Send(0, null, gas: 300_000, data: initcode), Call(1, address, 0, 1, 3), Send(2, Target, 1)]);
        Assert.Equal(3, chain.SlotAfter(result, address, 1));
        Assert.Equal((FallbackReason.None, 2), (report.Fallback, report.Strands));
    }

    [Fact]
    public void Authority_is_known_once_its_signature_is_recovered()
    {
        var chain = new TestChain([Contract(Store, Adder)]);
        var authorization = DevelopmentAccounts.Signers[5].Authorize(DevelopmentAccounts.ChainId, Store, 0);
        var (result, report) = SplitExecution.Run(
            chain, chain.Next(), [Send(0, Target, gas: 100_000, authorizations: [authorization]), Call(1, Account(5), 0, 1, 3), Send(5, Target, 1, nonce: 1)]);
        Assert.Equal(3, chain.SlotAfter(result, Account(5), 1));
        Assert.Equal((1, 3), (report.Strands, report.Executions));
    }

    [Fact]
    public void Slot_that_is_set_to_zero_is_not_the_slot_before()
    {
        var chain = new TestChain([Contract(Store, Adder, (1, 5))]);
        // 5 + (2^256 - 5) is zero: the slot is there for the block, and absent after it.
        var (result, _) = SplitExecution.Run(chain, chain.Next(), [Call(0, Store, 1, 1, UInt256.Zero - 5), Call(1, Store, 1, 2, 1), Call(2, Store, 3, 3, 0)]);
        Assert.Equal((UInt256.Zero, UInt256.One, UInt256.Zero), (chain.SlotAfter(result, Store, 1), chain.SlotAfter(result, Store, 2), chain.SlotAfter(result, Store, 3)));
    }

    [Fact]
    public void Transactions_of_one_sender_stay_in_order()
    {
        var chain = new TestChain();
        var (_, report) = SplitExecution.Run(
            chain, chain.Next(), [Send(0, Target, 1), Send(1, Target, 1), Send(0, Target, 1, nonce: 1), Send(1, Target, 1, nonce: 1), Send(2, Target, 1)]);
        Assert.Equal((FallbackReason.None, 3, 5), (report.Fallback, report.Strands, report.Executions));
    }

    [Fact]
    public void Gas_limit_is_kept_in_block_order()
    {
        var chain = new TestChain();
        var (result, report) = SplitExecution.Run(
            chain, chain.Next(gasLimit: 60_000), [Send(0, Target, 1), Send(1, Target, 1, gas: 50_000), Send(2, Target, 1), Send(3, Target, 1)], ExecutionMode.Build);
        Assert.Equal([1, 3], result.Rejected.Select(rejected => rejected.Index));
        // What was executed beside the others is taken over; only what has no place is looked at again.
        Assert.Equal((FallbackReason.Rejection, 6), (report.Fallback, report.Executions));
    }

    [Fact]
    public void Who_pays_with_what_it_gets_in_the_block_comes_after_who_gives_it()
    {
        var poor = new Signer(0x1234567);
        var chain = new TestChain();
        var send = poor.Sign(new Transaction
        {
            Type = TransactionType.DynamicFee, ChainId = DevelopmentAccounts.ChainId, GasLimit = 21_000, MaxFeePerGas = 2_000_000_000, MaxPriorityFeePerGas = 1,
            To = Target, Value = 3,
        });
        var (result, report) = SplitExecution.Run(chain, chain.Next(), [Send(0, poor.Address, Ether), send, Send(1, Target, 1)]);
        Assert.Equal(4, chain.BalanceAfter(result, Target));
        Assert.Equal((FallbackReason.None, 2), (report.Fallback, report.Strands));
    }

    [Fact]
    public void Payer_that_was_drained_by_another_can_pay_no_more()
    {
        // slot[word 1] = call(word 0, 10 wei); without data it takes what it is sent.
        var payer = Hex.Decode("36156013575f5f5f5f600a5f355af1602035555b00");
        // Sends back what it got, so that in the end the payer has what it had.
        const string Mirror = "5f5f5f5f34335af100";
        var chain = new TestChain([new GenesisAccount(Store, 10, 1, new Bytecode(payer, Crypto.Keccak256.Hash(payer))), Contract(Store2, Mirror)]);
        var (result, report) = SplitExecution.Run(
            chain, chain.Next(), [Call(0, Store, Target.ToWord(), 1), Call(1, Store, Store2.ToWord(), 2), Send(2, Target, 1)]);
        Assert.Equal((UInt256.One, UInt256.Zero), (chain.SlotAfter(result, Store, 1), chain.SlotAfter(result, Store, 2)));
        Assert.Equal((FallbackReason.Conflict, 4), (report.Fallback, report.Executions));
    }

    [Fact]
    public void Payment_to_a_sender_with_funds_ties_nothing()
    {
        var chain = new TestChain();
        var (_, report) = SplitExecution.Run(chain, chain.Next(), [Send(0, Account(1), 1), Send(1, Account(2), 1), Send(2, Account(0), 1)]);
        Assert.Equal((FallbackReason.None, 3, 3), (report.Fallback, report.Strands, report.Executions));
    }

    [Fact]
    public void Slots_that_senders_declare_tie_their_transactions()
    {
        var chain = new TestChain([Contract(Store, Adder)]);
        Transaction Declared(int from, UInt256 slot) => DevelopmentAccounts.Signers[from].Sign(new Transaction
        {
            Type = TransactionType.AccessList, ChainId = DevelopmentAccounts.ChainId, GasLimit = 200_000, MaxFeePerGas = 2_000_000_000, MaxPriorityFeePerGas = 2_000_000_000,
            To = Store, Data = Words(slot, slot, 1), AccessList = [new AccessListEntry(Store, [slot])],
        });
        var (result, report) = SplitExecution.Run(chain, chain.Next(), [Declared(0, 1), Declared(1, 2), Declared(2, 1), Declared(3, 3)]);
        Assert.Equal((2, UInt256.One), (chain.SlotAfter(result, Store, 1), chain.SlotAfter(result, Store, 2)));
        Assert.Equal((FallbackReason.None, 3, 4, 0), (report.Fallback, report.Strands, report.Executions, report.Unknown));
    }

    [Fact]
    public void Calls_that_were_seen_before_are_tied_by_what_they_touch()
    {
        // slot[keccak(caller . 0)] += word 0: each caller has a place of its own, until the hot slot 7 is raised, too.
        const string Own = "335f5260405f20805460043501905500";
        var chain = new TestChain([Contract(Store, Own), Contract(Store2, "60075460010160075500")]);
        var profiles = new Execution.Profiles.ProfileTable();
        Transaction Add(int from) => Send(from, Store, gas: 100_000, data: [1, 2, 3, 4, .. Words(5)]);
        Transaction Raise(int from) => Send(from, Store2, gas: 100_000, data: [1, 2, 3, 4]);
        SplitExecution.Run(chain, chain.Next(), [Add(0), Add(1), Raise(2), Raise(3), Raise(4)], profiles: profiles);
        var (result, report) = SplitExecution.Run(chain, chain.Next(), [Add(5), Add(6), Raise(7), Raise(8), Raise(9)], profiles: profiles);
        Assert.Equal((FallbackReason.None, 3, 5, 0), (report.Fallback, report.Strands, report.Executions, report.Unknown));
        Assert.Equal(3, chain.SlotAfter(result, Store2, 7));
        var template = Assert.Single(profiles.Find(in Store)!.Functions.Values.Single().Templates);
        Assert.Equal((Execution.Profiles.KeyForm.Mapping, Execution.Profiles.WordSourceKind.Caller, true), (template.Form, template.First.Kind, template.IsWrite));
    }

    [Fact]
    public void Withdrawals_and_system_contracts_see_what_the_block_did_before()
    {
        var chain = new TestChain();
        // A request of EIP-7002: 48 bytes of key, 8 of amount, and the fee of one wei.
        var request = Send(1, SystemContracts.WithdrawalRequests, 1, gas: 300_000, data: new byte[56]);
        var (result, report) = SplitExecution.Run(
            chain, chain.Next(new Withdrawal(0, 0, Account(0), 1_000_000_000), new Withdrawal(1, 1, Target, 5)), [Send(0, Target, 1), request, Send(2, Account(0), 1)]);
        Assert.Single(result.Requests);
        Assert.Equal(FallbackReason.Conflict, report.Fallback);
    }
}
