using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>Values near which implementations go wrong.</summary>
internal static class EdgeValues
{
    private static readonly UInt256[] Words = MakeWords();

    private static readonly ulong[] Sizes = [0, 0, 1, 2, 4, 20, 31, 32, 33, 63, 64, 65, 95, 96, 97, 127, 128, 129, 192, 255, 256, 257, 1023, 1024,
        1025];

    private static readonly UInt256[] HugeSizes =
    [
        24_576, 24_577, 49_152, 49_153, 65_535, 65_536, 1 << 20, 0x7fff_ffff, 0x8000_0000UL, 0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff_ffe0,
        0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ffe0, ulong.MaxValue, UInt256.One << 64, UInt256.One << 128, UInt256.One << 255,
        UInt256.MaxValue - 31, UInt256.MaxValue,
    ];

    public static UInt256 Word(Dice dice) => dice.Below(10) switch
    {
        < 3 => (ulong)dice.Below(4),
        < 8 => dice.Pick(Words),
        8 => dice.Word() >> dice.Below(256),
        _ => dice.Word(),
    };

    /// <summary>An offset or a length in memory, call data or code: small as a rule.</summary>
    public static UInt256 Size(Dice dice) => dice.Below(400) switch
    {
        0 => dice.Pick(HugeSizes),
        < 12 => (ulong)dice.Below(2_000),
        < 120 => (ulong)dice.Below(100),
        _ => dice.Pick(Sizes),
    };

    public static int ByteLength(Dice dice) => (int)dice.Pick(Sizes);

    private static UInt256[] MakeWords()
    {
        var words = new List<UInt256>();
        foreach (var bits in (int[])[1, 4, 5, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 159, 160, 191, 192, 254, 255])
        {
            var power = UInt256.One << bits;
            words.AddRange([power - 1, power, power + 1, -power]);
        }
        words.AddRange([3, 30, 31, 32, 33, 255, 256, 257, UInt256.MaxValue, UInt256.MaxValue - 1, UInt256.MaxValue << 128, UInt256.MaxValue >> 1]);
        return [.. words];
    }
}
