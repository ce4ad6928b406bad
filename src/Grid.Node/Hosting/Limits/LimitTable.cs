using Grid.Chain;
using Grid.Gateway;
using Grid.Grains;
using Grid.Grains.Pool;
using Grid.Storage.Postgres;

namespace Grid.Node.Hosting.Limits;

/// <summary>All limits that can be set, each with the options record that has it. What follows from --memory isn't here.</summary>
internal static class LimitTable
{
    private const long MiB = 1L << 20;

    /// <summary>Of processes that hold a part of the chain.</summary>
    public static IReadOnlyList<Limit<GridOptions>> Chain { get; } =
    [
        Pool("pool-transactions", "transactions that wait in one of the 16 pools", 1, 10_000_000, x => x.LimitPerPool, (x, n) => x with { LimitPerPool = (int)n }),
        Pool("pool-sender", "transactions of one sender that wait, and how far a nonce may be ahead", 1, 1_000_000, x => x.LimitPerSender, (x, n) => x with { LimitPerSender = (int)n }),
        Pool("pool-transaction-bytes", "bytes of a transaction", 1_024, 8 * MiB, x => x.TransactionSizeBytesMax, (x, n) => x with { TransactionSizeBytesMax = (int)n }),
        Pool("pool-priority-fee", "the least priority fee, in wei per gas", 0, long.MaxValue, x => (long)x.PriorityFeePerGasMin, (x, n) => x with { PriorityFeePerGasMin = (ulong)n }),
        Pool("pool-replacement", "how much more a replacement pays, in percent", 0, 1_000, x => x.ReplacementPercent, (x, n) => x with { ReplacementPercent = (int)n }),
        Pool("pool-blob-replacement", "the same for transactions with blobs", 0, 1_000, x => x.BlobReplacementPercent, (x, n) => x with { BlobReplacementPercent = (int)n }),
        Pool("pool-expiry", "seconds after which a transaction that no block included is dropped", 1, 30 * 86_400, x => (long)x.Expiry.TotalSeconds, (x, n) => x with { Expiry = TimeSpan.FromSeconds(n) }),
        new("block-transactions", "transactions of a block that is made here", 1, 1_000_000, x => x.BlockTransactionsMax, (x, n) => x with { BlockTransactionsMax = (int)n }),
        new("store-lag", "blocks that the store may be behind the states kept in memory before blocks wait for it", 1, 4_096, x => x.StoreLagBlocksMax, (x, n) => x with { StoreLagBlocksMax = (int)n }),
        new("states", "blocks whose state stays in memory for readers, the head included", 2, 1_024, x => x.StatesKept, (x, n) => x with { StatesKept = (int)n }),
        new("history-blocks", "blocks before the head whose state can be read, without --archive", 8, 8_192, x => x.HistoryBlocks, (x, n) => x with { HistoryBlocks = (int)n }),
        new("history-mib", "MiB that their values before take in memory", 1, 1 << 20, x => x.HistoryBytesMax / MiB, (x, n) => x with { HistoryBytesMax = n * MiB }),
        new("past-readers", "readers of older states at work at once", 1, 4_096, x => x.PastReadersMax, (x, n) => x with { PastReadersMax = (int)n }),
        new("past-states", "older states whose tries are kept for further proofs", 1, 1_024, x => x.PastSlicesKept, (x, n) => x with { PastSlicesKept = (int)n }),
        new("archive-proof-blocks", "blocks before the head for which an archive proves", 8, 10_000_000, x => x.ArchiveProofBlocks, (x, n) => x with { ArchiveProofBlocks = (int)n }),
        new("archive-proof-changes", "accounts and slots that a proof of an old state takes back", 1_024, 100_000_000, x => x.ArchiveProofChangesMax, (x, n) => x with { ArchiveProofChangesMax = (int)n }),
        new("lost-slots", "slots of destroyed accounts that a block keeps for history", 0, 100_000_000, x => x.LostSlotsMax, (x, n) => x with { LostSlotsMax = (int)n }),
        new("block-cache-mib", "MiB of decoded blocks that were read last", 1, 1 << 20, x => x.BlockCacheBytesMax / MiB, (x, n) => x with { BlockCacheBytesMax = n * MiB }),
        new("profiles", "contracts whose access profile is kept", 1, 100_000_000, x => x.ProfilesMax, (x, n) => x with { ProfilesMax = (int)n }),
        new("prediction-sources", "slots on other silos that are fetched before a block to predict with", 0, 1_000_000, x => x.PredictionSourcesMax, (x, n) => x with { PredictionSourcesMax = (int)n }),
        new("grain-places", "grains whose silo is remembered", 1_024, 100_000_000, x => x.GrainPlacesMax, (x, n) => x with { GrainPlacesMax = (int)n }),
        new("call-gas", "gas of an eth_call or eth_estimateGas", 21_000, 100_000_000_000, x => (long)x.CallGasMax, (x, n) => x with { CallGasMax = (ulong)n }),
        new("proof-slots", "slots of an eth_getProof", 1, 1_000_000, x => x.ProofSlotsMax, (x, n) => x with { ProofSlotsMax = (int)n }),
        new("log-blocks", "blocks that an eth_getLogs spans", 1, 1_000_000_000, x => (long)x.LogBlocksMax, (x, n) => x with { LogBlocksMax = (ulong)n }),
        new("logs", "logs that an eth_getLogs answers", 1, 10_000_000, x => x.LogsMax, (x, n) => x with { LogsMax = (int)n }),
    ];

