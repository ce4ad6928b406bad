using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;
using static Grid.Execution.Tests.TestChain;

namespace Grid.Execution.Tests;

public class SequentialExecutorTests
{
    private static readonly Address Target = Address.FromNumber(0x7a57);
    private static readonly Address Other = Address.FromNumber(0x7a58);

    [Fact]
    public void A_transfer_moves_value_pays_the_beneficiary_and_burns_the_base_fee()
    {
        var chain = new TestChain();
        var result = chain.Execute(Send(0, Target, 5));
        UInt256 gas = 21_000;
        // The base fee after an empty block with 1 gwei is 0.875 gwei; the price is that and 1 gwei of priority.
        Assert.Equal(DevelopmentAccounts.BalanceWei - 5 - (gas * 1_875_000_000), chain.BalanceAfter(result, Account(0)));
        Assert.Equal(5, chain.BalanceAfter(result, Target));
        Assert.Equal(gas * 1_000_000_000, chain.BalanceAfter(result, Coinbase));
        Assert.Equal(1UL, chain.RecordAfter(result, Account(0))!.Value.Nonce);
        var receipt = Assert.Single(result.Receipts);
        Assert.True(receipt.Succeeded);
        Assert.Equal((21_000UL, 21_000UL), (receipt.GasUsed, receipt.CumulativeGasUsed));
    }

    [Fact]
    public void Receipts_add_up_and_the_sealed_block_survives_encoding()
    {
        var chain = new TestChain();
        var result = chain.Execute(Send(0, Target, 1), Send(1, Target, 1), Send(0, Target, 1, nonce: 1));
        Assert.Equal([21_000UL, 42_000UL, 63_000UL], result.Receipts.Select(receipt => receipt.CumulativeGasUsed));
        Assert.Equal(63_000UL, result.GasUsed);
        var root = chain.After(result).Root;
        var block = BlockSealer.Seal(result, in root);
        Assert.True(Block.TryDecode(block.Encode(), out var decoded, out _));
        Assert.Equal(block.Hash, decoded.Hash);
        Assert.Equal(BlockError.None, BodyRules.Check(decoded, Fork.Osaka));
        Assert.Equal(BlockError.None, HeaderRules.Check(decoded.Header, chain.Parent, chain.Spec, Fork.Osaka));
        Assert.Equal(BlockError.None, BlockSealer.Check(decoded.Header, result, in root));
        // The imported block leads to the same.
        var again = chain.Execute(BlockEnvironment.Of(chain.Spec, decoded, NoBlockHashes.Instance), decoded.Transactions);
        Assert.Equal(result.AccessList.Encode(), again.AccessList.Encode());
    }

    [Fact]
    public void Building_passes_over_what_is_invalid_and_says_why()
    {
        var chain = new TestChain();
        Transaction[] offered =
        [
            Send(0, Target, 1, nonce: 1), Send(0, Target, 1), Send(0, Target, 1), Send(1, Target, DevelopmentAccounts.BalanceWei), Send(2, Target, 1, gas: 20_000),
        ];
        var executor = new SequentialExecutor(chain.Next(), ExecutionMode.Build, offered, chain.World);
        Assert.Equal(ExecutionStatus.Complete, executor.Run());
        var result = executor.Result!;
        Assert.Equal([offered[1]], result.Transactions);
        Assert.Equal(
            [(0, TransactionErrorCode.NonceTooHigh), (2, TransactionErrorCode.NonceTooLow), (3, TransactionErrorCode.InsufficientFunds), (4, TransactionErrorCode.IntrinsicGasTooLow)],
            result.Rejected.Select(rejected => (rejected.Index, rejected.Error.Code)));
        chain.AssertConsistent(executor, result);
    }

    [Fact]
    public void Building_keeps_to_the_gas_limit_and_takes_what_still_fits()
    {
        var chain = new TestChain();
        var executor = new SequentialExecutor(
            chain.Next(gasLimit: 60_000), ExecutionMode.Build, [Send(0, Target, 1), Send(1, Target, 1, gas: 50_000), Send(2, Target, 1), Send(3, Target, 1)], chain.World);
        Assert.Equal(ExecutionStatus.Complete, executor.Run());
        Assert.Equal(42_000UL, executor.Result!.GasUsed);
        Assert.Equal([1, 3], executor.Result.Rejected.Select(rejected => rejected.Index));
        Assert.All(executor.Result.Rejected, rejected => Assert.Equal(TransactionErrorCode.BlockGasLimitExceeded, rejected.Error.Code));
    }

    [Fact]
    public void A_given_block_with_an_invalid_transaction_is_invalid()
    {
        var chain = new TestChain();
        var executor = new SequentialExecutor(chain.Next(), ExecutionMode.Import, [Send(0, Target, 1), Send(0, Target, 1)], chain.World);
        Assert.Equal(ExecutionStatus.Invalid, executor.Run());
        Assert.Equal(BlockError.OfTransaction(1, new TransactionError(TransactionErrorCode.NonceTooLow, 0, 1)), executor.Error);
        Assert.Null(executor.Result);
    }

