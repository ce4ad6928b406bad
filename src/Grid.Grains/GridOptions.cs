using Grid.Chain;
using Grid.Execution.Waves;
using Grid.Grains.Lanes.Guests;
using Grid.Grains.Pool;
using Grid.Primitives;

namespace Grid.Grains;

/// <summary>How the grains of a cluster work. The same on every silo.</summary>
public sealed record GridOptions
{
    /// <summary>What the chain starts from.</summary>
    public required Genesis Genesis { get; init; }

    /// <summary>Whether it is a development chain, whose keys everybody knows, and whose gateways may be asked for blocks.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>Nibbles of keccak(address) that name a shard: 1 or 2. Fixed when the data is created.</summary>
    public int ShardPrefixNibbles { get; init; } = 1;

    /// <summary>Lane threads of each silo.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>How blocks are divided among lanes; its number of lanes isn't looked at.</summary>
    public ParallelSettings Execution { get; init; } = new() { Lanes = 1 };

    /// <summary>What decides which silo executes what.</summary>
    public PlacementCosts Placement { get; init; } = new();

    /// <summary>Slots of other silos whose values predictions follow from that are fetched before each block; further ones are guessed.</summary>
    public int PredictionSourcesMax { get; init; } = 4_096;

    /// <summary>Contracts whose profile a silo keeps.</summary>
    public int ProfilesMax { get; init; } = 65_536;

    /// <summary>The time between blocks; zero: a block as soon as a transaction waits.</summary>
    public TimeSpan BlockTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether blocks are made by time or by waiting transactions at all, or only on demand.</summary>
    public bool MakeBlocks { get; init; } = true;

    /// <summary>Who is paid the priority fees.</summary>
    public Address Beneficiary { get; init; }

    /// <summary>The most transactions of one block.</summary>
    public int BlockTransactionsMax { get; init; } = 50_000;

    /// <summary>Blocks whose state silos keep for reading, the head included.</summary>
    public int StatesKept { get; init; } = 8;

    /// <summary>
    /// Blocks before the head whose state can be read: what silos keep, and what is rebuilt from the journal's values before.
    /// </summary>
    public int HistoryBlocks { get; init; } = 128;

    /// <summary>Bytes that the values before of those blocks may take in a silo's memory while nobody reads.</summary>
    public long HistoryBytesMax { get; init; } = 256L << 20;

    /// <summary>Readers of states that silos don't keep that are at work at once; others wait.</summary>
    public int PastReadersMax { get; init; } = 16;

    /// <summary>States that silos don't keep of which a silo keeps its slices for further proofs.</summary>
    public int PastSlicesKept { get; init; } = 4;

    /// <summary>Blocks before the head after which an archive proves, by taking back what has changed since: reading so many from the journal takes some seconds.</summary>
    public int ArchiveProofBlocks { get; init; } = 8_192;

    /// <summary>Accounts and slots that a proof may take back on a silo, each counted once; some 300 bytes each while it is made.</summary>
    public int ArchiveProofChangesMax { get; init; } = 262_144;

    /// <summary>
    /// Slots of destroyed accounts that one block keeps in the journal, so that states before it can be rebuilt. Where a block destroys more, history begins
    /// with it.
    /// </summary>
    public int LostSlotsMax { get; init; } = 262_144;

    /// <summary>
    /// How many blocks the store may trail the oldest state that is kept before a shard writes to it within a block's turn. It never comes nearer
    /// to the head than that state, so that all of them can load from it.
    /// </summary>
    public int StoreLagBlocksMax { get; init; } = 64;

    /// <summary>
    /// What a silo's shards may keep in memory of states that a store on disk has, in bytes: more is dropped, and loaded when it is needed. What the
    /// store lacks and what is in use stays in any case.
    /// </summary>
    public long StateBytesMax { get; init; } = long.MaxValue;

    /// <summary>How long after a commit a shard writes to the store what was committed until then.</summary>
    public TimeSpan StoreInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A managed heap that is larger than this, in bytes, has shards let go of what they can, too.</summary>
    public long HeapBytesMax { get; init; } = long.MaxValue;

    /// <summary>How often a shard lets go of what it can, where there is a limit.</summary>
    public TimeSpan EvictInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What decoded blocks that were read last may take on a silo, in bytes, about.</summary>
    public long BlockCacheBytesMax { get; init; } = 256L << 20;

    /// <summary>Grains of which a silo remembers where they are; Orleans takes memory for all of them at once, some 20 bytes each.</summary>
    public int GrainPlacesMax { get; init; } = 65_536;

    /// <summary>Gas that one eth_call or eth_estimateGas may use.</summary>
    public ulong CallGasMax { get; init; } = 50_000_000;

    /// <summary>Slots that one proof may have.</summary>
    public int ProofSlotsMax { get; init; } = 1_024;

    /// <summary>Blocks that one log query may span.</summary>
    public ulong LogBlocksMax { get; init; } = 10_000;

    /// <summary>Logs that one query may return.</summary>
    public int LogsMax { get; init; } = 20_000;

    public PoolOptions Pool { get; init; } = new();
}
