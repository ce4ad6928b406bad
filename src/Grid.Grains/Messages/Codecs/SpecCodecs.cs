using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Grains.Messages.Codecs;

/// <summary>The forks in order; those that never begin are left out.</summary>
[GenerateSerializer, Immutable, Alias("Grid.ChainSpecSurrogate")]
public struct ChainSpecSurrogate
{
    [Id(0)] public ulong ChainId;
    [Id(1)] public ForkSurrogate[] Forks;
    [Id(2)] public UInt256? TerminalTotalDifficulty;
    [Id(3)] public bool DaoForkSupport;
    [Id(4)] public bool RequireSystemContracts;
    [Id(5)] public Address[] SystemContracts;
    [Id(6)] public Address DepositContract;
}

/// <summary>When a fork begins, and the blob parameters from it on: target, maximum and fraction, or none.</summary>
[GenerateSerializer, Immutable, Alias("Grid.ForkSurrogate")]
public struct ForkSurrogate
{
    [Id(0)] public int Fork;
    [Id(1)] public ulong? Activation;
    [Id(2)] public ulong[] Blobs;
}

[RegisterConverter]
public sealed class ChainSpecConverter : IConverter<ChainSpec, ChainSpecSurrogate>
{
    public ChainSpec ConvertFromSurrogate(in ChainSpecSurrogate surrogate)
    {
        var activations = new Dictionary<Fork, ulong>();
        var blobs = new Dictionary<Fork, BlobParameters>();
        foreach (var item in surrogate.Forks)
        {
            if (item.Activation is { } at)
            {
                activations.Add((Fork)item.Fork, at);
            }
            if (item.Blobs is [var target, var max, var fraction])
            {
                blobs.Add((Fork)item.Fork, new BlobParameters(target, max, fraction));
            }
        }
        return new ChainSpec(surrogate.ChainId, activations, blobs)
        {
            TerminalTotalDifficulty = surrogate.TerminalTotalDifficulty,
            DaoForkSupport = surrogate.DaoForkSupport,
            RequireSystemContracts = surrogate.RequireSystemContracts,
            SystemContractAddresses = new SystemContractAddresses(
                surrogate.SystemContracts[0], surrogate.SystemContracts[1], surrogate.SystemContracts[2], surrogate.SystemContracts[3]),
            DepositContract = surrogate.DepositContract,
        };
    }

    public ChainSpecSurrogate ConvertToSurrogate(in ChainSpec value)
    {
        var spec = value;
        var contracts = spec.SystemContractAddresses;
        return new ChainSpecSurrogate
        {
            ChainId = spec.ChainId,
            Forks = [.. Enum.GetValues<Fork>().Select(fork => Of(spec, fork)).Where(x => x.Activation is not null || x.Blobs.Length > 0)],
            TerminalTotalDifficulty = spec.TerminalTotalDifficulty,
            DaoForkSupport = spec.DaoForkSupport,
            RequireSystemContracts = spec.RequireSystemContracts,
            SystemContracts = [contracts.BeaconRoots, contracts.HistoryStorage, contracts.WithdrawalRequests, contracts.ConsolidationRequests],
            DepositContract = spec.DepositContract,
        };
    }

    private static ForkSurrogate Of(ChainSpec spec, Fork fork) => new()
    {
        Fork = (int)fork,
        Activation = spec.ActivationOf(fork),
        Blobs = spec.BlobParametersAt(fork) is { } blobs ? [blobs.Target, blobs.Max, blobs.BaseFeeUpdateFraction] : [],
    };
}
