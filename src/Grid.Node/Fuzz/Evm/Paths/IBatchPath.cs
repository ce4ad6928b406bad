using Grid.Node.Fixtures;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>A path whose set-up is slow, so that many cases of one fork share it: each becomes a block of one chain.</summary>
internal interface IBatchPath : ISlowPath
{
    int BatchSize { get; }

    /// <summary>Whether the case's fork is one that it can have.</summary>
    bool Takes(PreparedCase prepared);

    /// <summary>The first case that differs ends the batch, since those after it build on it: its place, and what differs. Null for none.</summary>
    (int Place, IReadOnlyList<Difference> Differences)? CheckAll(IReadOnlyList<PreparedCase> batch, CancellationToken cancellation);
}
