using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>An ERC-20 token of the genesis, its supply the sum of what was given out: Contracts/Token.sol.</summary>
internal sealed class WorkloadToken(WorkloadScene scene)
{
    private const int BalanceSlot = 0, AllowanceSlot = 1, SupplySlot = 2;

    private readonly WorkloadContract _contract = scene.Deploy(WorkloadCode.Token);
    private UInt256 _supply;

    public Address Address => _contract.Address;

    /// <summary>Once for each holder.</summary>
    public void Give(Address holder, in UInt256 amount)
    {
        _contract.Set(BalanceSlotOf(holder), in amount);
        _supply += amount;
        _contract.Set(SupplySlot, in _supply);
    }

    public void Allow(Address owner, Address spender, in UInt256 amount) =>
        _contract.Set(WorkloadContract.SlotOf(spender.ToWord(), WorkloadContract.SlotOf(owner.ToWord(), AllowanceSlot)), in amount);

    public static UInt256 BalanceSlotOf(Address holder) => WorkloadContract.SlotOf(holder.ToWord(), BalanceSlot);
}