    [Fact]
    public void Missing_state_stops_the_run_is_listed_and_the_run_goes_on_from_there()
    {
        // Target stores 1 at slot 7; Other stores the value of slot 7 plus 1.
        var chain = new TestChain([Contract(Target, "0x600160075500", (7, 3)), Contract(Other, "0x60075460010160075500", (7, 41))]);
        Transaction[] transactions = [Send(0, Target, gas: 60_000), Send(1, Other, gas: 60_000), Send(0, Account(2), 1, nonce: 1), Send(3, Other, gas: 60_000)];
        var whole = chain.Execute(transactions);

        var reader = new PartialReader(chain.World);
        var executor = new SequentialExecutor(chain.Next(), ExecutionMode.Import, transactions, reader);
        var rounds = 0;
        while (executor.Run() == ExecutionStatus.StateMiss)
        {
            Assert.NotEmpty(executor.Misses);
            if (rounds++ == 0)
            {
                // Discovery looks at the later transactions too.
                Assert.Contains(new StateMiss(MissKind.Account, Account(3), default, default), executor.Misses);
                Assert.Contains(new StateMiss(MissKind.Account, Other, default, default), executor.Misses);
            }
            Assert.InRange(rounds, 1, 12);
            reader.Fetch(executor.Misses);
            executor.Continue(reader);
        }
        Assert.Equal(whole.AccessList.Encode(), executor.Result!.AccessList.Encode());
        Assert.Equal(whole.Receipts.Select(receipt => receipt.Encode()), executor.Result.Receipts.Select(receipt => receipt.Encode()));
        Assert.Equal(43, chain.SlotAfter(whole, Other, 7));
    }

    [Fact]
    public void A_value_that_nobody_has_stops_no_discovery()
    {
        var chain = new TestChain();
        Transaction[] transactions = [Send(0, Target, UInt256.MaxValue), Send(1, Other, 1)];
        var reader = new PartialReader(chain.World);
        var executor = new SequentialExecutor(chain.Next(), ExecutionMode.Build, transactions, reader);
        while (executor.Run() == ExecutionStatus.StateMiss)
        {
            Assert.NotEmpty(executor.Misses);
            reader.Fetch(executor.Misses);
            executor.Continue(reader);
        }
        Assert.Equal(TransactionErrorCode.InsufficientFunds, Assert.Single(executor.Result!.Rejected).Error.Code);
        Assert.Single(executor.Result.Receipts);
    }

    [Fact]
    public void Chain_of_reads_takes_few_fetches()
    {
        // Sums the balances of the accounts 1000, 999 ... 1: PUSH2 1000, JUMPDEST, DUP1 BALANCE POP, PUSH1 1 SWAP1 SUB, DUP1 PUSH1 3 JUMPI.
        var chain = new TestChain([Contract(Target, "0x6103e85b8031506001900380600357")]);
        Transaction[] transactions = [Send(0, Target, gas: 10_000_000)];
        var reader = new PartialReader(chain.World);
        var executor = new SequentialExecutor(chain.Next(), ExecutionMode.Import, transactions, reader);
        var fetches = 0;
        while (executor.Run() == ExecutionStatus.StateMiss)
        {
            reader.Fetch(executor.Misses);
            executor.Continue(reader);
            fetches++;
        }
        Assert.Equal(chain.Execute(transactions).GasUsed, executor.Result!.GasUsed);
        Assert.True(executor.Result.Receipts[0].Succeeded);
        Assert.InRange(fetches, 1, 12);
    }

