namespace Grid.Grains.Lanes.Guests;

/// <summary>
/// What it costs to execute work here or there, in nanoseconds of a processor: where a wave's batches go follows from them, and only speed depends
/// on them. The presets are estimates: nothing has fitted them to measurements yet.
/// </summary>
public sealed record PlacementCosts
{
    /// <summary>Executing a transaction, whatever it does.</summary>
    public double ExecuteTransaction { get; init; } = 1_000;

    /// <summary>Executing a unit of gas.</summary>
    public double ExecuteGas { get; init; } = 0.1;

    /// <summary>Sending a transaction to another silo and taking over what came of it: the asking silo's part.</summary>
    public double Send { get; init; } = 2_000;

    /// <summary>The same: the executing silo's part.</summary>
    public double Host { get; init; } = 2_500;

    /// <summary>Fetching the accounts that a transaction needs, where they are on another silo than the one that executes it.</summary>
    public double FetchTransaction { get; init; } = 2_000;

    /// <summary>Fetching the slots that it needs, for each unit of gas: who uses more gas touches more slots.</summary>
    public double FetchGas { get; init; } = 0.15;

    /// <summary>A message to another silo and back, whatever is in it.</summary>
    public double RoundTrip { get; init; } = 400_000;

    /// <summary>Nothing costs anything but gas: work is spread as evenly as it can be.</summary>
    public static PlacementCosts EvenSpread { get; } = new() { ExecuteTransaction = 1, Send = 0, Host = 0, FetchTransaction = 0, FetchGas = 0, RoundTrip = 0 };
}
