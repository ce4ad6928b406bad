using Grid.Storage.Memory;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.Memory;

public sealed class MemoryJournalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_oldest_blocks_are_forgotten_beyond_the_limit_and_never_the_last_256()
    {
        var journal = new MemoryJournal(limitBytes: 1);
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        for (ulong i = 0; i < 400; i++)
        {
            await journal.AppendAsync(Block(i, i == 0 ? default : Hash(i - 1), Hash(5000 + i)), number, Cancellation);
        }
        Assert.Null(await journal.ReadBlockAsync(143, Cancellation));
        Assert.Null(await journal.ReadHashAsync(143, Cancellation));
        Assert.Null(await journal.FindBlockAsync(Hash(143), Cancellation));
        Assert.Null(await journal.FindTransactionAsync(Hash(5143), Cancellation));
        Assert.NotNull(await journal.ReadBlockAsync(144, Cancellation));
        Assert.Equal(399UL, await journal.FindBlockAsync(Hash(399), Cancellation));
    }
}
