using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>EIP-2200 (its table of cases), EIP-1283, EIP-2929 and EIP-3529: what SSTORE costs and refunds.</summary>
public class StorageGasTests
{
    /// <summary>Code, value before the transaction, gas and refund at Istanbul, refund at Petersburg's rules and at London's.</summary>
    public static TheoryData<string, int, long, long> Istanbul => new()
    {
        { "60006000556000600055", 0, 1_612, 0 },
        { "60006000556001600055", 0, 20_812, 0 },
        { "60016000556000600055", 0, 20_812, 19_200 },
        { "60016000556002600055", 0, 20_812, 0 },
        { "60016000556001600055", 0, 20_812, 0 },
        { "60006000556000600055", 1, 5_812, 15_000 },
        { "60006000556001600055", 1, 5_812, 4_200 },
        { "60006000556002600055", 1, 5_812, 0 },
        { "60026000556000600055", 1, 5_812, 15_000 },
        { "60026000556003600055", 1, 5_812, 0 },
        { "60026000556001600055", 1, 5_812, 4_200 },
        { "60026000556002600055", 1, 5_812, 0 },
        { "60016000556000600055", 1, 5_812, 15_000 },
        { "60016000556002600055", 1, 5_812, 0 },
        { "60016000556001600055", 1, 1_612, 0 },
        { "600160005560006000556001600055", 0, 40_818, 19_200 },
        { "600060005560016000556000600055", 1, 10_818, 19_200 },
    };

    [Theory]
    [MemberData(nameof(Istanbul))]
    public void Eip2200(string code, int original, long gas, long refund)
    {
        var result = Run(Fork.Istanbul, code, original, isWarm: false, out var used);
        Assert.Equal((gas, refund), (used, result.GasRefund));
    }

    /// <summary>The table of EIP-3529, for a slot that is warm.</summary>
    [Theory]
    [InlineData("60006000556000600055", 0, 212, 0)]
    [InlineData("60006000556001600055", 0, 20_112, 0)]
    [InlineData("60016000556000600055", 0, 20_112, 19_900)]
    [InlineData("60016000556002600055", 0, 20_112, 0)]
    [InlineData("60006000556000600055", 1, 3_012, 4_800)]
    [InlineData("60006000556001600055", 1, 3_012, 2_800)]
    [InlineData("60006000556002600055", 1, 3_012, 0)]
    [InlineData("60026000556000600055", 1, 3_012, 4_800)]
    [InlineData("60026000556001600055", 1, 3_012, 2_800)]
    [InlineData("60016000556001600055", 1, 212, 0)]
    [InlineData("600160005560006000556001600055", 0, 40_118, 19_900)]
    [InlineData("600060005560016000556000600055", 1, 5_918, 7_600)]
    public void Eip3529(string code, int original, long gas, long refund)
    {
        foreach (var fork in new[] { Fork.London, Fork.Osaka })
        {
            var result = Run(fork, code, original, isWarm: true, out var used);
            Assert.Equal((gas, refund), (used, result.GasRefund));
        }
        // EIP-2929: a cold slot costs 2,100 more, once.
        Run(Fork.Osaka, code, original, isWarm: false, out var cold);
        Assert.Equal(gas + 2_100, cold);
    }

    [Theory]
    [InlineData(Fork.Frontier)]
    [InlineData(Fork.Petersburg)]
    public void Before_net_metering_only_the_value_before_counts(Fork fork)
    {
        var result = Run(fork, "60016000556000600055", 0, isWarm: false, out var used);
        Assert.Equal((25_012L, 15_000L), (used, result.GasRefund));
    }

    [Fact]
    public void Eip1283_held_at_Constantinople_only()
    {
        var result = Run(Fork.Constantinople, "60016000556000600055", 0, isWarm: false, out var used);
        Assert.Equal((20_212L, 19_800L), (used, result.GasRefund));
    }

    [Fact]
    public void Eip2200_refuses_a_stipend()
    {
        Assert.Equal(Halt.OutOfGas, new Scene("PUSH1 00 PUSH1 00 SSTORE") { Gas = 2_306, Fork = Fork.Istanbul }.Call().Halt);
        Assert.Equal(Halt.Stop, new Scene("PUSH1 00 PUSH1 00 SSTORE") { Gas = 2_307, Fork = Fork.Istanbul }.Call().Halt);
    }

    [Theory]
    [InlineData(Fork.Frontier, 50)]
    [InlineData(Fork.TangerineWhistle, 200)]
    [InlineData(Fork.Istanbul, 800)]
    [InlineData(Fork.Berlin, 2_100)]
    public void Sload_costs(Fork fork, long gas) => Assert.Equal(gas + 3, new Scene("PUSH1 00 SLOAD") { Fork = fork }.GasUsed());

    [Fact]
    public void Nothing_is_read_that_is_not_paid_for()
    {
        // EIP-7928: gas for all but the last unit of a cold SLOAD.
        var scene = new Scene("PUSH1 07 SLOAD") { Gas = 2_102 };
        Assert.Equal(Halt.OutOfGas, scene.Call().Halt);
        Assert.DoesNotContain(scene.World.Reads, read => read.StartsWith("slot", StringComparison.Ordinal));
        Assert.Equal(Halt.Stop, new Scene("PUSH1 07 SLOAD") { Gas = 2_103 }.Call().Halt);
    }

    private static ExecutionResult Run(Fork fork, string code, int original, bool isWarm, out long gasUsed)
    {
        var scene = new Scene(code) { Fork = fork };
        var account = scene.World.Accounts[Scene.Contract];
        account.Storage[0] = account.Original[0] = original;
        if (isWarm)
        {
            scene.World.WarmSlot(Scene.Contract, 0);
        }
        var result = scene.Call();
        gasUsed = scene.Gas - result.GasLeft;
        return result;
    }
}
