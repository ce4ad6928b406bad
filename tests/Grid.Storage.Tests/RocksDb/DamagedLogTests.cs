using Grid.State;
using Grid.Storage.RocksDb;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>What becomes of a log that isn't as it was written.</summary>
public sealed class DamagedLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_that_was_cut_off_is_dropped_whole()
    {
        using var storage = new TestStorage(Medium.RocksDb);
        await AppendThreeAsync(storage);
        storage.Reopen();
        await storage.Journal.UpdatePoolAsync([Entry(3), Entry(4)], [Entry(2).Hash], Cancellation);
        storage.Close();
        // The last write's record in the log lacks its end.
        Cut(storage);
        // It was acknowledged, and is missed.
        Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(storage.Reopen).Error);
        // If it wasn't, all is well.
        File.Delete(Path.Combine(storage.Path, "grid.acked"));
        storage.Reopen();
        Assert.Equal(2UL, (await storage.Journal.ReadHeadAsync(Cancellation))!.Number);
        AssertEqual([Entry(2)], await storage.Journal.ReadPoolAsync(Cancellation));
    }

    [Fact]
    public async Task What_follows_from_a_block_and_was_cut_off_is_made_again()
    {
        using var storage = new TestStorage(Medium.RocksDb);
        await AppendThreeAsync(storage);
        // What is written behind the answer: where the block's transaction is, and that the pool has it no more.
        Cut(storage);
        storage.Reopen();
        var journal = storage.Journal;
        Assert.Equal(2UL, (await journal.ReadHeadAsync(Cancellation))!.Number);
        AssertEqual(Block(2, Hash(1), Hash(1001)), await journal.ReadBlockAsync(2, Cancellation));
        Assert.Equal(new TransactionLocation(2, 0), await journal.FindTransactionAsync(Hash(1001), Cancellation));
        AssertEqual([Entry(2)], await journal.ReadPoolAsync(Cancellation));
    }

    [Fact]
    public async Task Damage_before_the_logs_end_is_refused_not_forgotten()
    {
        using var storage = new TestStorage(Medium.RocksDb);
        await AppendThreeAsync(storage);
        var log = LogOf(storage);
        var bytes = await File.ReadAllBytesAsync(log, Cancellation);
        bytes[bytes.Length / 2] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes, Cancellation);
        Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(storage.Reopen).Error);
    }

    /// <summary>Blocks 0 to 2 and two pool entries, of which block 2 includes the first; then the folder is closed.</summary>
    private static async Task AppendThreeAsync(TestStorage storage)
    {
        var number = await storage.Journal.TakeFencingNumberAsync(Cancellation);
        await storage.Journal.UpdatePoolAsync([Entry(1), Entry(2)], [], Cancellation);
        await storage.Journal.AppendAsync(Block(0, default), number, Cancellation);
        await storage.Journal.AppendAsync(Block(1, Hash(0)), number, Cancellation);
        await storage.Journal.AppendAsync(Block(2, Hash(1), Hash(1001)), number, Cancellation);
        storage.Close();
    }

    private static void Cut(TestStorage storage)
    {
        using var file = new FileStream(LogOf(storage), FileMode.Open);
        file.SetLength(file.Length - 3);
    }

    private static string LogOf(TestStorage storage) => Directory.GetFiles(storage.Path, "*.log").MaxBy(x => new FileInfo(x).Length)!;
}
