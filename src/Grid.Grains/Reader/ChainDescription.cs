using Grid.Chain;

namespace Grid.Grains.Reader;

/// <summary>What never changes about a chain.</summary>
/// <param name="Spec">Forks and blob schedule.</param>
/// <param name="ShardPrefixNibbles">How accounts, and with them the pools of senders, are divided.</param>
/// <param name="IsDevelopment">Whether it is a development chain, on which blocks may be asked for.</param>
[GenerateSerializer, Immutable, Alias("Grid.ChainDescription")]
public sealed record ChainDescription(
    [property: Id(0)] ChainSpec Spec, [property: Id(1)] int ShardPrefixNibbles, [property: Id(2)] bool IsDevelopment)
{
    public static ChainDescription Of(GridOptions options) => new(options.Genesis.Spec, options.ShardPrefixNibbles, options.IsDevelopment);
}
