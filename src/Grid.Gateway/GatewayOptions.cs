namespace Grid.Gateway;

/// <summary>The gateway's limits.</summary>
public sealed record GatewayOptions
{
    /// <summary>Bytes of a request's body; a larger one is answered with 413.</summary>
    public int BodyBytesMax { get; init; } = 5 * 1024 * 1024;

    /// <summary>Calls in a JSON-RPC batch.</summary>
    public int BatchCallsMax { get; init; } = 1_000;

    /// <summary>Bytes of a batch's answer; the calls after it get an error.</summary>
    public int BatchAnswerBytesMax { get; init; } = 25 * 1024 * 1024;

    /// <summary>Levels of nesting in a request.</summary>
    public int JsonDepthMax { get; init; } = 32;

    /// <summary>Transactions in one REST submission.</summary>
    public int SubmitTransactionsMax { get; init; } = 10_000;

    /// <summary>Transactions of a block that one REST answer shows.</summary>
    public int BlockTransactionsMax { get; init; } = 1_000;

    /// <summary>Requests that are worked on at once.</summary>
    public int ConcurrentRequestsMax { get; init; } = 256;

    /// <summary>Requests that wait for their turn; the next one is answered with 429.</summary>
    public int WaitingRequestsMax { get; init; } = 1_024;

    /// <summary>What the wallet is told to offer the beneficiary, in wei per gas.</summary>
    public ulong SuggestedPriorityFeePerGas { get; init; } = 1_000_000_000;

    /// <summary>Whether the silo beside the gateway has Orleans' dashboard, to be shown at /orleans.</summary>
    public bool ShowsOrleansDashboard { get; init; } = true;
}
