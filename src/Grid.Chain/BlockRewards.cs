using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>What proof of work paid (Yellow Paper, section 11.3; EIP-649, EIP-1234); nothing from Paris on.</summary>
public static class BlockRewards
{
    private static readonly UInt256 WeiPerEther = 1_000_000_000_000_000_000;

    /// <summary>Wei for the maker of a block without ommers.</summary>
    public static UInt256 Base(Fork fork) => fork switch
    {
        >= Fork.Paris => UInt256.Zero,
        >= Fork.Constantinople => WeiPerEther * 2,
        >= Fork.Byzantium => WeiPerEther * 3,
        _ => WeiPerEther * 5,
    };

    /// <summary>Who is paid how much wei, in the order of payment.</summary>
    public static List<KeyValuePair<Address, UInt256>> Of(BlockEnvironment environment, ReadOnlySpan<BlockHeader> ommers)
    {
        var payments = new List<KeyValuePair<Address, UInt256>>();
        var reward = Base(environment.Fork);
        if (reward.IsZero)
        {
            return payments;
        }
        var own = reward;
        foreach (var ommer in ommers)
        {
            own += reward / 32;
            var share = reward * (ommer.Number + 8 - environment.Header.Number) / 8;
            payments.Add(new(ommer.Beneficiary, share));
        }
        payments.Add(new(environment.Header.Beneficiary, own));
        return payments;
    }
}
