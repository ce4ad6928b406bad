namespace Grid.Grains.Lanes.Guests;

/// <summary>
/// What it costs to execute work here or there, in nanoseconds of a processor: where a wave's batches go follows from them, and only speed depends
/// on them. The presets come from the shares of a processor profile of
/// <c>grid bench block --engine grid --silos 2 --lanes 1</c> over ERC-20 transfers, rounded.
/// </summary>
public sealed record PlacementCosts
{
    /// <summary>Executing a transaction, whatever it does.</summary>
    public double ExecuteTransaction { get; init; } = 1_000;

    /// <summary>Executing a unit of gas.</summary>
    public double ExecuteGas { get; init; } = 0.1;

    /// <summary>Sending a transaction to another silo and taking over what came of it: the asking silo's part.</summary>
    public double Send { get; init; } = 1_700;

    /// <summary>The same: the executing silo's part.</summary>
    public double Host { get; init; } = 1_500;

    /// <summary>Sending the accounts that a transaction needs with it, where the asking silo has them and the executing one hasn't.</summary>
    public double ShipTransaction { get; init; } = 500;

    /// <summary>Sending the slots that it needs, for each unit of gas: who uses more gas touches more slots.</summary>
    public double ShipGas { get; init; } = 0.03;

    /// <summary>Taking in the accounts that a transaction needs from another silo: the executing silo's part.</summary>
    public double FetchTransaction { get; init; } = 500;

    /// <summary>The same for the slots, for each unit of gas.</summary>
    public double FetchGas { get; init; } = 0.02;

    /// <summary>A message to another silo and back, whatever is in it.</summary>
    public double RoundTrip { get; init; } = 400_000;

    /// <summary>Nothing costs anything but gas: work is spread as evenly as it can be.</summary>
    public static PlacementCosts EvenSpread { get; } = new() { ExecuteTransaction = 1, Send = 0, Host = 0, ShipTransaction = 0, ShipGas = 0, FetchTransaction = 0, FetchGas = 0, RoundTrip = 0 };
}
