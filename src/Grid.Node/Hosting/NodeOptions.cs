using System.Net;
using Grid.Chain;
using Grid.Grains;
using Grid.Node.Hosting.Limits;
using Grid.Primitives;

namespace Grid.Node.Hosting;

/// <summary>What a process that holds a part of the chain was asked for.</summary>
/// <param name="Genesis">What the chain starts from.</param>
/// <param name="IsDevelopment">Whether it is the built-in development chain, whose keys everybody knows.</param>
/// <param name="Listen">Where HTTP is served.</param>
/// <param name="BlockTime">The time between blocks; zero for a block as soon as a transaction waits.</param>
/// <param name="Lanes">Lane threads.</param>
/// <param name="Beneficiary">Who is paid the priority fees.</param>
/// <param name="Storage">What the chain is kept in: for people.</param>
/// <param name="Memory">What the process may take; null for all it needs.</param>
/// <param name="IsArchive">Whether the state after every block can be read.</param>
/// <param name="Limits">The limits that were chosen.</param>
/// <param name="Collector">The OpenTelemetry collector that gets the metrics; null for none.</param>
public sealed record NodeOptions(
    Genesis Genesis, bool IsDevelopment, IPEndPoint Listen, TimeSpan BlockTime, int Lanes, Address Beneficiary, string Storage, MemoryPlan? Memory, bool IsArchive,
    ChosenLimits Limits, Uri? Collector = null)
{
    public GridOptions ToGridOptions()
    {
        var options = new GridOptions { Genesis = Genesis, IsDevelopment = IsDevelopment, BlockTime = BlockTime, Lanes = Lanes, Beneficiary = Beneficiary };
        return Limits.Apply(Memory is { } memory ? memory.Limit(options) : options);
    }
}
