using System.Text;
using Grid.Primitives;
using Grid.State;
using Grid.Storage.RocksDb;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>
/// What the end of the power leaves of the write at hand: cut anywhere, sectors of it missing or stale, garbage behind it. The folder opens, has
/// everything that was acknowledged, and the last write whole or not at all. Damage before that is refused.
/// </summary>
/// <remarks>
/// RocksDB takes no file system of ours from C#, so the files are changed: a folder is copied as it lies under the database, with the last write on
/// it, and with the length of the log and the mark from before that write, which then is the one that nobody was told of.
/// </remarks>
public sealed class TornWriteTests : IDisposable
{
    private const int SectorBytes = 512, Scenes = 6, CopiesPerScene = 25;

    private readonly string _parent = Directory.CreateTempSubdirectory("grid-torn-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Fact, Trait("Length", "Long")]
    public async Task Whatever_is_left_of_the_last_write_what_was_acknowledged_is_there()
    {
        var (kept, dropped) = (0, 0);
        for (var seed = 0; seed < Scenes; seed++)
        {
            var scene = await SceneAsync(seed, new Random(seed));
            for (var copy = 0; copy < CopiesPerScene; copy++)
            {
                var random = new Random((seed * CopiesPerScene) + copy);
                var torn = Tear(scene, random, copy % 7);
                var path = Copy(scene, torn);
                using (var folder = RocksDbFolder.Open(path))
                {
                    var found = await DescribeAsync(folder);
                    Assert.True(found == scene.Before || found == scene.After, $"seed {seed}, copy {copy}: {found}\nbefore {scene.Before}\nafter {scene.After}");
                    (kept, dropped) = found == scene.After ? (kept + 1, dropped) : (kept, dropped + 1);
                    // What comes next is kept as well: nothing is left of the torn write.
                    await folder.Journal.UpdatePoolAsync([Entry(999)], [], Cancellation);
                }
                using (var folder = RocksDbFolder.Open(path))
                {
                    Assert.Contains(Entry(999).Hash, (await folder.Journal.ReadPoolAsync(Cancellation)).Select(x => x.Hash));
                }
                Directory.Delete(path, recursive: true);
            }
        }
        Assert.True(kept > 0 && dropped > 0, $"{kept} kept, {dropped} dropped");
    }

    [Fact]
    public async Task Damage_to_what_was_acknowledged_is_refused()
    {
        var refused = 0;
        for (var seed = 0; seed < Scenes; seed++)
        {
            var scene = await SceneAsync(seed, new Random(seed));
            for (var copy = 0; copy < CopiesPerScene; copy++)
            {
                var random = new Random((seed * CopiesPerScene) + copy);
                var path = Copy(scene, Damage(scene, random, copy % 4));
                try
                {
                    // A byte that nothing depends on may have been hit: then everything is there.
                    using var folder = RocksDbFolder.Open(path);
                    var found = await DescribeAsync(folder);
                    Assert.True(found == scene.Before || found == scene.After, $"seed {seed}, copy {copy}: {found}");
                }
                catch (StorageException error)
                {
                    Assert.Equal(StorageError.Corrupt, error.Error);
                    refused++;
                }
                Directory.Delete(path, recursive: true);
            }
        }
        Assert.InRange(refused, Scenes * CopiesPerScene * 9 / 10, Scenes * CopiesPerScene);
    }

    [Fact]
    public async Task Writes_that_begin_at_the_end_of_a_block_of_the_log_are_whole()
    {
        const int BlockBytes = 32 * 1024, GapMax = 40;
        var path = Path.Combine(_parent, "gaps");
        ulong entries = 0;
        using (var folder = RocksDbFolder.Open(path))
        {
            var log = Directory.GetFiles(path, "*.log").MaxBy(x => x, StringComparer.Ordinal)!;
            // What a write of a kilobyte takes beyond its bytes.
            var start = await AdmitAsync(1_000);
            var overhead = await AdmitAsync(1_000) - start - 1_000;
            for (var gap = 0; gap <= GapMax; gap++)
            {
                var at = await AdmitAsync(1_000);
                while (BlockBytes - (int)(at % BlockBytes) < overhead + 300 + gap)
                {
                    at = await AdmitAsync(5_000);
                }
                while (BlockBytes - (int)(at % BlockBytes) > overhead + 12_000 + gap)
                {
                    at = await AdmitAsync(6_000);
                }
                at = await AdmitAsync(BlockBytes - (int)(at % BlockBytes) - (int)overhead - gap);
                Assert.Equal(gap, (int)((BlockBytes - (at % BlockBytes)) % BlockBytes));
                await AdmitAsync(3_000);
            }

            async Task<long> AdmitAsync(int bytes)
            {
                await folder.Journal.UpdatePoolAsync([Entry(entries++) with { Raw = new byte[bytes] }], [], Cancellation);
                return ReadShared(log).Length;
            }
        }
        using (var folder = RocksDbFolder.Open(path))
        {
            Assert.Equal(entries, (ulong)(await folder.Journal.ReadPoolAsync(Cancellation)).Count);
        }
    }

    /// <summary>The log with some of what follows the acknowledged end changed.</summary>
    private static byte[] Tear(Scene scene, Random random, int kind)
    {
        var (log, end) = ((byte[])scene.Log.Clone(), scene.AcknowledgedBytes);
        switch (kind)
        {
            case 0:
                return log[..random.Next(end, log.Length)];
            case 1:
                EachSector(log, end, random, sector => sector.Clear());
                return log;
            case 2:
                EachSector(log, end, random, sector => sector.Clear());
                return log[..random.Next(end, log.Length)];
            case 3:
                // Another part of the same log, as a file system that reuses blocks may show.
                EachSector(log, end, random, sector => log.AsSpan(random.Next(0, Math.Max(1, end - sector.Length)), sector.Length).CopyTo(sector));
                return log;
            case 4:
                EachSector(log, end, random, random.NextBytes);
                return log;
            case 5:
                var garbage = new byte[random.Next(1, 4_000)];
                random.NextBytes(garbage);
                return [.. log[..(random.Next(2) == 0 ? end : log.Length)], .. garbage];
            default:
                return [.. log[..(random.Next(2) == 0 ? end : random.Next(end, log.Length))], .. new byte[random.Next(1, 100_000)]];
        }
    }

    /// <summary>The log with something before the acknowledged end changed, with and without what follows.</summary>
    private static byte[] Damage(Scene scene, Random random, int kind)
    {
        var end = scene.AcknowledgedBytes;
        var log = (kind & 1) == 0 ? (byte[])scene.Log.Clone() : scene.Log[..end];
        if (kind < 2)
        {
            log[random.Next(end)] ^= (byte)(1 << random.Next(8));
        }
        else
        {
            var start = random.Next(end);
            log.AsSpan(start, Math.Min(SectorBytes, end - start)).Clear();
        }
        return log;
    }

    /// <summary>Sectors are written whole; what of the first one is acknowledged stays.</summary>
    private static void EachSector(byte[] log, int from, Random random, SectorAction change)
    {
        var share = random.NextDouble();
        for (var start = from; start < log.Length;)
        {
            var end = Math.Min(log.Length, ((start / SectorBytes) + 1) * SectorBytes);
            if (random.NextDouble() < share)
            {
                change(log.AsSpan(start, end - start));
            }
            start = end;
        }
    }

    private string Copy(Scene scene, byte[] log)
    {
        var path = Path.Combine(_parent, "copy");
        Directory.CreateDirectory(path);
        foreach (var file in Directory.EnumerateFiles(scene.Path).Where(x => Path.GetFileName(x) != "grid.lock"))
        {
            File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        }
        File.WriteAllBytes(Path.Combine(path, scene.LogName), log);
        File.WriteAllBytes(Path.Combine(path, "grid.acked"), scene.Mark);
        return path;
    }

    /// <summary>A folder in use, with blocks, admissions and batches on it, the last of which may be small, or longer than the log's blocks.</summary>
    private async Task<Scene> SceneAsync(int seed, Random random)
    {
        var source = Path.Combine(_parent, $"source-{seed}");
        var path = Path.Combine(_parent, $"scene-{seed}");
        using var folder = RocksDbFolder.Open(source);
        var number = await folder.Journal.TakeFencingNumberAsync(Cancellation);
        await folder.Journal.AppendAsync(Block(0, default), number, Cancellation);
        await folder.Store.WriteAsync([EmptyGenesis(0)], Cancellation);
        ulong height = 0;
        for (var i = 0; i < 20; i++)
        {
            height = await WriteAsync(folder, random, height, number, (ulong)i);
        }
        // What follows from the last block is written when the next request is taken; with the write at hand being a block, it isn't yet.
        await folder.Journal.UpdatePoolAsync([], [], Cancellation);
        folder.HoldsIndexBack = true;
        var log = Directory.GetFiles(source, "*.log").MaxBy(x => x, StringComparer.Ordinal)!;
        var before = await DescribeAsync(folder);
        var (acknowledgedBytes, mark) = (ReadShared(log).Length, ReadShared(Path.Combine(source, "grid.acked")));
        await WriteAsync(folder, random, height, number, 100, kind: seed % 3);
        var after = await DescribeAsync(folder);
        Assert.NotEqual(before, after);
        Directory.CreateDirectory(path);
        foreach (var file in Directory.EnumerateFiles(source).Where(x => Path.GetFileName(x) is not ("grid.lock" or "LOCK")))
        {
            await File.WriteAllBytesAsync(Path.Combine(path, Path.GetFileName(file)), ReadShared(file), Cancellation);
        }
        return new Scene(path, Path.GetFileName(log), ReadShared(log), acknowledgedBytes, mark, before, after);
    }

    private static async Task<ulong> WriteAsync(RocksDbFolder folder, Random random, ulong height, ulong number, ulong index, int? kind = null)
    {
        switch (kind ?? random.Next(3))
        {
            case 0:
                var body = new byte[random.Next(2) == 0 ? random.Next(10, 500) : random.Next(10_000, 120_000)];
                random.NextBytes(body);
                var block = Block(height + 1, Hash(height), Hash(10_000 + index), Hash(1_000 + index)) with { Block = body };
                Assert.Equal(AppendOutcome.Committed, await folder.Journal.AppendAsync(block, number, Cancellation));
                return height + 1;
            case 1:
                await folder.Journal.UpdatePoolAsync([Entry(index), Entry(index + 1) with { Raw = new byte[random.Next(1, 5_000)] }], [Hash(1_000 + index - 2)], Cancellation);
                return height;
            default:
                Assert.True(await WriteNextAsync(folder.Store, 0, [.. Enumerable.Range(0, random.Next(1, 60)).Select(i => new LeafChange(Key(0, (ulong)i), Leaf(1 + index)))]));
                return height;
        }
    }

    /// <summary>Everything that the folder says, as text; what contradicts itself in it fails.</summary>
    private static async Task<string> DescribeAsync(RocksDbFolder folder)
    {
        var text = new StringBuilder();
        var head = (await folder.Journal.ReadHeadAsync(Cancellation))!;
        for (ulong height = 0; height <= head.Number; height++)
        {
            var block = (await folder.Journal.ReadBlockAsync(height, Cancellation))!;
            Assert.Equal(height, await folder.Journal.FindBlockAsync(block.Hash, Cancellation));
            Assert.Equal(block.Hash, await folder.Journal.ReadHashAsync(height, Cancellation));
            for (var i = 0; i < block.TransactionHashes.Length; i++)
            {
                Assert.Equal(new TransactionLocation(height, i), await folder.Journal.FindTransactionAsync(block.TransactionHashes.Span[i], Cancellation));
            }
            text.Append($"{height}:{Crypto.Keccak256.Hash(block.Block.Span)} ");
        }
        Assert.Null(await folder.Journal.ReadBlockAsync(head.Number + 1, Cancellation));
        Assert.Null(await folder.Journal.FindBlockAsync(Hash(head.Number + 1), Cancellation));
        foreach (var entry in (await folder.Journal.ReadPoolAsync(Cancellation)).OrderBy(x => x.Hash))
        {
            text.Append($"{entry.Hash.ToString()[58..]}/{entry.Raw.Length} ");
        }
        var stored = (await folder.Store.ReadShardAsync(Prefix(0), Cancellation))!;
        return text.Append($"store {stored.Version} {stored.Slice.Root()}").ToString();
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private delegate void SectorAction(Span<byte> sector);

    /// <param name="Path">The files.</param>
    /// <param name="LogName">The log among them.</param>
    /// <param name="Log">With the last write.</param>
    /// <param name="AcknowledgedBytes">How much of it was written before that.</param>
    /// <param name="Mark">The mark before that.</param>
    /// <param name="Before">What the folder said before that.</param>
    /// <param name="After">What it says with it.</param>
    private sealed record Scene(string Path, string LogName, byte[] Log, int AcknowledgedBytes, byte[] Mark, string Before, string After);
}
