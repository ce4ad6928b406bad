using Grid.Primitives;
using Grid.Storage.Memory;

namespace Grid.Storage.Tests;

public sealed class MemoryJournalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_append_is_conditional_on_fencing_number_and_parent()
    {
        var journal = new MemoryJournal();
        var first = await journal.TakeFencingNumberAsync(Cancellation);
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(0, default), first, Cancellation));
        Assert.Equal(AppendOutcome.WrongParent, await journal.AppendAsync(Block(1, Hash(77)), first, Cancellation));
        Assert.Equal(AppendOutcome.WrongParent, await journal.AppendAsync(Block(2, Hash(0)), first, Cancellation));

        var second = await journal.TakeFencingNumberAsync(Cancellation);
        Assert.True(second > first);
        Assert.Equal(AppendOutcome.Fenced, await journal.AppendAsync(Block(1, Hash(0)), first, Cancellation));
        Assert.Equal(0UL, (await journal.ReadHeadAsync(Cancellation))!.Number);
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(1, Hash(0)), second, Cancellation));
        Assert.Equal(1UL, (await journal.ReadHeadAsync(Cancellation))!.Number);
    }

    [Fact]
    public async Task A_block_takes_its_transactions_out_of_the_pool_and_into_the_index()
    {
        var journal = new MemoryJournal();
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        await journal.UpdatePoolAsync([Entry(1), Entry(2)], [], Cancellation);
        await journal.AppendAsync(Block(0, default, Hash(1001)), number, Cancellation);
        Assert.Equal([Hash(1002)], (await journal.ReadPoolAsync(Cancellation)).Select(x => x.Hash));
        Assert.Equal(new TransactionLocation(0, 0), await journal.FindTransactionAsync(Hash(1001), Cancellation));
        Assert.Null(await journal.FindTransactionAsync(Hash(1002), Cancellation));
        await journal.UpdatePoolAsync([], [Hash(1002)], Cancellation);
        Assert.Empty(await journal.ReadPoolAsync(Cancellation));
    }

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
        Assert.Null(await journal.FindBlockAsync(Hash(143), Cancellation));
        Assert.Null(await journal.FindTransactionAsync(Hash(5143), Cancellation));
        Assert.NotNull(await journal.ReadBlockAsync(144, Cancellation));
        Assert.Equal(399UL, await journal.FindBlockAsync(Hash(399), Cancellation));
    }

    private static Hash256 Hash(ulong value) => Hash256.FromWord(value);

    private static PoolEntry Entry(ulong value) => new(Hash(1000 + value), Address.FromNumber(value), new byte[] { 1 }, 0);

    private static JournalBlock Block(ulong number, Hash256 parent, params Hash256[] transactions) =>
        new(number, Hash(number), parent, Hash(9), UInt256.One, new byte[10], new byte[10], new byte[10], transactions, new Address[transactions.Length]);
}
