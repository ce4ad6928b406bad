using System.Formats.Tar;
using Grid.Storage.RocksDb;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>A backup is the folder as it was at one moment, and what isn't whole is refused.</summary>
public sealed class BackupTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("grid-backup-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Source => Path.Combine(_parent, "source");

    private string Target => Path.Combine(_parent, "target");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public async Task It_has_what_was_there_at_one_moment_while_writes_go_on()
    {
        using var folder = RocksDbFolder.Open(Source);
        var number = await folder.Journal.TakeFencingNumberAsync(Cancellation);
        await folder.Journal.AppendAsync(Block(0, default), number, Cancellation);
        await folder.Store.WriteAsync([EmptyGenesis(0)], Cancellation);
        using var stop = new CancellationTokenSource();
        var written = 0UL;
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var next = written + 1;
                await folder.Journal.UpdatePoolAsync([Entry(next)], [], Cancellation);
                await folder.Journal.AppendAsync(Block(next, Hash(next - 1), Hash(1_000_000 + next)), number, Cancellation);
                Volatile.Write(ref written, next);
            }
        }, Cancellation);
        while (Volatile.Read(ref written) < 50)
        {
            await Task.Delay(1, Cancellation);
        }
        var least = Volatile.Read(ref written);
        using var archive = new MemoryStream();
        await folder.BackUpAsync(archive, Cancellation);
        var most = Volatile.Read(ref written) + 1;
        await stop.CancelAsync();
        await writing;
        Assert.Empty(Directory.EnumerateDirectories(Source));

        archive.Position = 0;
        await BackupArchive.RestoreAsync(archive, Target, Cancellation);
        using var restored = RocksDbFolder.Open(Target);
        var head = (await restored.Journal.ReadHeadAsync(Cancellation))!.Number;
        Assert.InRange(head, least, most);
        for (ulong height = 0; height <= head; height++)
        {
            AssertEqual((await folder.Journal.ReadBlockAsync(height, Cancellation))!, await restored.Journal.ReadBlockAsync(height, Cancellation));
        }
        Assert.Null(await restored.Journal.ReadBlockAsync(head + 1, Cancellation));
        Assert.InRange((ulong)(await restored.Journal.ReadPoolAsync(Cancellation)).Count, head, head + 1);
        Assert.Equal(0UL, (await restored.Store.ReadShardAsync(Prefix(0), Cancellation))!.Version);
    }

    [Fact]
    public async Task One_is_made_at_a_time_and_what_a_crash_left_is_removed()
    {
        using (var folder = RocksDbFolder.Open(Source))
        {
            await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
            var reader = new BlockedStream();
            var first = folder.BackUpAsync(reader, Cancellation);
            await reader.Written;
            Assert.Equal(StorageError.Unavailable, (await Assert.ThrowsAsync<StorageException>(() => folder.BackUpAsync(Stream.Null, Cancellation))).Error);
            reader.Release();
            await first;
            await folder.BackUpAsync(Stream.Null, Cancellation);
        }
        Directory.CreateDirectory(Path.Combine(Source, "grid.backup"));
        Directory.CreateDirectory(Path.Combine(Source, "grid.backup.tmp"));
        using var reopened = RocksDbFolder.Open(Source);
        Assert.Empty(Directory.EnumerateDirectories(Source));
    }

    [Fact]
    public async Task What_is_damaged_or_cut_or_no_backup_is_refused_and_leaves_nothing()
    {
        var archive = await ArchiveAsync();
        var random = new Random(5);
        var damaged = new List<byte[]> { archive[..(archive.Length / 2)], archive[..600], Array.Empty<byte>(), new byte[1_024], Enumerable.Repeat((byte)7, 5_000).ToArray() };
        for (var i = 0; i < 60; i++)
        {
            var copy = (byte[])archive.Clone();
            copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
            damaged.Add(copy);
        }
        var refused = 0;
        foreach (var bytes in damaged)
        {
            try
            {
                await BackupArchive.RestoreAsync(new MemoryStream(bytes), Target, Cancellation);
            }
            catch (StorageException error)
            {
                Assert.Equal(StorageError.Corrupt, error.Error);
                await Assert.ThrowsAsync<StorageException>(() => BackupArchive.VerifyAsync(new MemoryStream(bytes), Cancellation));
                Assert.Empty(Directory.EnumerateFileSystemEntries(Target));
                refused++;
                continue;
            }
            // What was hit means nothing, such as a time or what fills a block up.
            using (var folder = RocksDbFolder.Open(Target))
            {
                AssertEqual([Entry(1)], await folder.Journal.ReadPoolAsync(Cancellation));
            }
            Directory.Delete(Target, recursive: true);
        }
        Assert.InRange(refused, 20, damaged.Count);
        await BackupArchive.VerifyAsync(new MemoryStream(archive), Cancellation);
    }

    [Theory]
    [InlineData("../escaped")]
    [InlineData("below/file")]
    [InlineData("/absolute")]
    [InlineData("..")]
    public async Task Names_that_lead_out_of_the_folder_are_refused(string name)
    {
        var archive = new MemoryStream();
        await using (var tar = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) }, Cancellation);
        }
        archive.Position = 0;
        Assert.Equal(StorageError.Corrupt, (await Assert.ThrowsAsync<StorageException>(() => BackupArchive.RestoreAsync(archive, Target, Cancellation))).Error);
        Assert.False(File.Exists(Path.Combine(_parent, "escaped")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Target));
    }

    [Fact]
    public async Task A_folder_that_holds_something_is_left_alone()
    {
        var archive = await ArchiveAsync();
        Directory.CreateDirectory(Target);
        await File.WriteAllTextAsync(Path.Combine(Target, "letter.txt"), "dear", Cancellation);
        var error = await Assert.ThrowsAsync<StorageException>(() => BackupArchive.RestoreAsync(new MemoryStream(archive), Target, Cancellation));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.Contains("letter.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal("dear", await File.ReadAllTextAsync(Path.Combine(Target, "letter.txt"), Cancellation));
    }

    [Fact]
    public async Task Compacting_frees_what_was_removed_and_keeps_the_rest()
    {
        using var folder = RocksDbFolder.Open(Source);
        var random = new Random(1);
        var entries = Enumerable.Range(0, 200).Select(i =>
        {
            var raw = new byte[20_000];
            random.NextBytes(raw);
            return Entry((ulong)i) with { Raw = raw };
        }).ToArray();
        await folder.Journal.UpdatePoolAsync(entries, [], Cancellation);
        folder.Compact();
        await folder.Journal.UpdatePoolAsync([], [.. entries.Skip(1).Select(x => x.Hash)], Cancellation);
        var (before, after) = folder.Compact();
        Assert.True(after < before / 2, $"{before} before, {after} after");
        AssertEqual([entries[0]], await folder.Journal.ReadPoolAsync(Cancellation));
    }

    private async Task<byte[]> ArchiveAsync()
    {
        using var folder = RocksDbFolder.Open(Source);
        await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        using var archive = new MemoryStream();
        await folder.BackUpAsync(archive, Cancellation);
        return archive.ToArray();
    }

    /// <summary>Takes the first bytes, and no more until it is released.</summary>
    private sealed class BlockedStream : MemoryStream
    {
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Written => _written.Task;

        public void Release() => _released.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _written.TrySetResult();
            await _released.Task;
            await base.WriteAsync(buffer, cancellationToken);
        }
    }
}
