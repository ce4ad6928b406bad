using Grid.Primitives;
using Grid.State;
using Grid.Storage.RocksDb;
using Microsoft.Extensions.Time.Testing;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>
/// A folder whose medium refuses a write says so, acknowledges nothing, is read as it was before, and goes on by itself when the medium takes writes again.
/// </summary>
public sealed class RecoveryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_full_disk_is_told_and_the_folder_goes_on_when_there_is_room()
    {
        using var disk = SmallDisk.Mount();
        var time = new FakeTimeProvider();
        using var folder = RocksDbFolder.Open(disk.Path, time: time);
        var journal = folder.Journal;
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(0, default, Hash(7)), number, Cancellation));
        Assert.True(await WriteNextAsync(folder.Store, 0, [.. Enumerable.Range(0, 200).Select(i => new LeafChange(Key(0, (ulong)i), Leaf((ulong)i, null, null, (i, 1))))]));
        disk.Fill();
        var (accepted, failed) = await AdmitUntilRefusedAsync(journal, 0);
        Assert.Equal(StorageError.Unavailable, failed.Error);
        Assert.Contains("No space", failed.Message, StringComparison.OrdinalIgnoreCase);
        // What is to be written meanwhile is refused, also when it is tried again; what was durable is read.
        for (var i = 0; i < 3; i++)
        {
            await UnavailableAsync(async () => await journal.AppendAsync(Block(1, Hash(0)), number, Cancellation));
            await UnavailableAsync(async () => await journal.UpdatePoolAsync([Entry(1)], [], Cancellation));
            Assert.Equal(Hash(0), (await journal.ReadHeadAsync(Cancellation))!.Hash);
            AssertEqual(Block(0, default, Hash(7)), await journal.ReadBlockAsync(0, Cancellation));
            Assert.Equal(new TransactionLocation(0, 0), await journal.FindTransactionAsync(Hash(7), Cancellation));
            Assert.Subset((await journal.ReadPoolAsync(Cancellation)).Select(x => x.Hash).ToHashSet(), accepted.ToHashSet());
            Assert.Equal($"{Leaf(150, null, null, (150, 1)).Record} 1", await DescribeAsync(folder.Store, 0, Key(0, 150), [150]));
            time.Advance(Second);
        }
        Assert.Equal(StorageError.Unavailable, Assert.Throws<StorageException>(() => RocksDbFolder.Open(disk.Path)).Error);
        await UnavailableAsync(async () => await journal.TakeFencingNumberAsync(Cancellation));
        disk.Free();
        // Not within the second after the last try.
        await UnavailableAsync(async () => await journal.TakeFencingNumberAsync(Cancellation));
        time.Advance(Second);
        Assert.Equal(number + 1, await journal.TakeFencingNumberAsync(Cancellation));
        Assert.Equal(AppendOutcome.Fenced, await journal.AppendAsync(Block(1, Hash(0)), number, Cancellation));
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(1, Hash(0)), number + 1, Cancellation));
        var kept = (await journal.ReadPoolAsync(Cancellation)).Select(x => x.Hash).ToHashSet();
        // What was refused may be there, what was acknowledged must be.
        Assert.Subset(kept, accepted.ToHashSet());
    }

    [Fact]
    public async Task A_read_only_disk_is_told_and_the_folder_goes_on_when_it_is_writable()
    {
        using var disk = SmallDisk.Mount();
        var time = new FakeTimeProvider();
        using var folder = RocksDbFolder.Open(disk.Path, time: time);
        await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        disk.Fill();
        await AdmitUntilRefusedAsync(folder.Journal, 10);
        using (disk.MakeReadOnly())
        {
            time.Advance(Second);
            var error = await UnavailableAsync(async () => await folder.Journal.TakeFencingNumberAsync(Cancellation));
            Assert.Contains("Read-only", error.Message, StringComparison.OrdinalIgnoreCase);
            Assert.Contains(Entry(1).Hash, (await folder.Journal.ReadPoolAsync(Cancellation)).Select(x => x.Hash));
        }
        disk.Free();
        time.Advance(Second);
        Assert.Equal(1UL, await folder.Journal.TakeFencingNumberAsync(Cancellation));
        Assert.Contains(Entry(1).Hash, (await folder.Journal.ReadPoolAsync(Cancellation)).Select(x => x.Hash));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_failure_head_fencing_number_and_versions_are_what_the_log_has(bool isWritten)
    {
        using var storage = new TestStorage(Medium.RocksDb);
        var time = new FakeTimeProvider();
        storage.Close();
        using var folder = RocksDbFolder.Open(storage.Path, time: time);
        var number = await folder.Journal.TakeFencingNumberAsync(Cancellation);
        await folder.Journal.AppendAsync(Block(0, default), number, Cancellation);
        await folder.Store.WriteAsync([EmptyGenesis(0)], Cancellation);

        await FailAsync(folder, isWritten, async () => await folder.Journal.AppendAsync(Block(1, Hash(0), Hash(1001)), number, Cancellation));
        await UnavailableAsync(async () => await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation));
        // What is shown is durable: a batch that the log has is, whatever failed after it.
        Assert.Equal(isWritten ? 1UL : 0UL, (await folder.Journal.ReadHeadAsync(Cancellation))!.Number);
        time.Advance(Second);
        await AwaitAsync(folder);
        Assert.Equal(isWritten ? 1UL : 0UL, (await folder.Journal.ReadHeadAsync(Cancellation))!.Number);
        Assert.Equal(isWritten, await folder.Journal.FindTransactionAsync(Hash(1001), Cancellation) is not null);
        var next = isWritten ? 2UL : 1UL;
        Assert.Equal(AppendOutcome.WrongParent, await folder.Journal.AppendAsync(Block(next + 1, Hash(next)), number, Cancellation));
        Assert.Equal(AppendOutcome.Committed, await folder.Journal.AppendAsync(Block(next, Hash(next - 1)), number, Cancellation));
        // Answered when the write behind the block is over, which would fail otherwise.
        await folder.Journal.UpdatePoolAsync([Entry(2)], [], Cancellation);

        await FailAsync(folder, isWritten, async () => await folder.Journal.TakeFencingNumberAsync(Cancellation));
        time.Advance(Second);
        await AwaitAsync(folder);
        Assert.Equal(number + (isWritten ? 2UL : 1UL), await folder.Journal.TakeFencingNumberAsync(Cancellation));

        var empty = StateShard.Empty(Prefix(0));
        var batch = Batch(0, 1, empty, empty);
        await FailAsync(folder, isWritten, async () => await folder.Store.WriteAsync([batch], Cancellation));
        time.Advance(Second);
        await AwaitAsync(folder);
        Assert.Equal(isWritten ? 1UL : 0UL, (await folder.Store.ReadShardAsync(Prefix(0), Cancellation))!.Version);
        Assert.Equal(!isWritten, await folder.Store.WriteAsync([batch], Cancellation));
    }

    [Fact]
    public async Task Everything_that_waits_fails_with_the_write_and_readers_are_waited_for()
    {
        using var storage = new TestStorage(Medium.RocksDb);
        var time = new FakeTimeProvider();
        storage.Close();
        using var folder = RocksDbFolder.Open(storage.Path, time: time);
        await folder.Journal.UpdatePoolAsync([Entry(7)], [], Cancellation);
        var visit = folder.Enter();
        await FailAsync(folder, false, async () => await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation));
        time.Advance(Second);
        var waiting = Enumerable.Range(0, 20).Select(i => folder.Journal.UpdatePoolAsync([Entry((ulong)i)], [], Cancellation).AsTask()).ToList();
        await Assert.ThrowsAsync<StorageException>(() => Task.WhenAll(waiting));
        Assert.All(waiting, task => Assert.True(task.IsFaulted));
        // Who reads sees the database as it was, to the end; then it is opened again.
        Assert.NotNull(visit.Database.Get(Entry(7).Hash.ToArray(), visit.Families.Pool));
        visit.Dispose();
        await AwaitAsync(folder);
        await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        AssertEqual([Entry(1), Entry(7)], await folder.Journal.ReadPoolAsync(Cancellation));
    }

    [Fact]
    public async Task While_it_cant_be_opened_again_nothing_is_read_either()
    {
        using var storage = new TestStorage(Medium.RocksDb);
        var time = new FakeTimeProvider();
        storage.Close();
        using var folder = RocksDbFolder.Open(storage.Path, time: time);
        var number = await folder.Journal.TakeFencingNumberAsync(Cancellation);
        await FailAsync(folder, false, async () => await folder.Journal.UpdatePoolAsync([Entry(2)], [], Cancellation));
        var current = Path.Combine(storage.Path, "CURRENT");
        var content = await File.ReadAllBytesAsync(current, Cancellation);
        await File.WriteAllTextAsync(current, "nothing\n", Cancellation);
        // The opening that there is reads from files that it has open.
        Assert.Empty(await folder.Journal.ReadPoolAsync(Cancellation));
        time.Advance(Second);
        await Assert.ThrowsAsync<StorageException>(async () => await folder.Journal.TakeFencingNumberAsync(Cancellation));
        Assert.Equal(StorageError.Corrupt, (await Assert.ThrowsAsync<StorageException>(async () => await folder.Journal.ReadHeadAsync(Cancellation))).Error);
        await File.WriteAllBytesAsync(current, content, Cancellation);
        time.Advance(30 * Second);
        Assert.Equal(number + 1, await folder.Journal.TakeFencingNumberAsync(Cancellation));
        Assert.Null(await folder.Journal.ReadHeadAsync(Cancellation));
    }

    [Fact]
    public async Task What_is_corrupt_when_it_is_opened_again_stays_refused_as_that()
    {
        using var storage = new TestStorage(Medium.RocksDb);
        var time = new FakeTimeProvider();
        storage.Close();
        using var folder = RocksDbFolder.Open(storage.Path, time: time);
        await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        await FailAsync(folder, false, async () => await folder.Journal.UpdatePoolAsync([Entry(2)], [], Cancellation));
        var current = Path.Combine(storage.Path, "CURRENT");
        var content = await File.ReadAllBytesAsync(current, Cancellation);
        await File.WriteAllTextAsync(current, "nothing\n", Cancellation);
        time.Advance(Second);
        Assert.Equal(StorageError.Corrupt, (await Assert.ThrowsAsync<StorageException>(async () => await folder.Journal.TakeFencingNumberAsync(Cancellation))).Error);
        await File.WriteAllBytesAsync(current, content, Cancellation);
        time.Advance(Second);
        Assert.Equal(StorageError.Corrupt, (await Assert.ThrowsAsync<StorageException>(async () => await folder.Journal.TakeFencingNumberAsync(Cancellation))).Error);
        time.Advance(30 * Second);
        Assert.Equal(1UL, await folder.Journal.TakeFencingNumberAsync(Cancellation));
    }

    /// <summary>Reads only wake the writing thread: what it then does is awaited with a write that changes nothing.</summary>
    private static async Task AwaitAsync(RocksDbFolder folder) => await folder.Journal.UpdatePoolAsync([], [Hash(1)], Cancellation);

    private static async Task FailAsync(RocksDbFolder folder, bool isWritten, Func<Task> write)
    {
        folder.NextWriteFails = isWritten ? WriteFault.AfterIt : WriteFault.BeforeIt;
        await UnavailableAsync(write);
    }

    private static async Task<StorageException> UnavailableAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<StorageException>(call);
        Assert.Equal(StorageError.Unavailable, error.Error);
        return error;
    }

    private static async Task<(List<Hash256> Accepted, StorageException Failed)> AdmitUntilRefusedAsync(RocksDbJournal journal, ulong first)
    {
        var accepted = new List<Hash256>();
        for (var i = first; i < first + 10_000; i++)
        {
            var entry = Entry(i) with { Raw = new byte[4_000] };
            try
            {
                await journal.UpdatePoolAsync([entry], [], Cancellation);
            }
            catch (StorageException error)
            {
                return (accepted, error);
            }
            accepted.Add(entry.Hash);
        }
        throw new InvalidOperationException("The disk never was full.");
    }
}