    /// <summary>Of processes that answer over HTTP.</summary>
    public static IReadOnlyList<Limit<GatewayOptions>> Gateway { get; } =
    [
        new("request-bytes", "bytes of a request", 1_024, 1 << 30, x => x.BodyBytesMax, (x, n) => x with { BodyBytesMax = (int)n }),
        new("request-depth", "levels of nesting in a request", 4, 1_000, x => x.JsonDepthMax, (x, n) => x with { JsonDepthMax = (int)n }),
        new("batch-calls", "calls in a JSON-RPC batch", 1, 1_000_000, x => x.BatchCallsMax, (x, n) => x with { BatchCallsMax = (int)n }),
        new("batch-answer-bytes", "bytes of a batch's answer", 1_024, 1 << 30, x => x.BatchAnswerBytesMax, (x, n) => x with { BatchAnswerBytesMax = (int)n }),
        new("submit-transactions", "transactions in a REST submission", 1, 1_000_000, x => x.SubmitTransactionsMax, (x, n) => x with { SubmitTransactionsMax = (int)n }),
        new("answer-transactions", "transactions of a block in a REST answer", 1, 1_000_000, x => x.BlockTransactionsMax, (x, n) => x with { BlockTransactionsMax = (int)n }),
        new("requests", "requests that are worked on at once", 1, 100_000, x => x.ConcurrentRequestsMax, (x, n) => x with { ConcurrentRequestsMax = (int)n }),
        new("requests-waiting", "requests that wait for their turn; the next is told 429", 0, 1_000_000, x => x.WaitingRequestsMax, (x, n) => x with { WaitingRequestsMax = (int)n }),
    ];

    /// <summary>Of processes with --database.</summary>
    public static IReadOnlyList<Limit<PostgresOptions>> Database { get; } =
    [
        new("database-connections", "connections of this process", 2, PostgresOptions.PoolSizeLimit, x => x.PoolSize, (x, n) => x with { PoolSize = (int)n }),
        new("database-connect", "seconds that a connection may take to be made, or to be free", 1, 1_000, x => (long)x.ConnectTimeout.TotalSeconds, (x, n) => x with { ConnectTimeout = TimeSpan.FromSeconds(n) }),
        new("database-command", "seconds that a statement may take", 1, 1_000, x => (long)x.CommandTimeout.TotalSeconds, (x, n) => x with { CommandTimeout = TimeSpan.FromSeconds(n) }),
        new("database-index-lag", "blocks that the index of transactions may be behind before blocks wait for it", 1, PostgresOptions.BlocksBehindLimit, x => x.BlocksBehindMax, (x, n) => x with { BlocksBehindMax = (int)n }),
    ];

    public static IReadOnlyList<LimitDescription> All { get; } =
    [
        .. Chain.Select(limit => limit.Describe(new GridOptions { Genesis = DevelopmentAccounts.Genesis(0) })),
        .. Gateway.Select(limit => limit.Describe(new GatewayOptions())),
        .. Database.Select(limit => limit.Describe(new PostgresOptions(""))),
    ];

    private static Limit<GridOptions> Pool(string name, string meaning, long min, long max, Func<PoolOptions, long> get, Func<PoolOptions, long, PoolOptions> with) =>
        new(name, meaning, min, max, x => get(x.Pool), (x, n) => x with { Pool = with(x.Pool, n) });
}
