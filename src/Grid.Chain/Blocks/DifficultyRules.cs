using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>The difficulty of a block of proof of work, which follows from its parent and its time (Yellow Paper, section 4.4.4; EIP-2, EIP-100).</summary>
public static class DifficultyRules
{
    public const ulong Minimum = 131_072;

    private const ulong BoundDivisor = 2_048;

    /// <summary>Blocks in which the difficulty bomb doubles.</summary>
    private const ulong BombPeriod = 100_000;

    /// <summary>A bomb of more periods than this is above any difficulty that fits 256 bits.</summary>
    private const ulong BombPeriodsMax = 255;

    /// <summary>EIP-2 and EIP-100: a late block lowers the difficulty by at most so many steps.</summary>
    private const ulong StepsDownMax = 99;

    /// <summary>The difficulty of the block after this parent.</summary>
    /// <param name="fork">The block's own fork; before Paris.</param>
    /// <param name="timestamp">The block's, in seconds since 1970; not before the parent's.</param>
    public static UInt256 Next(Fork fork, BlockHeader parent, ulong timestamp) =>
        Next(fork, parent.Difficulty, parent.Timestamp, parent.OmmersHash != BlockHeader.EmptyOmmersHash, parent.Number + 1, timestamp);

    /// <param name="number">The block's own.</param>
    /// <param name="timestamp">The block's own, in seconds since 1970; not before the parent's.</param>
    public static UInt256 Next(Fork fork, in UInt256 parentDifficulty, ulong parentTimestamp, bool parentHasOmmers, ulong number, ulong timestamp)
    {
        var elapsed = timestamp - parentTimestamp;
        var (up, down) = fork switch
        {
            >= Fork.Byzantium => (parentHasOmmers ? 2UL : 1, elapsed / 9),
            >= Fork.Homestead => (1UL, elapsed / 10),
            _ => (1UL, elapsed < 13 ? 0UL : 2),
        };
        var step = parentDifficulty / BoundDivisor;
        var difficulty = up >= down
            ? parentDifficulty + (step * (up - down))
            : parentDifficulty - (step * Math.Min(down - up, StepsDownMax));
        // The bomb first, as the Yellow Paper and EIP-2 write it; it matters only next to the minimum.
        difficulty += Bomb(fork, number);
        return difficulty < Minimum ? Minimum : difficulty;
    }

    /// <summary>The exponential part, which forks have put off (EIP-649, EIP-1234, EIP-2384, EIP-3554, EIP-4345, EIP-5133).</summary>
    private static UInt256 Bomb(Fork fork, ulong number)
    {
        var delay = fork switch
        {
            >= Fork.GrayGlacier => 11_400_000UL,
            >= Fork.ArrowGlacier => 10_700_000UL,
            >= Fork.London => 9_700_000UL,
            >= Fork.MuirGlacier => 9_000_000UL,
            >= Fork.Constantinople => 5_000_000UL,
            >= Fork.Byzantium => 3_000_000UL,
            _ => 0UL,
        };
        var periods = number > delay ? (number - delay) / BombPeriod : 0;
        return periods > 1 ? UInt256.One << (int)Math.Min(periods - 2, BombPeriodsMax) : UInt256.Zero;
    }
}
