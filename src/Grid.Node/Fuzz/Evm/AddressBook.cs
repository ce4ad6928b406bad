using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>The accounts that a case's programs and transactions name, by what they are.</summary>
internal sealed class AddressBook(Fork fork)
{
    /// <summary>Precompiles that this build has.</summary>
    public Address[] Precompiles { get; } = [.. PrecompileFacts.Of(fork).Where(facts => facts.IsAvailable).Select(facts => facts.Address)];

    private readonly HashSet<Address> _unavailable = [.. PrecompileFacts.Of(fork).Where(facts => !facts.IsAvailable).Select(facts => facts.Address)];

    public required Address[] Signers { get; init; }

    public required Address[] Contracts { get; init; }

    /// <summary>Accounts that don't exist, and accounts with a balance only.</summary>
    public required Address[] Others { get; init; }

    public required Address Beneficiary { get; init; }

    /// <summary>System contracts, where the case has them.</summary>
    public required Address[] System { get; init; }

    /// <summary>Where contracts of the case would create others.</summary>
    public List<Address> Predicted { get; } = [];

    /// <summary>Any account; never a precompile that this build lacks.</summary>
    public Address Any(Dice dice) => dice.Below(24) switch
    {
        < 9 => dice.Pick(Contracts),
        < 12 => dice.Pick(Signers),
        < 15 => dice.Pick(Others),
        < 18 when Predicted.Count > 0 => Predicted[dice.Below(Predicted.Count)],
        18 => Beneficiary,
        19 when System.Length > 0 => dice.Pick(System),
        20 => Address.Zero,
        21 => Near(dice),
        _ => dice.Pick(Precompiles),
    };

    /// <summary>Just beyond the precompiles, where a wrong bound would show.</summary>
    private Address Near(Dice dice)
    {
        var address = Address.FromNumber((ulong)dice.Pick((int[])[0x05, 0x09, 0x0a, 0x0b, 0x11, 0x12, 0x13, 0xff, 0x100, 0x101, 0x104, 0x10001]));
        return _unavailable.Contains(address) ? Beneficiary : address;
    }
}
