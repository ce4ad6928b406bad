using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain.Tests.Blocks;

public sealed class DifficultyRulesTests
{
    private const ulong Parent = 2_048_000;

    [Theory]
    // Up or down by a 2048th, around 13 seconds.
    [InlineData(Fork.Frontier, 12, false, Parent + 1_000)]
    [InlineData(Fork.Frontier, 13, false, Parent - 1_000)]
    [InlineData(Fork.Frontier, 5_000, false, Parent - 1_000)]
    // One step less for each ten seconds, and at most 99 down.
    [InlineData(Fork.Homestead, 9, false, Parent + 1_000)]
    [InlineData(Fork.Homestead, 10, false, Parent)]
    [InlineData(Fork.Homestead, 29, false, Parent - 1_000)]
    [InlineData(Fork.Homestead, 999, false, Parent - 98_000)]
    [InlineData(Fork.Homestead, 100_000, false, Parent - 99_000)]
    // Nine seconds, and one step more after ommers.
    [InlineData(Fork.Byzantium, 8, false, Parent + 1_000)]
    [InlineData(Fork.Byzantium, 8, true, Parent + 2_000)]
    [InlineData(Fork.Byzantium, 9, true, Parent + 1_000)]
    [InlineData(Fork.Byzantium, 18, false, Parent - 1_000)]
    [InlineData(Fork.Byzantium, 100_000, true, Parent - 99_000)]
    public void Difficulty_follows_the_time_between_blocks(Fork fork, ulong elapsed, bool parentHasOmmers, ulong want) =>
        Assert.Equal((UInt256)want, DifficultyRules.Next(fork, Parent, 1_000, parentHasOmmers, number: 1, 1_000 + elapsed));

    [Fact]
    public void Difficulty_has_a_minimum() =>
        Assert.Equal((UInt256)DifficultyRules.Minimum, DifficultyRules.Next(Fork.Homestead, DifficultyRules.Minimum, 0, false, 1, 1_000));

    [Fact]
    public void The_minimum_is_of_the_sum_with_the_bomb()
    {
        // 131,072 less one step of 64, and a bomb of 32; then a bomb of 128.
        Assert.Equal((UInt256)DifficultyRules.Minimum, DifficultyRules.Next(Fork.Homestead, DifficultyRules.Minimum, 0, false, 700_000, 20));
        Assert.Equal((UInt256)(DifficultyRules.Minimum + 64), DifficultyRules.Next(Fork.Homestead, DifficultyRules.Minimum, 0, false, 900_000, 20));
    }

    [Theory]
    [InlineData(Fork.Homestead, 199_999, 0)]
    [InlineData(Fork.Homestead, 200_000, 1)]
    [InlineData(Fork.Homestead, 300_000, 2)]
    [InlineData(Fork.Byzantium, 3_199_999, 0)]
    [InlineData(Fork.Byzantium, 3_400_000, 4)]
    [InlineData(Fork.Constantinople, 5_200_000, 1)]
    [InlineData(Fork.Istanbul, 5_200_000, 1)]
    [InlineData(Fork.MuirGlacier, 9_300_000, 2)]
    [InlineData(Fork.London, 10_000_000, 2)]
    [InlineData(Fork.ArrowGlacier, 11_000_000, 2)]
    [InlineData(Fork.GrayGlacier, 11_700_000, 2)]
    [InlineData(Fork.GrayGlacier, 11_599_999, 0)]
    public void Bomb_doubles_every_100_000_blocks_from_its_fork_s_delay_on(Fork fork, ulong number, ulong bomb)
    {
        var elapsed = fork >= Fork.Byzantium ? 9UL : 10;
        Assert.Equal(Parent + (UInt256)bomb, DifficultyRules.Next(fork, Parent, 0, false, number, elapsed));
    }
}
