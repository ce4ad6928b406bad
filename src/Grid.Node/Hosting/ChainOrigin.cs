using Grid.Chain;
using Grid.Grains;
using Grid.Grains.Hosting;
using Grid.Grains.Placement;
using Grid.Storage;

namespace Grid.Node.Hosting;

/// <summary>What a chain starts from: a genesis file, what its data says, or the development chain.</summary>
/// <param name="IsDevelopment">Whether it is the built-in development chain, whose keys everybody knows.</param>
public sealed record ChainOrigin(Genesis Genesis, bool IsDevelopment)
{
    /// <summary>
    /// Reads the genesis for a journal. A file that the data was made from is read without its accounts: they are in the data. Without a file
    /// it is what the data was made from, or for new data the development chain.
    /// </summary>
    /// <param name="path">The genesis file; null where none is given.</param>
    /// <exception cref="GenesisFormatException">The file isn't a genesis file.</exception>
    /// <exception cref="StorageException">The journal can't be read.</exception>
    public static async Task<ChainOrigin> LoadAsync(string? path, IJournal journal, TimeProvider time, CancellationToken cancellation)
    {
        var chain = await journal.ReadChainAsync(cancellation);
        var first = await journal.ReadBlockAsync(0, cancellation);
        if (path is not null)
        {
            var file = await File.ReadAllBytesAsync(path, cancellation);
            var isKnown = first is not null && chain?.Fingerprint == Genesis.FingerprintOf(file);
            return new ChainOrigin(isKnown ? Genesis.ParseWithoutAccounts(file) : Genesis.Parse(file), IsDevelopment: false);
        }
        if (chain is not null)
        {
            var json = Decompress(chain);
            return new ChainOrigin(first is null ? Genesis.Parse(json) : Genesis.ParseWithoutAccounts(json), IsDevelopment: false);
        }
        return new ChainOrigin(DevelopmentGenesis(first, time), IsDevelopment: true);
    }

    /// <summary>Writes the genesis state and block where there is none yet; afterwards the accounts aren't needed any more.</summary>
    /// <exception cref="StorageException">The data belongs to another chain, or can't be read or written.</exception>
    public async Task<ChainOrigin> InstallAsync(NodeStorage storage, CancellationToken cancellation)
    {
        await GenesisInstaller.InstallAsync(Genesis, storage.Journal, storage.Store, new ShardLayout(new GridOptions { Genesis = Genesis }.ShardPrefixNibbles), cancellation);
        return this with { Genesis = Genesis.WithoutAccounts() };
    }

    /// <summary>The whole genesis that a journal's data was made from, accounts and all.</summary>
    /// <exception cref="StorageException">There is no chain, or the journal can't be read.</exception>
    public static async Task<Genesis> ReadAsync(IJournal journal, CancellationToken cancellation)
    {
        var first = await journal.ReadBlockAsync(0, cancellation) ?? throw new StorageException(StorageError.Incompatible, "there is no chain");
        return await journal.ReadChainAsync(cancellation) is { } chain ? Genesis.Parse(Decompress(chain)) : DevelopmentGenesis(first, TimeProvider.System);
    }

    /// <summary>
    /// The development chain's genesis: it begins when the chain is made, so a node that is started again takes the time from the
    /// chain that it finds.
    /// </summary>
    private static Genesis DevelopmentGenesis(JournalBlock? first, TimeProvider time)
    {
        var timestamp = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
        if (first is not null)
        {
            timestamp = Block.TryDecode(first.Block.Span, out var block, out var error)
                ? block.Header.Timestamp
                : throw new StorageException(StorageError.Corrupt, $"the genesis block can't be decoded: {error}");
        }
        return DevelopmentAccounts.Genesis(timestamp);
    }

    private static byte[] Decompress(ChainRecord chain)
    {
        try
        {
            return GenesisCompression.Decompress(chain.Genesis);
        }
        catch (InvalidDataException error)
        {
            throw new StorageException(StorageError.Corrupt, $"the chain's genesis file: {error.Message}", error);
        }
    }
}
