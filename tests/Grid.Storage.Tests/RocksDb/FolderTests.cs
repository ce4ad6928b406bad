using System.Diagnostics;
using System.Globalization;
using Grid.State;
using Grid.Storage.RocksDb;
using RocksDbSharp;
using static Grid.Storage.Tests.Samples;
using Database = RocksDbSharp.RocksDb;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>Which folders are opened, which are refused, and what is said.</summary>
public sealed class FolderTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("grid-folder-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_parent, "data");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact]
    public void A_folder_in_use_is_refused_with_its_holders_process_id()
    {
        using (RocksDbFolder.Open(Data))
        {
            var error = Assert.Throws<StorageException>(() => RocksDbFolder.Open(Data));
            Assert.Equal(StorageError.Unavailable, error.Error);
            Assert.Contains(Data, error.Message, StringComparison.Ordinal);
            Assert.Contains($"process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)} ({Process.GetCurrentProcess().ProcessName})", error.Message, StringComparison.Ordinal);
        }
        RocksDbFolder.Open(Data).Dispose();
    }

    [Fact]
    public void Folders_above_are_made() => RocksDbFolder.Open(Path.Combine(Data, "one", "two")).Dispose();

    [Fact]
    public void A_folder_with_something_else_in_it_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "letter.txt"), "dear");
        var error = Assert.Throws<StorageException>(() => RocksDbFolder.Open(Data));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.Contains("letter.txt", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(Data));
    }

    [Fact]
    public void A_path_that_is_a_file_is_unavailable()
    {
        File.WriteAllText(Data, "");
        Assert.Equal(StorageError.Unavailable, Assert.Throws<StorageException>(() => RocksDbFolder.Open(Data)).Error);
        Assert.Equal(StorageError.Unavailable, Assert.Throws<StorageException>(() => RocksDbFolder.Open(Path.Combine(Data, "below"))).Error);
    }

    [Fact]
    public void A_folder_that_cant_be_written_is_unavailable()
    {
        // Permissions don't stop the superuser: a file system that takes no folders does, or a name that none takes.
        var folder = OperatingSystem.IsLinux() ? "/proc/self/grid" : Path.Combine(_parent, new string('x', 4_096));
        Assert.Equal(StorageError.Unavailable, Assert.Throws<StorageException>(() => RocksDbFolder.Open(folder)).Error);
    }

    [Fact]
    public void Another_version_of_the_format_is_refused()
    {
        RocksDbFolder.Open(Data).Dispose();
        Tamper(Data, (database, _) => database.Put("format"u8, [3]));
        var error = Assert.Throws<StorageException>(() => RocksDbFolder.Open(Data));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.Contains("03", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_doesnt_say_its_format_is_refused_unless_it_is_empty()
    {
        RocksDbFolder.Open(Data).Dispose();
        Tamper(Data, (database, _) => database.Remove("format"u8));
        // An interrupted first opening leaves this.
        using (var folder = RocksDbFolder.Open(Data))
        {
            await folder.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        }
        Tamper(Data, (database, _) => database.Remove("format"u8));
        Assert.Equal(StorageError.Incompatible, Assert.Throws<StorageException>(() => RocksDbFolder.Open(Data)).Error);
    }

    [Fact]
    public void A_database_with_other_column_families_is_refused()
    {
        RocksDbFolder.Open(Data).Dispose();
        Tamper(Data, (database, _) => database.CreateColumnFamily(new ColumnFamilyOptions(), "tries"));
        var error = Assert.Throws<StorageException>(() => RocksDbFolder.Open(Data));
        Assert.Equal(StorageError.Incompatible, error.Error);
        Assert.Contains("tries", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_value_that_isnt_what_was_written_is_corrupt()
    {
        using (var folder = RocksDbFolder.Open(Data))
        {
            await folder.Journal.AppendAsync(Block(0, default, Hash(1001)), await folder.Journal.TakeFencingNumberAsync(Cancellation), Cancellation);
            await WriteNextAsync(folder.Store, 0, [.. Enumerable.Range(1, 40).Select(i => new LeafChange(Key(0, (ulong)i), Leaf((ulong)i)))]);
        }
        Tamper(Data, (database, names) =>
        {
            foreach (var name in names.Except(["pool", "storage", "codes"]))
            {
                using var iterator = database.NewIterator(database.GetColumnFamily(name));
                for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
                {
                    if (!iterator.GetKeySpan().SequenceEqual("format"u8))
                    {
                        database.Put(iterator.Key(), iterator.Value()[..^1], database.GetColumnFamily(name));
                    }
                }
            }
        });
        using var reopened = RocksDbFolder.Open(Data);
        var (journal, store) = (reopened.Journal, reopened.Store);
        await CorruptAsync(async () => await journal.ReadHeadAsync(Cancellation));
        await CorruptAsync(async () => await journal.ReadBlockAsync(0, Cancellation));
        await CorruptAsync(async () => await journal.ReadHashAsync(0, Cancellation));
        await CorruptAsync(async () => await journal.FindBlockAsync(Hash(0), Cancellation));
        await CorruptAsync(async () => await journal.FindTransactionAsync(Hash(1001), Cancellation));
        await CorruptAsync(async () => await journal.TakeFencingNumberAsync(Cancellation));
        await CorruptAsync(async () => await store.ReadShardAsync(Prefix(0), Cancellation));
        await CorruptAsync(async () => await store.WriteAsync([Batch(0, 1, StateShard.Empty(Prefix(0)), StateShard.Empty(Prefix(0)))], Cancellation));
        // Who asks for what is whole is served.
        await journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        AssertEqual([Entry(1)], await journal.ReadPoolAsync(Cancellation));
    }

    [Fact]
    public async Task A_closed_folder_is_unavailable_and_closing_finishes_what_is_queued()
    {
        var folder = RocksDbFolder.Open(Data);
        var queued = Enumerable.Range(0, 50).Select(i => folder.Journal.UpdatePoolAsync([Entry((ulong)i)], [], Cancellation).AsTask()).ToList();
        folder.Dispose();
        folder.Dispose();
        await Task.WhenAll(queued);
        var errors = new[]
        {
            await Assert.ThrowsAsync<StorageException>(async () => await folder.Journal.ReadHeadAsync(Cancellation)),
            await Assert.ThrowsAsync<StorageException>(async () => await folder.Journal.TakeFencingNumberAsync(Cancellation)),
            await Assert.ThrowsAsync<StorageException>(async () => await folder.Store.ReadShardAsync(Prefix(0), Cancellation)),
        };
        Assert.All(errors, error => Assert.Equal(StorageError.Unavailable, error.Error));
        using var reopened = RocksDbFolder.Open(Data);
        Assert.Equal(50, (await reopened.Journal.ReadPoolAsync(Cancellation)).Count);
    }

    [Fact]
    public async Task A_node_that_isnt_what_was_written_is_corrupt()
    {
        LeafChange[] leaves = [.. Enumerable.Range(1, 40).Select(i => new LeafChange(Key(0, (ulong)i), Leaf((ulong)i)))];
        using (var folder = RocksDbFolder.Open(Data))
        {
            await WriteNextAsync(folder.Store, 0, leaves);
        }
        Tamper(Data, (database, _) =>
        {
            using var iterator = database.NewIterator(database.GetColumnFamily("nodes"));
            for (iterator.SeekToFirst(); iterator.Valid(); iterator.Next())
            {
                // The top, at a depth of one nibble, stays.
                if (iterator.Key()[^1] > 1)
                {
                    database.Put(iterator.Key(), iterator.Value()[..^1], database.GetColumnFamily("nodes"));
                }
            }
        });
        using var reopened = RocksDbFolder.Open(Data);
        var slice = (await reopened.Store.ReadShardAsync(Prefix(0), Cancellation))!.Slice;
        Assert.Contains(leaves, leaf =>
        {
            try
            {
                slice.TryGet(leaf.Key, out _);
                return false;
            }
            catch (StorageException error)
            {
                return error.Error == StorageError.Corrupt;
            }
        });
    }

    private static async Task CorruptAsync(Func<Task> read) => Assert.Equal(StorageError.Corrupt, (await Assert.ThrowsAsync<StorageException>(read)).Error);

    /// <summary>Works on a closed folder as RocksDB itself.</summary>
    private static void Tamper(string path, Action<Database, string[]> change)
    {
        var names = Database.ListColumnFamilies(new DbOptions(), path).ToArray();
        var families = new ColumnFamilies();
        foreach (var name in names)
        {
            families.Add(name, new ColumnFamilyOptions());
        }
        using var database = Database.Open(new DbOptions(), path, families);
        change(database, names);
    }
}
