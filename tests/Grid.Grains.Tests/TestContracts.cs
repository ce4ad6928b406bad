using Grid.Primitives;

namespace Grid.Grains.Tests;

internal static class TestContracts
{
    /// <summary>
    /// Stores word 1 of the call data under word 0, adds one to slot 0, and logs topic 42:
    /// PUSH1 32 CALLDATALOAD PUSH0 CALLDATALOAD SSTORE, PUSH0 SLOAD PUSH1 1 ADD PUSH0 SSTORE, PUSH1 42 PUSH0 PUSH0 LOG1, STOP.
    /// </summary>
    public static readonly byte[] StoreRuntime = Hex.Decode("6020355f35555f546001015f55602a5f5fa100");

    /// <summary>Copies the runtime code behind these nine bytes, and returns it.</summary>
    public static readonly byte[] StoreInitcode = [0x60, (byte)StoreRuntime.Length, 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xf3, .. StoreRuntime];

    /// <summary>Slots that one call of <see cref="FillRuntime"/> sets: enough for a storage trie to be updated and hashed on several threads.</summary>
    public const int FilledSlots = 600;

    /// <summary>
    /// Sets 600 slots from word 0 of the call data on, each to its own number: PUSH0 CALLDATALOAD PUSH2 600 DUP2 ADD SWAP1, JUMPDEST DUP1 DUP1
    /// SSTORE PUSH1 1 ADD DUP2 DUP2 LT PUSH1 8 JUMPI, STOP.
    /// </summary>
    public static readonly byte[] FillRuntime = Hex.Decode("5f356102588101905b80805560010181811060085700");

    public static readonly byte[] FillInitcode = [0x60, (byte)FillRuntime.Length, 0x80, 0x60, 0x09, 0x5f, 0x39, 0x5f, 0xf3, .. FillRuntime];

    public static byte[] StoreCall(in UInt256 slot, in UInt256 value) => [.. slot.ToBigEndian(), .. value.ToBigEndian()];
}
