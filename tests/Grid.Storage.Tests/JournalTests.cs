using Grid.Primitives;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests;

/// <summary>What every journal must do.</summary>
public sealed class JournalTests
{
    private const int Writers = 16, UpdatesEach = 20, Coordinators = 3, TurnsEach = 25, Many = 10_000;

    public static TheoryData<Medium> Media => TestStorage.Media;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Media))]
    public async Task A_new_journal_is_empty(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        Assert.Null(await journal.ReadHeadAsync(Cancellation));
        Assert.Null(await journal.ReadBlockAsync(0, Cancellation));
        Assert.Null(await journal.ReadHashAsync(0, Cancellation));
        Assert.Null(await journal.FindBlockAsync(Hash(0), Cancellation));
        Assert.Null(await journal.FindTransactionAsync(Hash(0), Cancellation));
        Assert.Empty(await journal.ReadPoolAsync(Cancellation));
        Assert.Equal(AppendOutcome.Fenced, await journal.AppendAsync(Block(0, default), 7, Cancellation));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task What_the_chain_starts_from_is_kept(Medium medium)
    {
        using var storage = new TestStorage(medium);
        Assert.Null(await storage.Journal.ReadChainAsync(Cancellation));
        await storage.Journal.WriteChainAsync(new ChainRecord(Hash(1), new byte[] { 1 }), Cancellation);
        await storage.Journal.WriteChainAsync(new ChainRecord(Hash(2), new byte[] { 2, 3 }), Cancellation);
        storage.Reopen();
        var chain = await storage.Journal.ReadChainAsync(Cancellation);
        Assert.Equal(Hash(2), chain!.Fingerprint);
        Assert.Equal(new byte[] { 2, 3 }, chain.Genesis.ToArray());
    }

    [Theory, MemberData(nameof(Media))]
    public async Task An_append_is_conditional_on_fencing_number_and_parent(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        var first = await journal.TakeFencingNumberAsync(Cancellation);
        Assert.Equal(AppendOutcome.WrongParent, await journal.AppendAsync(Block(1, Hash(0)), first, Cancellation));
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(0, default), first, Cancellation));
        Assert.Equal(AppendOutcome.WrongParent, await journal.AppendAsync(Block(1, Hash(77)), first, Cancellation));
        Assert.Equal(AppendOutcome.WrongParent, await journal.AppendAsync(Block(2, Hash(0)), first, Cancellation));
        Assert.Equal(AppendOutcome.WrongParent, await journal.AppendAsync(Block(0, default), first, Cancellation));

        var second = await journal.TakeFencingNumberAsync(Cancellation);
        Assert.True(second > first);
        Assert.Equal(AppendOutcome.Fenced, await journal.AppendAsync(Block(1, Hash(0)), first, Cancellation));
        Assert.Equal(0UL, (await journal.ReadHeadAsync(Cancellation))!.Number);
        Assert.Null(await journal.FindBlockAsync(Hash(1), Cancellation));
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(1, Hash(0)), second, Cancellation));
        Assert.Equal(new JournalHead(1, Hash(1), Hash(9), 2), await journal.ReadHeadAsync(Cancellation));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Blocks_are_read_as_they_were_appended(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        var large = Block(1, Hash(0), Hash(500), Hash(501)) with
        {
            TotalDifficulty = UInt256.MaxValue,
            Block = Enumerable.Range(0, 3_000_000).Select(i => (byte)(i * 7)).ToArray(),
            Receipts = ReadOnlyMemory<byte>.Empty,
        };
        await journal.AppendAsync(Block(0, default), number, Cancellation);
        await journal.AppendAsync(large, number, Cancellation);
        AssertEqual(Block(0, default), await journal.ReadBlockAsync(0, Cancellation));
        AssertEqual(large, await journal.ReadBlockAsync(1, Cancellation));
        Assert.Null(await journal.ReadBlockAsync(2, Cancellation));
        Assert.Equal(Hash(1), await journal.ReadHashAsync(1, Cancellation));
        Assert.Null(await journal.ReadHashAsync(2, Cancellation));
        Assert.Equal(1UL, await journal.FindBlockAsync(Hash(1), Cancellation));
        Assert.Equal(new TransactionLocation(1, 1), await journal.FindTransactionAsync(Hash(501), Cancellation));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task A_block_takes_its_transactions_out_of_the_pool_and_into_the_index(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        await journal.UpdatePoolAsync([Entry(1), Entry(2)], [], Cancellation);
        await journal.AppendAsync(Block(0, default, Hash(1001)), number, Cancellation);
        AssertEqual([Entry(2)], await journal.ReadPoolAsync(Cancellation));
        Assert.Equal(new TransactionLocation(0, 0), await journal.FindTransactionAsync(Hash(1001), Cancellation));
        Assert.Null(await journal.FindTransactionAsync(Hash(1002), Cancellation));
        await journal.UpdatePoolAsync([], [Hash(1002)], Cancellation);
        Assert.Empty(await journal.ReadPoolAsync(Cancellation));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task A_refused_append_leaves_the_pool_alone(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        await journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        await journal.AppendAsync(Block(0, default, Hash(1001)), number + 1, Cancellation);
        await journal.AppendAsync(Block(5, default, Hash(1001)), number, Cancellation);
        AssertEqual([Entry(1)], await journal.ReadPoolAsync(Cancellation));
        Assert.Null(await journal.FindTransactionAsync(Hash(1001), Cancellation));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task An_entry_that_is_replaced_in_one_step_stays(Medium medium)
    {
        using var storage = new TestStorage(medium);
        await storage.Journal.UpdatePoolAsync([Entry(1)], [], Cancellation);
        // Removed and admitted again in the same step: removals come first.
        await storage.Journal.UpdatePoolAsync([Entry(1), Entry(2)], [Hash(1001)], Cancellation);
        AssertEqual([Entry(1), Entry(2)], await storage.Journal.ReadPoolAsync(Cancellation));
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Many_pools_may_admit_while_blocks_are_appended(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        var pools = Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < UpdatesEach; i++)
                {
                    await journal.UpdatePoolAsync([Entry((ulong)((writer * UpdatesEach) + i))], [], Cancellation);
                }
            },
            Cancellation)).ToList();
        for (ulong i = 0; i < UpdatesEach; i++)
        {
            Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Block(i, i == 0 ? default : Hash(i - 1)), number, Cancellation));
        }
        await Task.WhenAll(pools);
        Assert.Equal(Writers * UpdatesEach, (await journal.ReadPoolAsync(Cancellation)).Count);
        Assert.Equal(UpdatesEach - 1UL, (await journal.ReadHeadAsync(Cancellation))!.Number);
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Of_two_coordinators_that_append_at_once_one_commits(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        var old = await journal.TakeFencingNumberAsync(Cancellation);
        await journal.AppendAsync(Block(0, default), old, Cancellation);
        var current = await journal.TakeFencingNumberAsync(Cancellation);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            async () => await journal.AppendAsync(Block(1, Hash(0)) with { Hash = Hash(100 + (ulong)i) }, i % 2 == 0 ? old : current, Cancellation), Cancellation)));
        Assert.Single(outcomes, AppendOutcome.Committed);
        Assert.Equal(4, outcomes.Count(x => x == AppendOutcome.Fenced));
        Assert.Equal(3, outcomes.Count(x => x == AppendOutcome.WrongParent));
        var head = (await journal.ReadHeadAsync(Cancellation))!;
        Assert.Equal(Hash(100 + (ulong)Array.IndexOf(outcomes, AppendOutcome.Committed)), head.Hash);
        Assert.Equal(head.Hash, (await journal.ReadBlockAsync(1, Cancellation))!.Hash);
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Transactions_whose_hashes_begin_alike_are_told_apart(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        Hash256[] hashes = [.. Enumerable.Range(0, 4).Select(i => new Hash256([.. Enumerable.Repeat((byte)0xee, 31), (byte)i]))];
        await journal.AppendAsync(Block(0, default, hashes[1], hashes[0]), number, Cancellation);
        await journal.AppendAsync(Block(1, Hash(0), hashes[2]), number, Cancellation);
        Assert.Equal(new TransactionLocation(0, 1), await journal.FindTransactionAsync(hashes[0], Cancellation));
        Assert.Equal(new TransactionLocation(0, 0), await journal.FindTransactionAsync(hashes[1], Cancellation));
        Assert.Equal(new TransactionLocation(1, 0), await journal.FindTransactionAsync(hashes[2], Cancellation));
        Assert.Null(await journal.FindTransactionAsync(hashes[3], Cancellation));
    }

    /// <summary>Each takes over at some point, or goes on with the number that it has, and appends to the head that it saw: in step with the others or late.</summary>
    [Theory, MemberData(nameof(Media))]
    public async Task Of_coordinators_that_race_one_commits_each_height(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var first = await storage.Journal.TakeFencingNumberAsync(Cancellation);
        await storage.Journal.AppendAsync(Block(0, default), first, Cancellation);
        var committed = await Task.WhenAll(Enumerable.Range(0, Coordinators).Select(i =>
        {
            var journal = i == 0 ? storage.Journal : storage.OpenAnother();
            return Task.Run(() => RaceAsync(journal, (ulong)i, new Random(i)), Cancellation);
        }));

        var all = committed.SelectMany(x => x).OrderBy(x => x.Number).ToList();
        Assert.Equal(Enumerable.Range(1, all.Count).Select(x => (ulong)x), all.Select(x => x.Number));
        var head = (await storage.Journal.ReadHeadAsync(Cancellation))!;
        Assert.Equal((ulong)all.Count, head.Number);
        var parent = Hash(0);
        var fencingNumber = first;
        foreach (var block in all)
        {
            Assert.Equal(block.Hash, await storage.Journal.ReadHashAsync(block.Number, Cancellation));
            Assert.Equal(parent, (await storage.Journal.ReadBlockAsync(block.Number, Cancellation))!.ParentHash);
            // Who was replaced never comes back.
            Assert.True(block.FencingNumber >= fencingNumber);
            (parent, fencingNumber) = (block.Hash, block.FencingNumber);
        }
        Assert.Equal(parent, head.Hash);
    }

    [Theory, MemberData(nameof(Media))]
    public async Task Ten_thousand_transactions_go_through_the_pool_into_a_block(Medium medium)
    {
        using var storage = new TestStorage(medium);
        var journal = storage.Journal;
        var number = await journal.TakeFencingNumberAsync(Cancellation);
        var random = new Random(1);
        var entries = Enumerable.Range(0, Many).Select(i =>
        {
            var (hash, raw) = (new byte[32], new byte[120]);
            random.NextBytes(hash);
            random.NextBytes(raw);
            return new PoolEntry(new Hash256(hash), Address.FromNumber((ulong)i), raw, i);
        }).ToArray();
        await Task.WhenAll(entries.Chunk(Many / Writers).Select(chunk => journal.UpdatePoolAsync(chunk, [], Cancellation).AsTask()));
        AssertEqual(entries, await journal.ReadPoolAsync(Cancellation));

        var encoded = new byte[Many * 130];
        random.NextBytes(encoded);
        var block = Block(0, default, [.. entries.Skip(1).Select(x => x.Hash)]) with { Block = encoded, Receipts = new byte[Many * 270], AccessList = encoded };
        Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(block, number, Cancellation));
        AssertEqual(block, await journal.ReadBlockAsync(0, Cancellation));
        AssertEqual(entries[..1], await journal.ReadPoolAsync(Cancellation));
        Assert.Equal(new TransactionLocation(0, Many - 2), await journal.FindTransactionAsync(entries[^1].Hash, Cancellation));
        Assert.Null(await journal.FindTransactionAsync(entries[0].Hash, Cancellation));
    }

    /// <summary>What this coordinator was told is committed.</summary>
    private static async Task<List<(ulong Number, Hash256 Hash, ulong FencingNumber)>> RaceAsync(IJournal journal, ulong name, Random random)
    {
        var committed = new List<(ulong, Hash256, ulong)>();
        var fencingNumber = await journal.TakeFencingNumberAsync(Cancellation);
        for (ulong turn = 0; turn < TurnsEach; turn++)
        {
            var head = (await journal.ReadHeadAsync(Cancellation))!;
            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }
            var hash = Hash(1_000_000 + (name * 1_000) + turn);
            switch (await journal.AppendAsync(Block(head.Number + 1, head.Hash) with { Hash = hash }, fencingNumber, Cancellation))
            {
                case AppendOutcome.Committed:
                    committed.Add((head.Number + 1, hash, fencingNumber));
                    break;
                case AppendOutcome.Fenced when random.Next(2) == 0:
                    fencingNumber = await journal.TakeFencingNumberAsync(Cancellation);
                    break;
            }
        }
        return committed;
    }
}
