using Grid.Evm;
using Grid.Grains.Reader;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;
using Grid.Storage.Memory;
using Grid.Storage.RocksDb;

namespace Grid.Grains.Tests.History;

/// <summary>What is read and proved after each of the last blocks is what sequential execution had after it; the seed is in each case.</summary>
public sealed class PastStateTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("grid-history-").FullName;

    public void Dispose() => Directory.Delete(_path, recursive: true);

    [Theory]
    [InlineData(Fork.Frontier, 1, 1)]
    [InlineData(Fork.SpuriousDragon, 2, 2)]
    [InlineData(Fork.Byzantium, 1, 3)]
    [InlineData(Fork.GrayGlacier, 2, 4)]
    [InlineData(Fork.Shanghai, 1, 5)]
    [InlineData(Fork.Shanghai, 2, 6)]
    [InlineData(Fork.Osaka, 2, 7)]
    [InlineData(Fork.Prague, 1, 16)]
    public async Task Each_of_the_last_blocks_shows_the_state_after_it(Fork fork, int silos, int seed)
    {
        var chain = new RandomChain(fork, blocks: 45, seed);
        var options = Options(chain) with { HistoryBlocks = 32 };
        await using var grid = await TestChain.StartAsync(silos, options);
        await ImportAsync(grid, chain);
        for (var number = chain.Blocks.Count - options.HistoryBlocks; number <= chain.Blocks.Count; number++)
        {
            await AssertShowsAsync(grid, chain, number);
        }
        await AssertUnavailableAsync(grid, (ulong)(chain.Blocks.Count - options.HistoryBlocks - 1), (ulong)(chain.Blocks.Count - options.HistoryBlocks));
    }

    [Fact]
    public async Task A_hundred_and_twenty_eight_blocks_are_kept_by_default_and_survive_a_restart()
    {
        var chain = new RandomChain(Fork.Shanghai, blocks: 140, seed: 8);
        var options = Options(chain) with { StateBytesMax = 1 };
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var grid = await TestChain.StartAsync(1, options, journal: folder.Journal, store: folder.Store);
            await ImportAsync(grid, chain);
            await AssertShowsAsync(grid, chain, 12);
        }
        // Nothing is in memory now: no older state, no node of a trie, and no code of what was destroyed.
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var grid = await TestChain.StartAsync(2, options, journal: folder.Journal, store: folder.Store);
            foreach (var number in (int[])[12, 77, 139, 140])
            {
                await AssertShowsAsync(grid, chain, number);
            }
            await AssertUnavailableAsync(grid, 11, 12);
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(2, true)]
    public async Task What_is_read_stays_right_while_the_head_moves_on(int silos, bool isArchive)
    {
        var chain = new RandomChain(Fork.Shanghai, blocks: 60, seed: 15);
        var journal = new MemoryJournal(keepsHistory: isArchive);
        // One state is kept, so that each block takes the last one from under who reads.
        var options = Options(chain) with { StatesKept = 1, HistoryBlocks = isArchive ? 0 : 60 };
        await using var grid = await TestChain.StartAsync(silos, options, journal: journal, history: isArchive ? journal : null);
        await ImportAsync(grid, chain, to: 20);
        var importing = ImportAsync(grid, chain, from: 20);
        var rounds = 0;
        do
        {
            await AssertShowsAsync(grid, chain, rounds++ % 20, proves: false);
        }
        while (!importing.IsCompleted);
        await importing;
    }

    [Fact]
    public async Task A_few_bytes_of_memory_are_enough()
    {
        var chain = new RandomChain(Fork.Shanghai, blocks: 30, seed: 9);
        await using var grid = await TestChain.StartAsync(1, Options(chain) with { HistoryBytesMax = 1_000, PastSlicesKept = 1, PastReadersMax = 1, StatesKept = 1 });
        await ImportAsync(grid, chain);
        await Task.WhenAll(((int[])[0, 10, 20, 29, 5]).Select(number => AssertShowsAsync(grid, chain, number)));
    }

    [Fact]
    public async Task Where_more_storage_was_destroyed_than_is_kept_history_begins()
    {
        var chain = new RandomChain(Fork.Shanghai, blocks: 40, seed: 10);
        await using var grid = await TestChain.StartAsync(1, Options(chain) with { LostSlotsMax = 0 });
        await ImportAsync(grid, chain);
        var destroyed = (ulong)Enumerable.Range(1, chain.Blocks.Count).Last(number => LosesStorage(chain, number));
        Assert.InRange(destroyed, 10UL, 31UL);
        await AssertUnavailableAsync(grid, destroyed - 1, destroyed);
        await AssertShowsAsync(grid, chain, (int)destroyed);
    }

    [Theory]
    [InlineData(Fork.SpuriousDragon, 1, 11)]
    [InlineData(Fork.Shanghai, 2, 12)]
    [InlineData(Fork.Osaka, 1, 13)]
    public async Task An_archive_shows_every_state(Fork fork, int silos, int seed)
    {
        var chain = new RandomChain(fork, blocks: 50, seed);
        var options = Options(chain) with { HistoryBlocks = 16, StateBytesMax = 1, ArchiveProofBlocks = 40 };
        using (var folder = RocksDbFolder.Open(_path, keepsHistory: true))
        {
            await using var grid = await TestChain.StartAsync(silos, options, journal: folder.Journal, store: folder.Store, history: folder.History);
            await ImportAsync(grid, chain);
            for (var number = 0; number <= chain.Blocks.Count; number++)
            {
                await AssertShowsAsync(grid, chain, number, proves: number >= chain.Blocks.Count - options.ArchiveProofBlocks);
            }
            await AssertNotProvedAsync(grid, 9, 10);
        }
        using (var folder = RocksDbFolder.Open(_path, keepsHistory: true))
        {
            await using var grid = await TestChain.StartAsync(3 - silos, options, journal: folder.Journal, store: folder.Store, history: folder.History);
            await AssertShowsAsync(grid, chain, 3, proves: false);
            // Nothing is in memory now, and the slices that are made are cold below.
            await AssertShowsAsync(grid, chain, 10);
        }
        // Without the option what there was isn't told, and what is kept otherwise is.
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var grid = await TestChain.StartAsync(1, options, journal: folder.Journal, store: folder.Store, history: folder.History);
            await AssertUnavailableAsync(grid, 33, 34);
        }
    }

    [Fact]
    public async Task An_archive_proves_no_more_than_a_limit_of_changes_back()
    {
        var chain = new RandomChain(Fork.Shanghai, blocks: 40, seed: 17);
        var journal = new MemoryJournal(keepsHistory: true);
        var options = Options(chain) with { HistoryBlocks = 4, ArchiveProofChangesMax = 1 };
        await using var grid = await TestChain.StartAsync(2, options, journal: journal, history: journal);
        await ImportAsync(grid, chain);
        var refused = await Assert.ThrowsAsync<ProofTooFarException>(() => grid.Reader.GetProof(default, [], BlockSelector.At(2)));
        Assert.Equal((2UL, 1), (refused.Number, refused.Allowed));
        // Its values can be read, and what is recent is proved whatever has changed.
        await AssertShowsAsync(grid, chain, 2, proves: false);
        await AssertShowsAsync(grid, chain, 36);
    }

    [Fact]
    public async Task Old_blocks_are_proved_while_the_head_moves_on()
    {
        var chain = new RandomChain(Fork.Shanghai, blocks: 60, seed: 18);
        var journal = new MemoryJournal(keepsHistory: true);
        var options = Options(chain) with { StatesKept = 1, HistoryBlocks = 2, PastSlicesKept = 1 };
        await using var grid = await TestChain.StartAsync(2, options, journal: journal, history: journal);
        await ImportAsync(grid, chain, to: 20);
        var importing = ImportAsync(grid, chain, from: 20);
        var rounds = 0;
        do
        {
            await AssertShowsAsync(grid, chain, rounds++ % 17);
        }
        while (!importing.IsCompleted);
        await importing;
    }

    [Fact]
    public async Task An_archive_that_is_begun_later_says_where_it_begins()
    {
        var chain = new RandomChain(Fork.Shanghai, blocks: 50, seed: 14);
        var options = Options(chain) with { HistoryBlocks = 8 };
        using (var folder = RocksDbFolder.Open(_path))
        {
            await using var grid = await TestChain.StartAsync(1, options, journal: folder.Journal, store: folder.Store, history: folder.History);
            await ImportAsync(grid, chain, to: 20);
        }
        using (var folder = RocksDbFolder.Open(_path, keepsHistory: true))
        {
            await using var grid = await TestChain.StartAsync(1, options, journal: folder.Journal, store: folder.Store, history: folder.History);
            await AssertUnavailableAsync(grid, 11, 12);
            await ImportAsync(grid, chain, from: 20);
            for (var number = 20; number <= chain.Blocks.Count; number++)
            {
                await AssertShowsAsync(grid, chain, number, proves: false);
            }
            await AssertUnavailableAsync(grid, 19, 20);
        }
    }

    internal static GridOptions Options(RandomChain chain) => TestChain.DefaultOptions with { Genesis = chain.Genesis, StatesKept = 3 };

    internal static async Task ImportAsync(TestChain grid, RandomChain chain, int from = 0, int to = int.MaxValue)
    {
        foreach (var block in chain.Blocks.Take(to).Skip(from))
        {
            var result = await grid.Coordinator.ImportBlock(new(block, block.Encode().Length));
            Assert.True(result.Error.IsNone, $"seed {chain.Seed}, block {block.Header.Number}: {result.Error}");
        }
    }

    /// <summary>Everything that may be read of the state, its proofs, and calls over it.</summary>
    internal static async Task AssertShowsAsync(TestChain grid, RandomChain chain, int number, bool proves = true)
    {
        var (expected, at) = (chain.States[number], BlockSelector.At((ulong)number));
        foreach (var address in chain.Addresses)
        {
            expected.TryGetAccount(in address, out var record);
            var account = record ?? AccountRecord.Empty;
            var found = await grid.Reader.GetAccount(address, at);
            Assert.Equal((account, (ulong)number), (new AccountRecord(found.Nonce, found.Balance, found.StorageRoot, found.CodeHash), found.BlockNumber));
            expected.TryGetCode(in address, account.CodeHash, out var code);
            Assert.Equal(code?.Bytes ?? [], (await grid.Reader.GetCode(address, at)).Code);
            if (proves)
            {
                await AssertProvesAsync(grid, chain, number, address, record);
            }
            // Whoever ever had code may have had storage.
            foreach (var slot in chain.Slots.Where(_ => account.HasCode || (int)address.GetHashCode() % 4 == 0))
            {
                expected.TryGetStorage(in address, in slot, out var value);
                Assert.Equal(value, await grid.Reader.GetStorage(address, slot, at));
            }
            if (code?.Length > 20)
            {
                UInt256 slot = (ulong)(number % 8);
                expected.TryGetStorage(in address, in slot, out var value);
                var call = await grid.Reader.Call(new CallRequest { To = address, Data = RandomChain.LoadCall(slot) }, at);
                Assert.Equal((CallStatus.Succeeded, value), (call.Status, UInt256.FromBigEndian(call.Output)));
            }
        }
    }

    private static async Task AssertProvesAsync(TestChain grid, RandomChain chain, int number, Address address, AccountRecord? record)
    {
        UInt256[] slots = [.. chain.Slots];
        var proof = await grid.Reader.GetProof(address, slots, BlockSelector.At((ulong)number));
        Assert.True(ProofVerifier.TryVerify(chain.States[number].Root, KeyHashes.Of(in address), proof.AccountNodes, out var proved));
        Assert.Equal(record?.ToRlp(), proved);
        for (var i = 0; i < slots.Length; i++)
        {
            chain.States[number].TryGetStorage(in address, in slots[i], out var value);
            Assert.Equal(value, proof.Slots[i].Value);
            Assert.True(ProofVerifier.TryVerify(proof.Account.StorageRoot, KeyHashes.Of(in slots[i]), proof.Slots[i].Nodes, out var leaf));
            Assert.Equal(value.IsZero, leaf is null);
        }
    }

    internal static async Task AssertUnavailableAsync(TestChain grid, ulong number, ulong oldest)
    {
        var at = BlockSelector.At(number);
        Func<Task>[] questions =
        [
            () => grid.Reader.GetAccount(default, at), () => grid.Reader.GetStorage(default, 0, at), () => grid.Reader.GetCode(default, at),
            () => grid.Reader.GetProof(default, [], at), () => grid.Reader.Call(new CallRequest(), at), () => grid.Reader.EstimateGas(new CallRequest(), at),
        ];
        foreach (var question in questions)
        {
            var refused = await Assert.ThrowsAsync<StateUnavailableException>(question);
            Assert.Equal((number, oldest), (refused.Number, refused.Oldest));
        }
    }

    private static async Task AssertNotProvedAsync(TestChain grid, ulong number, ulong oldest)
    {
        var refused = await Assert.ThrowsAsync<ProofUnavailableException>(() => grid.Reader.GetProof(default, [], BlockSelector.At(number)));
        Assert.Equal((number, oldest), (refused.Number, refused.Oldest));
    }

    private static bool LosesStorage(RandomChain chain, int number) => chain.Addresses.Any(address =>
    {
        chain.States[number - 1].TryGetAccount(in address, out var before);
        chain.States[number].TryGetAccount(in address, out var after);
        return before is { HasStorage: true } && after is null;
    });
}
