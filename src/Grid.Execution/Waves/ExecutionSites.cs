using Grid.Primitives;

namespace Grid.Execution.Waves;

/// <summary>Processes that share a block's work, each of which has a part of the state.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="SiteOf">The one that has an account with its storage, from 0.</param>
public sealed record ExecutionSites(int Count, Func<Address, int> SiteOf)
{
    /// <summary>All state is here.</summary>
    public static readonly ExecutionSites One = new(1, static _ => 0);
}
