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
        var log = await AppendThreeAsync(storage);
        // The last block's record in the log lacks its end.
        using (var file = new FileStream(log, FileMode.Open))
        {
            file.SetLength(file.Length - 3);
        }
        storage.Reopen();
        var journal = storage.Journal;
        Assert.Equal(1UL, (await journal.ReadHeadAsync(Cancellation))!.Number);
        AssertEqual(Block(1, Hash(0), Hash(1001)), await journal.ReadBlockAsync(1, Cancellation));
        Assert.Null(await journal.ReadBlockAsync(2, Cancellation));
        Assert.Null(await journal.FindBlockAsync(Hash(2), Cancellation));
        Assert.Null(await journal.FindTransactionAsync(Hash(1002), Cancellation));
        AssertEqual([Entry(2)], await journal.ReadPoolAsync(Cancellation));
    }

    [Fact]
    public async Task Damage_before_the_logs_end_is_refused_not_forgotten()
    {
        using var storage = new TestStorage(Medium.RocksDb);
        var log = await AppendThreeAsync(storage);
        var bytes = await File.ReadAllBytesAsync(log, Cancellation);
        bytes[bytes.Length / 2] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes, Cancellation);
        Assert.Equal(StorageError.Corrupt, Assert.Throws<StorageException>(storage.Reopen).Error);
    }

    /// <summary>Blocks 0 to 2 and two pool entries, of which block 1 includes the first and block 2 the second; returns the log of all that.</summary>
    private static async Task<string> AppendThreeAsync(TestStorage storage)
    {
        var number = await storage.Journal.TakeFencingNumberAsync(Cancellation);
        await storage.Journal.UpdatePoolAsync([Entry(1), Entry(2)], [], Cancellation);
        await storage.Journal.AppendAsync(Block(0, default), number, Cancellation);
        await storage.Journal.AppendAsync(Block(1, Hash(0), Hash(1001)), number, Cancellation);
        await storage.Journal.AppendAsync(Block(2, Hash(1), Hash(1002)), number, Cancellation);
        storage.Close();
        return Directory.GetFiles(storage.Path, "*.log").MaxBy(x => new FileInfo(x).Length)!;
    }
}
