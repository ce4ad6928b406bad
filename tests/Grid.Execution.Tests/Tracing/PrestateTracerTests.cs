using Grid.Chain;
using Grid.Execution.Tracing;
using Grid.Primitives;
using static Grid.Execution.Tests.TestChain;
using static Grid.Execution.Tests.Tracing.TracedTransaction;

namespace Grid.Execution.Tests.Tracing;

public sealed class PrestateTracerTests
{
    private static PrestateTracer Trace(TracedTransaction scene, PrestateOptions? options = null, TraceLimits? limits = null)
    {
        var tracer = new PrestateTracer(options ?? new PrestateOptions(), limits ?? TraceLimits.Generous);
        tracer.Begin(scene.Transaction, scene.Environment.Context.Coinbase);
        scene.Run(tracer);
        return tracer;
    }

    [Fact]
    public void Accounts_and_slots_that_were_asked_for_are_told_as_they_were()
    {
        // SLOAD 1, SSTORE 2 = 7, BALANCE of Other.
        var scene = new TracedTransaction([Contract(Target, $"0x6001545060076002556107e43150", (1, 41), (2, 3), (9, 9)), Contract(Other, "0x00")], Target);
        var accounts = Trace(scene).Accounts(scene.Chain.World);
        // The beneficiary doesn't exist, and is left out.
        Assert.Equal(new[] { Account(0), Target, Other }.Order(), accounts.Keys.Order());
        Assert.Equal(new Dictionary<UInt256, UInt256> { [1] = 41, [2] = 3 }, accounts[Target].Storage);
        Assert.Equal((DevelopmentAccounts.BalanceWei, 0UL), (accounts[Account(0)].Balance!.Value, accounts[Account(0)].Nonce!.Value));
        Assert.NotNull(accounts[Target].Code);
        Assert.Contains(Coinbase, Trace(new TracedTransaction([], Other), new PrestateOptions(WithEmpty: true)).Accounts(scene.Chain.World).Keys);
    }

    [Fact]
    public void An_opcode_that_fails_has_asked_for_nothing()
    {
        // SLOAD with too little gas for a slot that is cold: 21,000 and 3 for the PUSH1, and 2,000 left.
        var scene = new TracedTransaction([Contract(Target, "0x600154", (1, 41))], Target, gas: 23_003);
        Assert.Empty(Trace(scene).Accounts(scene.Chain.World)[Target].Storage);
    }

    [Fact]
    public void A_difference_has_what_changed_and_no_more()
    {
        // SSTORE 1 = 1 (as it is), 2 = 7 (was 3), 3 = 0 (was 5), 4 = 6 (was 0).
        var scene = new TracedTransaction([Contract(Target, "0x60016001556007600255" + "5f600355" + "6006600455", (1, 1), (2, 3), (3, 5))], Target, value: 11);
        var difference = Trace(scene).Difference(scene.Chain.World, scene.After());
        Assert.Equal(new Dictionary<UInt256, UInt256> { [2] = 3, [3] = 5 }, difference.Before[Target].Storage);
        var after = difference.After[Target];
        Assert.Equal(new Dictionary<UInt256, UInt256> { [2] = 7, [4] = 6 }, after.Storage);
        Assert.Equal(((UInt256?)11, (ulong?)null, (Hash256?)null), (after.Balance, after.Nonce, after.CodeHash));
        Assert.Equal(1UL, difference.After[Account(0)].Nonce);
        Assert.DoesNotContain(Coinbase, difference.Before.Keys);
        Assert.NotNull(difference.After[Coinbase].Balance);
    }

    [Fact]
    public void A_new_contract_is_only_afterwards()
    {
        var scene = new TracedTransaction([], to: null, data: [0x60, 1, 0x5f, 0xf3]);
        var created = Evm.ContractAddress.FromNonce(Account(0), 0);
        var difference = Trace(scene).Difference(scene.Chain.World, scene.After());
        Assert.DoesNotContain(created, difference.Before.Keys);
        Assert.Equal((1UL, 1), (difference.After[created].Nonce!.Value, difference.After[created].Code!.Length));
    }

    [Fact]
    public void Limits_are_kept()
    {
        var scene = new TracedTransaction([Contract(Target, "0x600154", (1, 41))], Target);
        var tracer = Trace(scene, limits: new TraceLimits(1_024, 2, 1_000));
        Assert.True(tracer.IsTruncated);
        Assert.Equal(2, tracer.Accounts(scene.Chain.World).Count);
    }
}
