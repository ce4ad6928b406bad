using CsCheck;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using static Grid.Execution.Tests.TestChain;

namespace Grid.Execution.Tests;

/// <summary>The access list against re-execution: whatever a block does, the list alone leads to the state that execution leads to.</summary>
public class AccessListTests
{
    private static readonly Address Store = Address.FromNumber(0x5704e);
    private static readonly Address Destroyer = Address.FromNumber(0xde57);
    private static readonly Address Factory = Address.FromNumber(0xfac7);

    /// <summary>sstore(calldata[0], calldata[1]).</summary>
    private const string StoreCode = "0x6020355f355500";

    /// <summary>selfdestruct(caller) where there is calldata; stores its value otherwise.</summary>
    private const string DestroyerCode = "0x36600857345f55005b33ff";

    /// <summary>create2 of initcode that stores CALLVALUE at slot 0 and destroys itself where it isn't zero; the salt is calldata[0].</summary>
    private const string FactoryCode = "0x6734805f5533ff0000005f525f35600860183" + "4f500";

    private static readonly Gen<(int From, int Kind, int A, int B)> Step = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 2]);

    [Theory]
    [InlineData(Fork.Osaka)]
    [InlineData(Fork.Shanghai)]
    [InlineData(Fork.Paris)]
    public void Lists_lead_to_the_state_that_execution_leads_to(Fork fork) => Step.List[0, 25].Sample(steps =>
    {
        var chain = new TestChain([Contract(Store, StoreCode, (1, 7), (2, 8)), Contract(Destroyer, DestroyerCode, (0, 9), (5, 5)), Contract(Factory, FactoryCode)], fork);
        var nonces = new ulong[4];
        var transactions = steps.Select(step => Make(step, nonces[step.From]++)).ToArray();
        // TestChain compares the list with the overlay, and its encodings with themselves.
        var result = chain.Execute(transactions);
        Assert.Equal(transactions.Length, result.Receipts.Length);
        AssertWellFormed(result.AccessList, (uint)transactions.Length + 1);
        AssertSplits(chain, result);
    }, iter: 60);

    [Fact]
    public void An_entry_tells_values_before_after_and_between()
    {
        var chain = new TestChain([Contract(Store, StoreCode, (1, 7))]);
        var list = chain.Execute(Make((0, 0, 1, 2), 0), Make((0, 0, 1, 0), 1), Make((1, 0, 3, 0), 0)).AccessList;
        var account = list.Accounts[list.IndexOf(Store)];
        Assert.True(account.ExistedBefore && account.ExistsAfter && !account.IsStorageCleared);
        var slots = list.Slots(in account);
        Assert.Equal(2, slots.Length);
        Assert.Equal((1, 7, 0), ((int)slots[0].Key.U0, (int)slots[0].Before.U0, (int)list.ValueAfter(in slots[0]).U0));
        Assert.Equal([new StorageChange(1, 2), new StorageChange(2, 0)], list.Changes(in slots[0]).ToArray());
        Assert.True(slots[1].IsRead);
        var sender = list.Accounts[list.IndexOf(Account(0))];
        Assert.Equal([new NonceChange(1, 1), new NonceChange(2, 2)], list.NonceChanges(in sender).ToArray());
        Assert.Equal(DevelopmentAccounts.BalanceWei, sender.BalanceBefore);
    }

    [Fact]
    public void Storage_that_a_destruction_clears_is_zero_for_those_after_it()
    {
        // Before Cancun: slot 0 is written, the contract destroyed in the next transaction, and its unread slot 5 goes too.
        var chain = new TestChain([Contract(Destroyer, DestroyerCode, (0, 9), (5, 5))], Fork.Shanghai);
        var result = chain.Execute(Send(0, Destroyer, 3, gas: 100_000), Send(1, Destroyer, gas: 100_000, data: [1]));
        var account = result.AccessList.Accounts[result.AccessList.IndexOf(Destroyer)];
        Assert.Equal((2U, true, false), (account.StorageClearedAt, account.ExistedBefore, account.ExistsAfter));
        var slot = Assert.Single(result.AccessList.Slots(in account).ToArray());
        Assert.Equal([new StorageChange(1, 3), new StorageChange(2, 0)], result.AccessList.Changes(in slot).ToArray());
        Assert.Null(chain.RecordAfter(result, Destroyer));
    }

    private static Transaction Make((int From, int Kind, int A, int B) step, ulong nonce)
    {
        static byte[] Words(params int[] values) => [.. values.SelectMany(value => Hash256.FromWord(value).ToArray())];
        return step.Kind switch
        {
            0 => Send(step.From, Store, nonce: nonce, gas: 200_000, data: Words(step.A, step.B)),
            1 => Send(step.From, Destroyer, step.B, nonce, 200_000, step.A == 0 ? [1] : []),
            2 => Send(step.From, Factory, step.B, nonce, 200_000, Words(step.A)),
            3 => Send(step.From, Account(step.A + 3), step.B, nonce),
            _ => Send(step.From, null, step.B, nonce, 200_000, Hex.Decode("0x345f5500")),
        };
    }

    /// <summary>The order and uniqueness rules of EIP-7928, and that no change repeats what was.</summary>
    private static void AssertWellFormed(BlockAccessList list, uint lastIndex)
    {
        for (var i = 0; i < list.Accounts.Length; i++)
        {
            ref readonly var account = ref list.Accounts[i];
            Assert.True(i == 0 || list.Accounts[i - 1].Address < account.Address);
            var slots = list.Slots(in account);
            for (var s = 0; s < slots.Length; s++)
            {
                Assert.True(s == 0 || slots[s - 1].Key < slots[s].Key);
                var value = slots[s].Before;
                var index = -1L;
                foreach (var change in list.Changes(in slots[s]))
                {
                    Assert.True(change.Index > index && change.Index <= lastIndex);
                    Assert.NotEqual(value, change.Value);
                    (index, value) = (change.Index, change.Value);
                }
            }
            var balance = account.BalanceBefore;
            foreach (var change in list.BalanceChanges(in account))
            {
                Assert.NotEqual(balance, change.Value);
                balance = change.Value;
            }
        }
    }

    /// <summary>The parts by shard lead to the same state, each alone encodable.</summary>
    private static void AssertSplits(TestChain chain, BlockExecution result)
    {
        var list = result.AccessList;
        var changes = Enumerable.Range(0, list.Accounts.Length)
            .GroupBy(place => State.KeyHashes.Of(list.Accounts[place].Address).Nibble(0))
            .SelectMany(part => BlockAccessList.Decode(list.Select([.. part]).Encode()).ToAccountChanges())
            .ToList();
        Assert.Equal(chain.After(result).Root, chain.World.Apply(changes).Root);
    }
}
