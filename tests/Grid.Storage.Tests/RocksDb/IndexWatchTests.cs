using Grid.Storage.RocksDb;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>The write behind the answer can be interrupted before and after it is made, while a folder is used and while it is opened: nothing is missed.</summary>
public sealed class IndexWatchTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("grid-index-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_whose_write_is_interrupted_are_found_and_written_with_the_next_request(bool before)
    {
        var watch = new FailOnce(before);
        using var folder = RocksDbFolder.Open(_path, watch: watch);
        var number = await folder.Journal.TakeFencingNumberAsync(Cancellation);
        await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        watch.IsArmed = true;
        Assert.Equal(AppendOutcome.Committed, await folder.Journal.AppendAsync(Block(0, default, Entry(1).Hash), number, Cancellation));
        Assert.Equal(new TransactionLocation(0, 0), await folder.Journal.FindTransactionAsync(Entry(1).Hash, Cancellation));
        Assert.Empty(await folder.Journal.ReadPoolAsync(Cancellation));
        // The request after it is answered when the write behind the block is over.
        await folder.Journal.UpdatePoolAsync([Entry(2)], [], Cancellation);
        Assert.Equal(1, watch.Failures);
        await folder.Journal.UpdatePoolAsync([Entry(3)], [], Cancellation);
        Assert.Equal(0UL, watch.LastWritten);
        Assert.Equal(new TransactionLocation(0, 0), await folder.Journal.FindTransactionAsync(Entry(1).Hash, Cancellation));
        AssertEqual([Entry(2), Entry(3)], await folder.Journal.ReadPoolAsync(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rows_that_are_interrupted_when_the_folder_is_opened_are_written_at_the_next_opening(bool before)
    {
        using (var folder = RocksDbFolder.Open(_path))
        {
            folder.HoldsIndexBack = true;
            var number = await folder.Journal.TakeFencingNumberAsync(Cancellation);
            await folder.Journal.UpdatePoolAsync([Entry(1), Entry(2)], [], Cancellation);
            await folder.Journal.AppendAsync(Block(0, default, Entry(1).Hash), number, Cancellation);
            await folder.Journal.AppendAsync(Block(1, Hash(0), Entry(2).Hash), number, Cancellation);
        }
        var watch = new FailOnce(before) { IsArmed = true };
        Assert.Throws<StorageException>(() => RocksDbFolder.Open(_path, watch: watch));
        using var opened = RocksDbFolder.Open(_path, watch: watch);
        Assert.Equal(1UL, watch.LastWritten);
        Assert.Equal(new TransactionLocation(0, 0), await opened.Journal.FindTransactionAsync(Entry(1).Hash, Cancellation));
        Assert.Equal(new TransactionLocation(1, 0), await opened.Journal.FindTransactionAsync(Entry(2).Hash, Cancellation));
        Assert.Empty(await opened.Journal.ReadPoolAsync(Cancellation));
    }

    /// <summary>Used by the writing thread, and looked at when it is known to be past it.</summary>
    private sealed class FailOnce(bool before) : IIndexWatch
    {
        public bool IsArmed { get; set; }

        public int Failures { get; private set; }

        public ulong? LastWritten { get; private set; }

        public void Writing(ulong number) => Reach(before);

        public void Written(ulong number)
        {
            Reach(!before);
            LastWritten = number;
        }

        private void Reach(bool isMeant)
        {
            if (isMeant && IsArmed)
            {
                IsArmed = false;
                Failures++;
                throw new StorageException(StorageError.Unavailable, "a test has it fail");
            }
        }
    }
}
