using Grid.Primitives;

namespace Grid.Gateway.Tests.Hosts;

/// <summary>
/// A contract in a few opcodes: called without data it returns slot 0; with 32 bytes it stores them there and logs them under the
/// topic 42; with anything else it reverts with Error("nope").
/// </summary>
internal static class SampleContract
{
    public static readonly Hash256 Topic = Hash256.FromWord(42);

    public static byte[] Runtime { get; } = Hex.Decode(
        "0x36602014601357" // CALLDATASIZE PUSH1 32 EQ PUSH1 19 JUMPI
        + "36602257" // CALLDATASIZE PUSH1 34 JUMPI
        + "5f545f5260205ff3" // return slot 0
        + "5b5f35805f555f52602a60205fa100" // 19: store, log
        + "5b6308c379a060e01b5f5260206004526004602452636e6f706560e01b60445260645ffd"); // 34: revert

    /// <summary>Code that deploys <see cref="Runtime"/>.</summary>
    public static byte[] Initcode { get; } =
        [0x60, (byte)Runtime.Length, 0x60, 0x0a, 0x5f, 0x39, 0x60, (byte)Runtime.Length, 0x5f, 0xf3, .. Runtime];

    public static string Word(ulong value) => Hash256.FromWord(value).ToString();
}
