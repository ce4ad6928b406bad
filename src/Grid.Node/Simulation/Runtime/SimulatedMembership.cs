using Orleans.Runtime;

namespace Grid.Node.Simulation.Runtime;

/// <summary>The membership as one silo believes it to be.</summary>
internal sealed class SimulatedMembership(SimulatedSilo silo) : ISiloStatusOracle, ILocalSiloDetails
{
    public string Name => silo.Name;

    public string ClusterId => "simulated";

    public string DnsHostName => "localhost";

    public SiloAddress SiloAddress => silo.Address;

    public SiloAddress GatewayAddress => silo.Address;

    public SiloStatus CurrentStatus => SiloStatus.Active;

    public string SiloName => silo.Name;

    public SiloStatus GetApproximateSiloStatus(SiloAddress siloAddress) => silo.View.Contains(siloAddress) ? SiloStatus.Active : SiloStatus.Dead;

    public Dictionary<SiloAddress, SiloStatus> GetApproximateSiloStatuses(bool onlyActive = false) => silo.View.ToDictionary(x => x, _ => SiloStatus.Active);

    public SiloAddress[] GetActiveSilos() => [.. silo.View];

    public bool TryGetSiloName(SiloAddress siloAddress, out string siloName)
    {
        siloName = silo.World.Silos.Find(other => other.Address.Equals(siloAddress))?.Name!;
        return siloName is not null;
    }

    public bool IsFunctionalDirectory(SiloAddress siloAddress) => silo.View.Contains(siloAddress);

    public bool IsDeadSilo(SiloAddress silo1) => !silo.View.Contains(silo1);

    public bool SubscribeToSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();

    public bool UnSubscribeFromSiloStatusEvents(ISiloStatusListener observer) => throw new NotSupportedException();
}
