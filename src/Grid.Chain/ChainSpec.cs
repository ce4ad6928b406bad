using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Blob parameters from one fork on (EIP-7840): blobs a block aims at and may have, and how fast the fee moves.</summary>
public sealed record BlobParameters(ulong Target, ulong Max, ulong BaseFeeUpdateFraction)
{
    /// <summary>EIP-4844.</summary>
    public static readonly BlobParameters Cancun = new(3, 6, 3338477);

    /// <summary>EIP-7691.</summary>
    public static readonly BlobParameters Prague = new(6, 9, 5007716);
}

/// <summary>
/// What makes a chain: its id and when each fork begins. Forks up to Gray Glacier begin at a block, Paris at a total difficulty,
/// later ones at a time. Immutable.
/// </summary>
public sealed record ChainSpec
{
    private const int ForkCount = (int)Fork.Amsterdam + 1;

    private readonly ulong?[] _activations = new ulong?[ForkCount];
    private readonly BlobParameters?[] _blobs = new BlobParameters?[ForkCount];

    /// <param name="activations">Block number (up to Gray Glacier) or seconds since 1970 (from Shanghai on) at which a fork begins.</param>
    /// <param name="blobSchedule">Parameters that begin with a fork; a fork without own ones keeps its predecessor's.</param>
    public ChainSpec(ulong chainId, IReadOnlyDictionary<Fork, ulong> activations, IReadOnlyDictionary<Fork, BlobParameters>? blobSchedule = null)
    {
        ChainId = chainId;
        foreach (var (fork, at) in activations)
        {
            _activations[(int)fork] = at;
        }
        BlobParameters? current = null;
        for (var fork = Fork.Cancun; fork <= Fork.Amsterdam; fork++)
        {
            current = fork switch
            {
                Fork.Cancun => BlobParameters.Cancun,
                Fork.Prague => BlobParameters.Prague,
                _ => current,
            };
            if (blobSchedule is not null && blobSchedule.TryGetValue(fork, out var own))
            {
                current = own;
            }
            _blobs[(int)fork] = current;
        }
    }

    public ulong ChainId { get; }

    /// <summary>The total difficulty from whose block on Paris holds (EIP-3675); null for never, zero for from genesis on.</summary>
    public UInt256? TerminalTotalDifficulty { get; init; }

    /// <summary>Whether the DAO's irregular state change (EIP-779) is made at its fork's block.</summary>
    public bool DaoForkSupport { get; init; }

    /// <summary>
    /// Whether a block is invalid when the contracts of EIP-7002 and EIP-7251 have no code, as the EIPs demand. A development chain whose
    /// genesis lacks them goes without, and its requests are empty.
    /// </summary>
    public bool RequireSystemContracts { get; init; } = true;

    /// <summary>Whom the protocol itself calls.</summary>
    public SystemContractAddresses SystemContractAddresses { get; init; } = SystemContractAddresses.Mainnet;

    /// <summary>EIP-6110: the contract whose events are deposit requests.</summary>
    public Address DepositContract { get; init; } = MainnetDepositContract;

    public static readonly Address MainnetDepositContract = Address.Parse("0x00000000219ab540356cbb839cbe05303d7705fa");

    /// <summary>A chain on which one fork, and all before it, hold from genesis on.</summary>
    public static ChainSpec From(Fork fork, ulong chainId = 1, IReadOnlyDictionary<Fork, BlobParameters>? blobSchedule = null)
    {
        var activations = new Dictionary<Fork, ulong>();
        for (var f = Fork.Frontier; f <= fork; f++)
        {
            activations[f] = 0;
        }
        return new ChainSpec(chainId, activations, blobSchedule) { TerminalTotalDifficulty = fork >= Fork.Paris ? UInt256.Zero : null };
    }

    /// <summary>The same chain, tolerant or strict about missing system contracts.</summary>
    public ChainSpec WithSystemContractsRequired(bool required) => this with { RequireSystemContracts = required };

    /// <summary>The block number or time at which a fork begins; null for never. Paris has none: see <see cref="TerminalTotalDifficulty"/>.</summary>
    public ulong? ActivationOf(Fork fork) => _activations[(int)fork];

    /// <summary>The fork that a block follows.</summary>
    /// <param name="timestamp">Seconds since 1970.</param>
    /// <param name="isAfterMerge">Whether the parent's total difficulty has reached the terminal one; its blocks have no difficulty.</param>
    public Fork ForkAt(ulong number, ulong timestamp, bool isAfterMerge)
    {
        if (isAfterMerge)
        {
            for (var fork = Fork.Amsterdam; fork >= Fork.Shanghai; fork--)
            {
                if (_activations[(int)fork] is { } at && at <= timestamp)
                {
                    return fork;
                }
            }
            return Fork.Paris;
        }
        for (var fork = Fork.GrayGlacier; fork > Fork.Frontier; fork--)
        {
            if (_activations[(int)fork] is { } at && at <= number)
            {
                return fork;
            }
        }
        return Fork.Frontier;
    }

    /// <summary>The fork that a block has to follow after a chain of this total difficulty: what an imported block is checked by.</summary>
    /// <param name="parentTotalDifficulty">The sum of the difficulties from genesis up to the block's parent.</param>
    public Fork ForkAfter(in UInt256 parentTotalDifficulty, BlockHeader header) =>
        ForkAt(header.Number, header.Timestamp, TerminalTotalDifficulty is { } terminal && parentTotalDifficulty >= terminal);

    /// <summary>The fork of a valid block with this header: after the merge difficulty is zero (EIP-3675), before it never.</summary>
    public Fork ForkOf(BlockHeader header) => ForkAt(header.Number, header.Timestamp, TerminalTotalDifficulty is not null && header.Difficulty.IsZero);

    /// <summary>By value, the tables of forks and blob parameters included.</summary>
    public bool Equals(ChainSpec? other) =>
        other is not null && ChainId == other.ChainId && TerminalTotalDifficulty == other.TerminalTotalDifficulty && DaoForkSupport == other.DaoForkSupport
        && RequireSystemContracts == other.RequireSystemContracts && SystemContractAddresses == other.SystemContractAddresses
        && DepositContract == other.DepositContract && _activations.AsSpan().SequenceEqual(other._activations) && _blobs.AsSpan().SequenceEqual(other._blobs);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(ChainId);
        hash.Add(TerminalTotalDifficulty);
        Array.ForEach(_activations, at => hash.Add(at));
        return hash.ToHashCode();
    }

    /// <summary>The blob parameters at a fork; null before Cancun.</summary>
    public BlobParameters? BlobParametersAt(Fork fork) => _blobs[(int)fork];
}
