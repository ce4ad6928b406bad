using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>SELFDESTRUCT: EIP-150, EIP-161, EIP-2929, EIP-3529, EIP-6780.</summary>
public class Eip6780Tests
{
    private static readonly Address Heir = Address.FromNumber(0x77);

    [Theory]
    [InlineData(Fork.Frontier, 0)]
    [InlineData(Fork.TangerineWhistle, 5_000 + 25_000)]
    [InlineData(Fork.SpuriousDragon, 5_000 + 25_000)]
    [InlineData(Fork.Berlin, 5_000 + 25_000 + 2_600)]
    public void Giving_to_a_new_account_costs(Fork fork, long gas) =>
        Assert.Equal(gas + 3, new Scene("PUSH1 77 SELFDESTRUCT", balance: 1) { Fork = fork }.GasUsed());

    [Theory]
    [InlineData(Fork.TangerineWhistle, 5_000 + 25_000)]
    [InlineData(Fork.SpuriousDragon, 5_000)]
    public void Giving_nothing_costs_less_since_Eip161(Fork fork, long gas) =>
        Assert.Equal(gas + 3, new Scene("PUSH1 77 SELFDESTRUCT") { Fork = fork }.GasUsed());

    [Theory]
    [InlineData(Fork.Berlin, 24_000)]
    [InlineData(Fork.London, 0)]
    public void Refund_ended_with_Eip3529(Fork fork, long refund) =>
        Assert.Equal(refund, new Scene("PUSH1 77 SELFDESTRUCT") { Fork = fork }.Call().GasRefund);

    [Theory]
    [InlineData(Fork.Shanghai, true)]
    [InlineData(Fork.Cancun, false)]
    public void Since_Eip6780_an_old_contract_only_sends_its_balance(Fork fork, bool isDestroyed)
    {
        var scene = new Scene("PUSH1 77 SELFDESTRUCT", balance: 9) { Fork = fork };
        Assert.Equal(Halt.SelfDestruct, scene.Call().Halt);
        Assert.Equal(isDestroyed, scene.World.IsSelfDestructed(Scene.Contract));
        Assert.Equal((UInt256)9, scene.World.Accounts[Heir].Balance);
        Assert.Equal(UInt256.Zero, scene.World.Accounts[Scene.Contract].Balance);
    }

    [Fact]
    public void A_contract_of_the_same_transaction_is_destroyed()
    {
        var scene = new Scene { Value = 9 };
        var result = scene.Create(Assembler.Assemble("PUSH1 77 SELFDESTRUCT"));
        Assert.Equal(Halt.SelfDestruct, result.Halt);
        Assert.True(scene.World.IsSelfDestructed(result.CreatedAddress));
        Assert.Equal((UInt256)9, scene.World.Accounts[Heir].Balance);
    }

    [Fact]
    public void Giving_to_oneself_burns_only_where_the_contract_is_destroyed()
    {
        var old = new Scene("ADDRESS SELFDESTRUCT", balance: 9);
        old.Call();
        Assert.Equal((UInt256)9, old.World.Accounts[Scene.Contract].Balance);
        var fresh = new Scene { Value = 9 };
        var result = fresh.Create(Assembler.Assemble("ADDRESS SELFDESTRUCT"));
        Assert.Equal(UInt256.Zero, fresh.World.Accounts[result.CreatedAddress].Balance);
    }
}
