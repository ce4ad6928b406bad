using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State.Tests.Overlay;

public sealed class OverlayTests
{
    private static readonly Address s_alice = Address.FromNumber(0xa11ce);
    private static readonly Address s_bob = Address.FromNumber(0xb0b);
    private static readonly UInt256 s_slot = 1;

    private static WorldTrie World(params (Address Address, ulong Balance, ulong StorageOfSlotOne)[] accounts) => WorldTrie.Empty().Apply(
    [
        .. accounts.Select(account => new AccountChange(
            account.Address, null, AccountRecord.Empty with { Balance = account.Balance }, false,
            new[] { new SlotChange(s_slot, 0, account.StorageOfSlotOne) }, null)),
    ]);

    [Fact]
    public void What_is_not_at_hand_is_named_and_a_discarded_transaction_can_run_again()
    {
        var world = World((s_alice, 5, 7));
        var overlay = new JournaledOverlay(new Nothing(), new OverlayRules());
        overlay.BeginTransaction();
        Assert.False(overlay.WarmAccount(in s_bob));
        Assert.False(overlay.TryTransfer(in s_alice, in s_bob, 1));
        Assert.Equal([s_alice, s_bob], overlay.Misses.Select(miss => miss.Address));
        overlay.ClearMisses();
        overlay.DiscardTransaction();

        overlay.Reader = new WithoutStorage(world);
        overlay.BeginTransaction();
        Assert.False(overlay.IsWarmAccount(in s_bob));
        Assert.True(overlay.TryTransfer(in s_alice, in s_bob, 1));
        Assert.False(overlay.TryGetStorage(in s_alice, in s_slot, out _));
        Assert.Equal([new StateMiss(MissKind.Storage, s_alice, s_slot, default)], overlay.Misses);
        overlay.DiscardTransaction();
        Assert.Equal(0, overlay.AccessedAccountCount);

        overlay.Reader = world;
        overlay.BeginTransaction();
        Assert.True(overlay.TryTransfer(in s_alice, in s_bob, 1));
        Assert.True(overlay.TryGetStorage(in s_alice, in s_slot, out var value));
        Assert.Equal(7, value);
        overlay.EndTransaction();
        Assert.Equal(4, overlay.CollectChanges().Single(change => change.Address == s_alice).After!.Value.Balance);
    }

    [Fact]
    public void A_reverted_call_leaves_its_reads_but_not_its_writes()
    {
        var overlay = new JournaledOverlay(World((s_alice, 5, 7)), new OverlayRules());
        overlay.BeginTransaction();
        var snapshot = overlay.Snapshot();
        Assert.True(overlay.TryGetStorage(in s_alice, in s_slot, out _));
        overlay.SetStorage(in s_alice, in s_slot, 9);
        Assert.True(overlay.TryTransfer(in s_alice, in s_bob, 5));
        overlay.Revert(snapshot);
        overlay.EndTransaction();
        Assert.Equal([s_alice, s_bob], [overlay.AccessedAccount(0).Address, overlay.AccessedAccount(1).Address]);
        Assert.False(overlay.AccessedAccount(0).IsChanged);
        Assert.False(overlay.AccessedSlot(0).IsChanged);
        Assert.Equal(7, overlay.AccessedSlot(0).Before);
        Assert.Empty(overlay.CollectChanges());
    }

    [Fact]
    public void A_value_that_returns_to_what_it_was_is_no_change_but_was_written()
    {
        var overlay = new JournaledOverlay(World((s_alice, 5, 7)), new OverlayRules());
        foreach (var value in (ulong[])[9, 7])
        {
            overlay.BeginTransaction();
            Assert.True(overlay.TryGetStorage(in s_alice, in s_slot, out _));
            overlay.SetStorage(in s_alice, in s_slot, value);
            overlay.EndTransaction();
            Assert.True(overlay.AccessedSlot(0).IsChanged);
            Assert.Equal(value == 7, overlay.AccessedSlot(0).WrittenBefore);
        }
        Assert.Empty(overlay.CollectChanges());
    }

    [Fact]
    public void Credits_read_nothing()
    {
        var overlay = new JournaledOverlay(World((s_alice, 5, 0)), new OverlayRules());
        overlay.BeginTransaction();
        Assert.True(overlay.TryAddBalance(in s_bob, 1));
        Assert.True(overlay.TryGetBalance(in s_alice, out _));
        overlay.EndTransaction();
        Assert.Equal(AccountFields.None, overlay.AccessedAccount(0).Reads);
        Assert.Equal(AccountFields.Balance, overlay.AccessedAccount(1).Reads);
        overlay.BeginTransaction();
        Assert.True(overlay.TryGetNonce(in s_bob, out _));
        overlay.EndTransaction();
        Assert.Equal(AccountFields.Balance | AccountFields.Existence, overlay.AccessedAccount(0).WrittenBefore);
    }

    [Fact]
    public void Transactions_do_not_nest()
    {
        var overlay = new JournaledOverlay(WorldTrie.Empty(), new OverlayRules());
        Assert.Throws<InvalidOperationException>(overlay.EndTransaction);
        Assert.Throws<InvalidOperationException>(overlay.DiscardTransaction);
        Assert.Throws<InvalidOperationException>(() => overlay.TryAddBalance(in s_alice, 1));
        overlay.BeginTransaction();
        Assert.Throws<InvalidOperationException>(overlay.BeginTransaction);
    }

    [Fact]
    public void More_is_taken_than_there_is()
    {
        var overlay = new JournaledOverlay(World((s_alice, 5, 0)), new OverlayRules());
        overlay.BeginTransaction();
        Assert.Throws<InvalidOperationException>(() => overlay.TrySubtractBalance(in s_alice, 6));
    }

    [Fact]
    public void Thousands_of_accounts_and_slots_keep_their_values()
    {
        var overlay = new JournaledOverlay(WorldTrie.Empty(), new OverlayRules());
        overlay.BeginTransaction();
        for (ulong i = 1; i <= 5000; i++)
        {
            Assert.True(overlay.TryAddBalance(Address.FromNumber(i), i));
            Assert.True(overlay.TryGetStorage(in s_alice, i, out _));
            overlay.SetStorage(in s_alice, i, i);
        }
        overlay.EndTransaction();
        overlay.BeginTransaction();
        for (ulong i = 1; i <= 5000; i++)
        {
            Assert.True(overlay.TryGetBalance(Address.FromNumber(i), out var balance));
            Assert.True(overlay.TryGetStorage(in s_alice, i, out var value));
            Assert.Equal((i, i), (balance.U0, value.U0));
        }
    }

    private sealed class Nothing : IStateReader
    {
        public bool TryGetAccount(in Address address, out AccountRecord? record)
        {
            record = null;
            return false;
        }

        public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
        {
            value = default;
            return false;
        }

        public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code)
        {
            code = null;
            return false;
        }
    }

    private sealed class WithoutStorage(WorldTrie world) : IStateReader
    {
        public bool TryGetAccount(in Address address, out AccountRecord? record) => world.TryGetAccount(in address, out record);

        public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
        {
            value = default;
            return false;
        }

        public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code) => world.TryGetCode(in address, in codeHash, out code);
    }
}
