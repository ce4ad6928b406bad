using Grid.Chain;
using Grid.Grains.Hosting;
using Grid.Grains.Placement;
using Grid.Storage;
using Grid.Storage.Memory;

namespace Grid.Grains.Tests.Hosting;

/// <summary>The data of one chain is never taken for another one's.</summary>
public sealed class GenesisInstallerTests
{
    private static readonly Genesis Ours = DevelopmentAccounts.Genesis(TestChain.GenesisTimestamp);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_installed_once()
    {
        var (journal, store) = (new MemoryJournal(), new MemoryStateStore());
        var first = await InstallAsync(Ours, journal, store);
        Assert.Equal(first.Hash, (await InstallAsync(Ours, journal, store)).Hash);
        Assert.Equal(0UL, (await journal.ReadHeadAsync(Cancellation))!.Number);
    }

    [Fact]
    public async Task Another_genesis_block_is_refused()
    {
        var (journal, store) = (new MemoryJournal(), new MemoryStateStore());
        await InstallAsync(Ours, journal, store);
        await RefusedAsync(DevelopmentAccounts.Genesis(TestChain.GenesisTimestamp + 1), journal, store);
    }

    [Fact]
    public async Task After_an_interruption_the_same_state_goes_on_and_another_one_is_refused()
    {
        var store = new MemoryStateStore();
        await InstallAsync(Ours, new MemoryJournal(), store);
        // The state was written, the block wasn't.
        var journal = new MemoryJournal();
        await RefusedAsync(With([.. Ours.Accounts.Skip(1)]), journal, store);
        await RefusedAsync(With([.. Ours.Accounts, new GenesisAccount(Primitives.Address.FromNumber(99), 1)]), journal, store);
        await RefusedAsync(With([.. Ours.Accounts.SkipLast(1), Ours.Accounts[^1] with { Balance = 1 }]), journal, store);
        Assert.Null(await journal.ReadHeadAsync(Cancellation));
        await InstallAsync(Ours, journal, store);
        Assert.NotNull(await journal.ReadHeadAsync(Cancellation));
    }

    private static Genesis With(GenesisAccount[] accounts) =>
        new() { Spec = Ours.Spec, Accounts = accounts, Timestamp = Ours.Timestamp, GasLimit = Ours.GasLimit };

    private static Task<BlockHeader> InstallAsync(Genesis genesis, IJournal journal, IStateStore store) =>
        GenesisInstaller.InstallAsync(genesis, journal, store, ShardLayout.Sixteen, Cancellation);

    private static async Task RefusedAsync(Genesis genesis, IJournal journal, IStateStore store) =>
        Assert.Equal(StorageError.Incompatible, (await Assert.ThrowsAsync<StorageException>(() => InstallAsync(genesis, journal, store))).Error);
}
