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

    public static byte[] StoreCall(in UInt256 slot, in UInt256 value) => [.. slot.ToBigEndian(), .. value.ToBigEndian()];
}
