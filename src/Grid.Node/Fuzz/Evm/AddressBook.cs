using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>The accounts that a case's programs and transactions name, by what they are.</summary>
internal sealed class AddressBook(Fork fork)
{
    public Address[] Precompiles { get; } = PrecompileFacts.AddressesOf(fork);

    public required Address[] Signers { get; init; }

    public required Address[] Contracts { get; init; }

    /// <summary>Accounts that don't exist, and accounts with a balance only.</summary>
    public required Address[] Others { get; init; }

    public required Address Beneficiary { get; init; }

    /// <summary>System contracts, where the case has them.</summary>
    public required Address[] System { get; init; }

    /// <summary>Where contracts of the case would create others.</summary>
    public List<Address> Predicted { get; } = [];

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

    /// <summary>Around the ends of the precompiles' ranges, where a wrong bound would show.</summary>
    private static Address Near(Dice dice) =>
        Address.FromNumber((ulong)dice.Pick((int[])[0x05, 0x09, 0x0a, 0x0b, 0x11, 0x12, 0x13, 0xff, 0x100, 0x101, 0x104, 0x10001]));
}
