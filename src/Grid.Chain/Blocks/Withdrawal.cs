using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>A payment from the consensus layer (EIP-4895).</summary>
/// <param name="AmountGwei">In units of 10^9 wei.</param>
public sealed record Withdrawal(ulong Index, ulong ValidatorIndex, Address Address, ulong AmountGwei)
{
    private const ulong WeiPerGwei = 1_000_000_000;

    public UInt256 AmountWei => (UInt256)AmountGwei * WeiPerGwei;

    public static Withdrawal Decode(ref RlpReader reader)
    {
        var list = reader.ReadList();
        var withdrawal = new Withdrawal(list.ReadUInt64(), list.ReadUInt64(), list.ReadAddress(), list.ReadUInt64());
        list.ExpectEnd();
        return withdrawal;
    }

    public void Encode(RlpWriter writer)
    {
        var list = writer.BeginList();
        writer.WriteUInt64(Index);
        writer.WriteUInt64(ValidatorIndex);
        writer.WriteAddress(Address);
        writer.WriteUInt64(AmountGwei);
        writer.EndList(list);
    }
}
