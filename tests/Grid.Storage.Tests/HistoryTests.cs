using Grid.Crypto;
using Grid.Primitives;
using Grid.State;
using Grid.Storage.Memory;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests;

/// <summary>What every history of values before must do: any state that there was can be told from what later blocks found.</summary>
public sealed class HistoryTests
{
    public static TheoryData<Medium> Media => TestStorage.Media;

    public static TheoryData<Medium> DurableMedia => TestStorage.DurableMedia;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Media))]
    public async Task Every_state_can_be_told(Medium medium)
    {
        for (var seed = 1; seed <= (medium == Medium.Postgres ? 1 : 3); seed++)
        {
            using var storage = new TestStorage(medium, keepsHistory: true);
            Assert.Null(await storage.History.ReadStartAsync(Cancellation));
            var model = new Model(seed);
            await model.AppendAsync(storage.Journal, blocks: 60);
            Assert.Equal(0UL, await storage.History.ReadStartAsync(Cancellation));
            await model.AssertToldAsync(storage.History, from: 0);
            storage.Reopen(keepsHistory: true);
            await model.AppendAsync(storage.Journal, blocks: 10);
            await model.AssertToldAsync(storage.History, from: 0);
        }
    }

    [Theory, MemberData(nameof(DurableMedia))]
    public async Task History_begins_where_it_is_switched_on_and_ends_with_a_block_without(Medium medium)
    {
        using var storage = new TestStorage(medium, keepsHistory: false);
        var model = new Model(seed: 4);
        await model.AppendAsync(storage.Journal, blocks: 10);
        Assert.Null(await storage.History.ReadStartAsync(Cancellation));
        storage.Reopen(keepsHistory: true);
        Assert.Null(await storage.History.ReadStartAsync(Cancellation));
        await model.AppendAsync(storage.Journal, blocks: 10);
        // The state after the last block without can be told, because those after it say what they found.
        Assert.Equal(9UL, await storage.History.ReadStartAsync(Cancellation));
        await model.AssertToldAsync(storage.History, from: 9);
        storage.Reopen(keepsHistory: false);
        Assert.Null(await storage.History.ReadStartAsync(Cancellation));
        storage.Reopen(keepsHistory: true);
        // Nothing was appended meanwhile: there is no gap.
        Assert.Equal(9UL, await storage.History.ReadStartAsync(Cancellation));
        storage.Reopen(keepsHistory: false);
        await model.AppendAsync(storage.Journal, blocks: 1);
        storage.Reopen(keepsHistory: true);
        Assert.Null(await storage.History.ReadStartAsync(Cancellation));
        await model.AppendAsync(storage.Journal, blocks: 10);
        Assert.Equal(20UL, await storage.History.ReadStartAsync(Cancellation));
        await model.AssertToldAsync(storage.History, from: 20);
    }

    [Theory, MemberData(nameof(Media))]
    public async Task History_begins_with_a_block_that_took_away_more_than_is_kept(Medium medium)
    {
        using var storage = new TestStorage(medium, keepsHistory: true);
        var model = new Model(seed: 5) { KeepsLost = false };
        await model.AppendAsync(storage.Journal, blocks: 40);
        Assert.InRange(model.LastLoss, 10UL, 39UL);
        Assert.Equal(model.LastLoss, await storage.History.ReadStartAsync(Cancellation));
        await model.AssertToldAsync(storage.History, from: (int)model.LastLoss);
    }

    [Fact]
    public async Task Memory_forgets_history_with_its_blocks()
    {
        var journal = new MemoryJournal(limitBytes: 1, keepsHistory: true);
        var model = new Model(seed: 6);
        await model.AppendAsync(journal, blocks: 300);
        var start = await journal.ReadStartAsync(Cancellation);
        Assert.Equal(43UL, start);
        Assert.Null(await journal.ReadBlockAsync(43, Cancellation));
        Assert.NotNull(await journal.ReadBlockAsync(44, Cancellation));
        await model.AssertToldAsync(journal, from: 43);
    }

    [Theory, MemberData(nameof(Media))]
    public async Task A_block_that_is_refused_adds_nothing(Medium medium)
    {
        using var storage = new TestStorage(medium, keepsHistory: true);
        var model = new Model(seed: 7);
        await model.AppendAsync(storage.Journal, blocks: 5);
        var block = model.Next() with { ParentHash = Hash(12345) };
        Assert.Equal(AppendOutcome.WrongParent, await storage.Journal.AppendAsync(block, await storage.Journal.TakeFencingNumberAsync(Cancellation), Cancellation));
        Assert.Equal(AppendOutcome.Fenced, await storage.Journal.AppendAsync(block, 1, Cancellation));
        model.TakeBack();
        await model.AssertToldAsync(storage.History, from: 0);
    }

    /// <summary>A few accounts with a few slots that random blocks change, and all their states.</summary>
    private sealed class Model(int seed)
    {
        private const int Accounts = 5, Slots = 6;

        private static readonly Hash256 SomeRoot = Hash(77);

        private readonly Random _random = new(seed);
        // By height: of each account its balance, or null, and its slots.
        private readonly List<(UInt256? Balance, UInt256[] Slots)[]> _states = [];

        public bool KeepsLost { get; init; } = true;

        public ulong LastLoss { get; private set; }

        public async Task AppendAsync(IJournal journal, int blocks)
        {
            var fence = await journal.TakeFencingNumberAsync(Cancellation);
            for (var i = 0; i < blocks; i++)
            {
                Assert.Equal(AppendOutcome.Committed, await journal.AppendAsync(Next(), fence, Cancellation));
            }
        }

        public JournalBlock Next()
        {
            var number = _states.Count;
            var before = number == 0 ? [.. Enumerable.Range(0, Accounts).Select(_ => ((UInt256?)null, new UInt256[Slots]))] : _states[^1];
            var after = before.Select(account => (account.Balance, Slots: account.Slots.ToArray())).ToArray();
            var accounts = new List<byte[]>();
            var lost = new List<byte[]>();
            for (var i = 0; i < Accounts; i++)
            {
                if (_random.Next(2) == 0)
                {
                    var place = accounts.Count;
                    accounts.Add(Change(i, before[i], ref after[i], out var isLost));
                    if (isLost)
                    {
                        LastLoss = (ulong)number;
                        lost.Add([(byte)place, .. KeepsLost ? LostOf(before[i].Slots) : [0]]);
                    }
                }
            }
            _states.Add(after);
            byte[] list = [(byte)(lost.Count > 0 ? 2 : 1), (byte)accounts.Count, .. accounts.SelectMany(x => x), .. lost.Count > 0 ? [(byte)lost.Count] : Array.Empty<byte>(), .. lost.SelectMany(x => x)];
            return Block((ulong)number, number == 0 ? default : Hash((ulong)number - 1)) with { AccessList = list };
        }

        public void TakeBack() => _states.RemoveAt(_states.Count - 1);

        public async Task AssertToldAsync(IHistoryIndex history, int from)
        {
            for (var number = from; number < _states.Count; number++)
            {
                for (var i = 0; i < Accounts; i++)
                {
                    var (balance, slots) = _states[number][i];
                    var found = await history.FindAccountAsync(AddressOf(i), (ulong)number, Cancellation);
                    Assert.Equal(balance, found is { } account ? account.Record?.Balance : _states[^1][i].Balance);
                    for (var slot = 0; slot < Slots; slot++)
                    {
                        var value = await history.FindSlotAsync(AddressOf(i), (ulong)slot, (ulong)number, Cancellation);
                        Assert.True(slots[slot] == (value ?? _states[^1][i].Slots[slot]), $"seed {seed}, block {number}, account {i}, slot {slot}");
                    }
                }
            }
        }

        private static Address AddressOf(int account) => Address.FromNumber((ulong)account + 1);

        /// <summary>Changes an account; returns its entry in the compact form of version 1.</summary>
        private byte[] Change(int account, (UInt256? Balance, UInt256[] Slots) before, ref (UInt256? Balance, UInt256[] Slots) after, out bool isLost)
        {
            var hadStorage = before.Slots.Any(slot => !slot.IsZero);
            var isDestroyed = before.Balance is not null && _random.Next(6) == 0;
            isLost = isDestroyed && hadStorage;
            if (isDestroyed)
            {
                Array.Clear(after.Slots);
            }
            // Destroyed, and created again in the same block every other time.
            var exists = !isDestroyed || _random.Next(2) == 0;
            after.Balance = exists ? (UInt256)(ulong)_random.Next(1, 200) : null;
            var slots = new List<byte>();
            var named = 0;
            for (var slot = 0; slot < Slots; slot++)
            {
                if (exists && _random.Next(3) == 0)
                {
                    // After a destruction the list says what the slot had then.
                    var value = (byte)_random.Next(3);
                    slots.AddRange([.. Word((byte)slot), .. Word(isLost ? (byte)0 : (byte)before.Slots[slot].U0), 1, 1, .. Word(value)]);
                    after.Slots[slot] = (ulong)value;
                    named++;
                }
            }
            var flags = (before.Balance is null ? 0 : 1) | (exists ? 2 : 0) | (isLost ? 4 : 0) | (hadStorage ? 16 : 0);
            return
            [
                .. AddressOf(account).Span, (byte)flags, .. before.Balance is { } balance ? [1, .. Word((byte)balance.U0)] : Array.Empty<byte>(),
                .. hadStorage ? SomeRoot.ToArray() : [], .. isLost ? [1] : Array.Empty<byte>(), (byte)named, .. slots,
                1, 1, .. Word((byte)(after.Balance ?? 0).U0), 0, 0,
            ];
        }

        private static byte[] LostOf(UInt256[] slots)
        {
            var kept = slots.Select((value, slot) => (Key: KeyHashes.Of((UInt256)(ulong)slot), value)).Where(x => !x.value.IsZero).OrderBy(x => x.Key).ToList();
            return [1, (byte)kept.Count, .. kept.SelectMany(x => (byte[])[.. x.Key.Span, .. Word((byte)x.value.U0)])];
        }

        private static byte[] Word(byte value) => value == 0 ? [0] : [1, value];
    }
}
