using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;
using static Grid.Execution.Tests.TestChain;

namespace Grid.Execution.Tests;

public class CallExecutorTests
{
    private const ulong GasCap = 50_000_000;
    private static readonly Address Target = Address.FromNumber(0x7a57);

    private static CallExecutor On(TestChain chain, IStateReader? reader = null) => new(chain.Next(), reader ?? chain.World, GasCap);

    [Fact]
    public void A_call_returns_data_and_leaves_nothing()
    {
        // SLOAD slot 0, add 1, store it, return it.
        var chain = new TestChain([Contract(Target, "0x5f54600101805f555f5260205ff3", (0, 41))]);
        var calls = On(chain);
        for (var i = 0; i < 2; i++)
        {
            var result = calls.Call(new CallRequest { To = Target });
            Assert.True(result.IsSuccess);
            Assert.Equal(42, UInt256.FromBigEndian(result.Output.Span));
        }
    }

    [Fact]
    public void A_revert_gives_its_data()
    {
        // Returns 0xab in a revert.
        var result = On(new TestChain([Contract(Target, "0x60ab5f5260016001601f03fd")])).Call(new CallRequest { To = Target });
        Assert.Equal((TransactionOutcome.Executed, Halt.Revert), (result.Outcome, result.Halt));
        Assert.False(result.IsSuccess);
        Assert.Equal(1, result.Output.Length);
    }

    [Fact]
    public void A_call_without_price_is_free_and_sees_no_base_fee()
    {
        // BASEFEE, returned.
        var chain = new TestChain([Contract(Target, "0x485f5260205ff3")]);
        var nobody = Address.FromNumber(0xdead);
        Assert.Equal(0, UInt256.FromBigEndian(On(chain).Call(new CallRequest { From = nobody, To = Target }).Output.Span));
        var priced = On(chain).Call(new CallRequest { From = Account(0), To = Target, MaxFeePerGas = 1_000_000_000, Gas = 100_000 });
        Assert.Equal(875_000_000, UInt256.FromBigEndian(priced.Output.Span));
        var poor = On(chain).Call(new CallRequest { From = nobody, To = Target, MaxFeePerGas = 1_000_000_000, Gas = 100_000 });
        Assert.Equal(TransactionErrorCode.InsufficientFunds, poor.Error.Code);
        var low = On(chain).Call(new CallRequest { From = Account(0), To = Target, MaxFeePerGas = 1, Gas = 100_000 });
        Assert.Equal(TransactionErrorCode.MaxFeeBelowBaseFee, low.Error.Code);
        Assert.Equal(TransactionErrorCode.InsufficientFunds, On(chain).Call(new CallRequest { From = nobody, To = Account(0), Value = 1 }).Error.Code);
    }

    [Fact]
    public void A_contract_may_be_the_sender_and_no_nonce_or_gas_limit_is_asked_for()
    {
        var chain = new TestChain([Contract(Target, "0x00")]);
        Assert.True(On(chain).Call(new CallRequest { From = Target, To = Account(0), Gas = GasCap }).IsSuccess);
    }

    [Fact]
    public void Overrides_hold_for_one_call()
    {
        // Returns slot 1 plus the caller's balance.
        var chain = new TestChain([Contract(Target, "0x60015433310" + "15f5260205ff3", (1, 5), (2, 6))]);
        var calls = On(chain);
        var from = Address.FromNumber(0xdead);
        UInt256 Ask(params AccountOverride[] overrides)
        {
            var result = calls.Call(new CallRequest { From = from, To = Target }, overrides);
            Assert.True(result.IsSuccess);
            return UInt256.FromBigEndian(result.Output.Span);
        }

        Assert.Equal(5, Ask());
        Assert.Equal(105, Ask(new AccountOverride(from) { Balance = 100 }));
        Assert.Equal(9, Ask(new AccountOverride(Target) { StateDiff = new Dictionary<UInt256, UInt256> { [1] = 9 } }));
        Assert.Equal(0, Ask(new AccountOverride(Target) { State = new Dictionary<UInt256, UInt256> { [2] = 9 } }));
        var code = Hex.Decode("0x60025f5260205ff3");
        Assert.Equal(2, Ask(new AccountOverride(Target) { Code = new Bytecode(code, Keccak256.Hash(code)) }));
        Assert.Equal(5, Ask());
    }

    [Fact]
    public void Missing_state_is_an_answer()
    {
        var chain = new TestChain([Contract(Target, "0x5f5400")]);
        var reader = new PartialReader(chain.World);
        var calls = On(chain, reader);
        CallResult result;
        var rounds = 0;
        while ((result = calls.Call(new CallRequest { From = Account(0), To = Target })).Outcome == TransactionOutcome.StateMiss)
        {
            Assert.NotEmpty(result.Misses);
            Assert.InRange(++rounds, 1, 6);
            reader.Fetch(result.Misses);
        }
        Assert.True(result.IsSuccess);
    }

    [Fact]
    public void An_estimate_is_enough_and_little_more_than_needed()
    {
        // A cold slot is set, then cleared: the refund makes the gas used less than the gas needed.
        var chain = new TestChain([Contract(Target, "0x60015f555f5f5500")]);
        var calls = On(chain);
        var request = new CallRequest { From = Account(0), To = Target };
        var estimate = calls.EstimateGas(request);
        Assert.Equal(EstimateOutcome.Found, estimate.Outcome);
        Assert.True(calls.Call(request with { Gas = estimate.Gas }).IsSuccess);
        Assert.True(estimate.Gas > calls.Call(request).GasUsed);
        Assert.False(calls.Call(request with { Gas = estimate.Gas * 97 / 100 }).IsSuccess);
    }

    [Fact]
    public void A_plain_transfer_is_21000() =>
        Assert.Equal(new { Outcome = EstimateOutcome.Found, Gas = 21_000UL }, Answer(On(new TestChain()).EstimateGas(new CallRequest { From = Account(0), To = Account(1), Value = 1 })));

    [Fact]
    public void An_estimate_tells_a_failure_from_too_little_gas()
    {
        var chain = new TestChain([Contract(Target, "0x5f5ffd"), Contract(Address.FromNumber(0xbad), "0x5b5f56")]);
        var reverts = On(chain).EstimateGas(new CallRequest { To = Target });
        Assert.Equal((EstimateOutcome.Fails, Halt.Revert), (reverts.Outcome, reverts.Call.Halt));
        var loops = On(chain).EstimateGas(new CallRequest { To = Address.FromNumber(0xbad), Gas = 100_000 });
        Assert.Equal((EstimateOutcome.ExceedsAllowance, 100_000UL), (loops.Outcome, loops.Gas));
    }

    private static object Answer(GasEstimate estimate) => new { estimate.Outcome, estimate.Gas };
}
