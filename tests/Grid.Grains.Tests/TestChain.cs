using Grid.Chain;
using Grid.Grains.Coordinator;
using Grid.Grains.Hosting;
using Grid.Grains.Reader;
using Grid.Grains.Tests.Lanes;
using Grid.Primitives;
using Grid.Storage;
using Grid.Storage.Memory;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace Grid.Grains.Tests;

/// <summary>A cluster on the development genesis, with blocks on demand, and the transactions to feed it.</summary>
internal sealed class TestChain : IAsyncDisposable
{
    public const ulong GenesisTimestamp = 1_700_000_000;

    private readonly ulong[] _nonces = new ulong[DevelopmentAccounts.Signers.Count];

    private TestChain(LocalCluster cluster, IJournal journal, IStateStore store, GridOptions options)
    {
        (Cluster, Journal, Store, Options) = (cluster, journal, store, options);
        Coordinator = cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        Reader = cluster.Grains.GetGrain<IChainReaderGrain>(0);
    }

    public LocalCluster Cluster { get; }

    public IJournal Journal { get; }

    public IStateStore Store { get; }

    public GridOptions Options { get; }

    public IBlockCoordinatorGrain Coordinator { get; }

    public IChainReaderGrain Reader { get; }

    public static GridOptions DefaultOptions { get; } = new()
    {
        Genesis = DevelopmentAccounts.Genesis(GenesisTimestamp),
        MakeBlocks = false,
        Beneficiary = Address.Parse("0xc014ba5ec014ba5ec014ba5ec014ba5ec014ba5e"),
        StoreInterval = TimeSpan.FromMilliseconds(20),
    };

    public static async Task<TestChain> StartAsync(int silos = 1, GridOptions? options = null, IFaultPoints? faults = null, TimeProvider? time = null, IJournal? journal = null, IStateStore? store = null,
        IHistoryIndex? history = null, SiloCallCounter? calls = null)
    {
        options ??= DefaultOptions;
        (journal, store) = (journal ?? new MemoryJournal(), store ?? new MemoryStateStore());
        var cluster = await LocalCluster.StartAsync(options, silos, journal, store, (_, silo) => Configure(silo, faults, time, calls), history);
        return new TestChain(cluster, journal, store, options);
    }

    public Transaction Transfer(int from, Address to, UInt256 value) => Sign(from, to, value, [], 21_000);

    public Transaction Sign(int from, Address? to, UInt256 value, byte[] data, ulong gasLimit, ulong? nonce = null, ulong tipGwei = 1) =>
        DevelopmentAccounts.Signers[from].Sign(new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = DevelopmentAccounts.ChainId,
            Nonce = nonce ?? _nonces[from]++,
            GasLimit = gasLimit,
            MaxFeePerGas = 20_000_000_000,
            MaxPriorityFeePerGas = tipGwei * 1_000_000_000,
            To = to,
            Value = value,
            Data = data,
        });

    /// <summary>Goes on after transactions that were made elsewhere.</summary>
    public void SkipNonces(IEnumerable<Transaction> transactions)
    {
        foreach (var transaction in transactions)
        {
            var account = DevelopmentAccounts.Signers.ToList().FindIndex(signer => signer.Address == transaction.Sender);
            _nonces[account] = Math.Max(_nonces[account], transaction.Nonce + 1);
        }
    }

    /// <summary>Makes a block of the transactions; its time follows from its height, so that runs are equal.</summary>
    public async Task<BlockSummary> MakeAsync(params Transaction[] transactions)
    {
        var head = (await Reader.GetChainInfo()).Head;
        return (await Coordinator.MakeBlock(new BlockRequest { AllowEmpty = true, Transactions = transactions, Timestamp = head.Timestamp + 12 }))!;
    }

    /// <summary>All blocks above genesis.</summary>
    public async Task<List<Block>> BlocksAsync()
    {
        var blocks = new List<Block>();
        for (ulong number = 1; await Reader.GetBlock(BlockSelector.At(number)) is { } view; number++)
        {
            blocks.Add(view.Block);
        }
        return blocks;
    }

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();

    private static void Configure(ISiloBuilder silo, IFaultPoints? faults, TimeProvider? time, SiloCallCounter? calls)
    {
        calls?.Watch(silo);
        if (faults is not null)
        {
            silo.Services.AddSingleton(faults);
        }
        if (time is not null)
        {
            silo.Services.AddSingleton(time);
        }
    }
}
