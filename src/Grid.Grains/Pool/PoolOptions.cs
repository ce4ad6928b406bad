namespace Grid.Grains.Pool;

/// <summary>The limits of one pool grain; a cluster has one per shard.</summary>
public sealed record PoolOptions
{
    /// <summary>The most transactions of one pool.</summary>
    public int LimitPerPool { get; init; } = 20_000;

    /// <summary>The most transactions of one sender, and how far a nonce may be ahead of the account's.</summary>
    public int LimitPerSender { get; init; } = 4_096;

    /// <summary>The longest network encoding, in bytes; geth's limit.</summary>
    public int TransactionSizeBytesMax { get; init; } = 128 * 1024;

    /// <summary>The least priority fee per gas, in wei.</summary>
    public ulong PriorityFeePerGasMin { get; init; }

    /// <summary>How much more a replacement must pay, in percent.</summary>
    public int ReplacementPercent { get; init; } = 10;

    /// <summary>The same for transactions with blobs.</summary>
    public int BlobReplacementPercent { get; init; } = 100;

    /// <summary>After this time in the pool a transaction that no block included is dropped.</summary>
    public TimeSpan Expiry { get; init; } = TimeSpan.FromHours(3);
}