    [Fact]
    public async Task More_gas_than_a_block_has_is_never_run()
    {
        // JUMPDEST, PUSH0, JUMP: as long as there is gas. Before Osaka nothing but the block limits a transaction's.
        var chain = new TestChain([Contract(Target, "0x5b5f56")], Fork.Prague);
        Transaction[] transactions = [Send(1, Other, 1), Send(0, Target, gas: long.MaxValue)];
        var reader = new PartialReader(chain.World);
        var executor = new SequentialExecutor(chain.Next(), ExecutionMode.Build, transactions, reader);
        await Task.Run(
            () =>
            {
                while (executor.Run() == ExecutionStatus.StateMiss)
                {
                    reader.Fetch(executor.Misses);
                    executor.Continue(reader);
                }
            },
            TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(TransactionErrorCode.BlockGasLimitExceeded, Assert.Single(executor.Result!.Rejected).Error.Code);
    }

    [Fact]
    public void A_reverted_transaction_pays_and_changes_nothing_else()
    {
        // PUSH1 1, PUSH1 0, SSTORE, PUSH0, PUSH0, REVERT
        var chain = new TestChain([Contract(Target, "0x60016000555f5ffd")]);
        var result = chain.Execute(Send(0, Target, 9, gas: 100_000));
        Assert.False(result.Receipts[0].Succeeded);
        Assert.Equal(0, chain.SlotAfter(result, Target, 0));
        Assert.Equal(0, chain.BalanceAfter(result, Target));
        Assert.Equal(DevelopmentAccounts.BalanceWei - ((UInt256)result.GasUsed * 1_875_000_000), chain.BalanceAfter(result, Account(0)));
        var target = result.AccessList.Accounts[result.AccessList.IndexOf(Target)];
        Assert.False(result.AccessList.IsChanged(in target));
        Assert.True(result.AccessList.Slots(in target)[0].IsRead);
    }

    [Fact]
    public void Clearing_a_slot_gives_back_a_fifth_at_most()
    {
        // PUSH0, PUSH0, SSTORE: 21,000 + 2 + 2 + 5,000 gas and a refund of 4,800 (EIP-3529), which is below a fifth.
        var chain = new TestChain([Contract(Target, "0x5f5f5500", (0, 1))]);
        var result = chain.Execute(Send(0, Target, gas: 100_000));
        Assert.Equal(26_004UL - 4_800, result.GasUsed);
        // Two slots: a refund of 9,600 of 31,008 gas is cut to a fifth.
        var two = new TestChain([Contract(Target, "0x5f5f555f60015500", (0, 1), (1, 1))]);
        var used = 21_000UL + (2 * 5_000) + 2 + 2 + 2 + 3;
        Assert.Equal(used - (used / 5), two.Execute(Send(0, Target, gas: 100_000)).GasUsed);
    }

    [Fact]
    public void Calldata_costs_its_floor()
    {
        // EIP-7623: 1,000 bytes that aren't zero cost 40,000 where nothing is executed.
        var result = new TestChain().Execute(Send(0, Target, gas: 100_000, data: [.. Enumerable.Repeat((byte)1, 1_000)]));
        Assert.Equal(61_000UL, result.GasUsed);
    }

    [Fact]
    public void An_authorization_delegates_and_refunds_what_an_existing_account_saves()
    {
        // The delegate stores CALLVALUE at slot 1.
        var chain = new TestChain([Contract(Target, "0x3460015500")]);
        var tuple = DevelopmentAccounts.Signers[1].Authorize(DevelopmentAccounts.ChainId, Target, 0);
        var wrongNonce = DevelopmentAccounts.Signers[2].Authorize(DevelopmentAccounts.ChainId, Target, 5);
        var otherChain = DevelopmentAccounts.Signers[3].Authorize(99, Target, 0);
        var result = chain.Execute(Send(0, Account(1), 6, gas: 300_000, authorizations: [tuple, wrongNonce, otherChain]));
        Assert.True(result.Receipts[0].Succeeded);
        Assert.Equal(6, chain.SlotAfter(result, Account(1), 1));
        Assert.Equal(1UL, chain.RecordAfter(result, Account(1))!.Value.Nonce);
        Assert.Equal(Keccak256.Hash(Delegation.Encode(Target)), chain.RecordAfter(result, Account(1))!.Value.CodeHash);
        Assert.Equal(0UL, chain.RecordAfter(result, Account(2)) is { } untouched ? untouched.Nonce : 1);
        // 21,000 + 75,000; CALLVALUE, PUSH1, a cold SSTORE of a new slot; the refund of 12,500 is within a fifth.
        Assert.Equal(96_000UL + 2 + 3 + 22_100 - 12_500, result.GasUsed);
    }

    [Fact]
    public void A_creation_names_its_contract()
    {
        // Initcode that returns one byte of code: 0x00.
        var result = new TestChain().Execute(Send(0, null, gas: 100_000, data: Hex.Decode("0x60015ff3")));
        var address = ContractAddress.FromNonce(Account(0), 0);
        Assert.Equal(address, result.Receipts[0].ContractAddress);
        var created = result.AccessList.Accounts[result.AccessList.IndexOf(address)];
        Assert.False(created.ExistedBefore);
        Assert.True(created.ExistsAfter);
        Assert.Equal(new byte[] { 0 }, result.AccessList.CodeSet(in created)!.Bytes);
        Assert.Equal(1UL, result.AccessList.NonceAfter(in created));
    }

    [Fact]
    public void Logs_reach_the_receipt_and_the_bloom()
    {
        // PUSH1 7, PUSH0, PUSH0, LOG1
        var chain = new TestChain([Contract(Target, "0x60075f5fa100")]);
        var result = chain.Execute(Send(0, Target, gas: 100_000));
        var log = Assert.Single(result.Receipts[0].Logs);
        Assert.Equal((Target, Hash256.FromWord(7)), (log.Address, Assert.Single(log.Topics)));
        Assert.True(result.LogsBloom.MayContain(Target.Span));
    }

    [Fact]
    public void Withdrawals_are_paid_after_the_transactions()
    {
        var chain = new TestChain();
        var result = chain.Execute(chain.Next(new Withdrawal(0, 0, Target, 3), new Withdrawal(1, 0, Target, 4), new Withdrawal(2, 0, Other, 0)), Send(0, Target, 1));
        Assert.Equal((UInt256)7_000_000_001UL, chain.BalanceAfter(result, Target));
        var account = result.AccessList.Accounts[result.AccessList.IndexOf(Target)];
        Assert.Equal([new BalanceChange(1, 1), new BalanceChange(2, 7_000_000_001UL)], result.AccessList.BalanceChanges(in account).ToArray());
        Assert.Null(chain.RecordAfter(result, Other));
        Assert.True(result.AccessList.IndexOf(Other) >= 0);
    }
}
