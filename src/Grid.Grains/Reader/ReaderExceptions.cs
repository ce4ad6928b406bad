namespace Grid.Grains.Reader;

/// <summary>There is no such block.</summary>
[GenerateSerializer, Alias("Grid.BlockNotFoundException")]
public sealed class BlockNotFoundException : Exception
{
    public BlockNotFoundException()
        : base("The block isn't in the chain.")
    {
    }
}

/// <summary>The state after this block is no longer kept.</summary>
[GenerateSerializer, Alias("Grid.StateUnavailableException")]
public sealed class StateUnavailableException(ulong number, ulong oldest)
    : Exception($"The state after block {number} is not kept; the oldest one is that after block {oldest}.")
{
    [Id(0)] public ulong Number { get; } = number;

    [Id(1)] public ulong Oldest { get; } = oldest;
}

/// <summary>The state after this block can be read, but it is too old for its tries to be made again.</summary>
[GenerateSerializer, Alias("Grid.ProofUnavailableException")]
public sealed class ProofUnavailableException(ulong number, ulong oldest)
    : Exception($"Nothing can be proved after block {number}; the oldest state whose tries can be made again is that after block {oldest}.")
{
    [Id(0)] public ulong Number { get; } = number;

    [Id(1)] public ulong Oldest { get; } = oldest;
}

/// <summary>Between a block and the head more has changed than is taken back for a proof.</summary>
[GenerateSerializer, Alias("Grid.ProofTooFarException")]
public sealed class ProofTooFarException(ulong number, int allowed)
    : Exception($"A proof after block {number} would take back more changes of accounts and slots than the limit of {allowed}.")
{
    [Id(0)] public ulong Number { get; } = number;

    /// <summary>The most changes that are taken back.</summary>
    [Id(1)] public int Allowed { get; } = allowed;
}

/// <summary>More slots are to be proved at once than the limit allows.</summary>
[GenerateSerializer, Alias("Grid.ProofLimitException")]
public sealed class ProofLimitException(int asked, int allowed) : Exception($"{asked} slots are more than one proof may have: {allowed}.")
{
    [Id(0)] public int Asked { get; } = asked;

    [Id(1)] public int Allowed { get; } = allowed;
}

/// <summary>Which limit a log query broke.</summary>
public enum LogQueryLimit
{
    /// <summary>Blocks in the range.</summary>
    Blocks,

    /// <summary>Logs in the answer.</summary>
    Logs,

    /// <summary>The range ends before it begins, or beyond the head.</summary>
    Range,
}

/// <summary>A log query that asks for more than a limit allows.</summary>
[GenerateSerializer, Alias("Grid.LogQueryException")]
public sealed class LogQueryException(LogQueryLimit limit, ulong allowed) : Exception($"The query breaks the limit {limit}: {allowed}.")
{
    [Id(0)] public LogQueryLimit Limit { get; } = limit;

    /// <summary>The most that the limit allows.</summary>
    [Id(1)] public ulong Allowed { get; } = allowed;
}
