using Grid.Primitives;

namespace Grid.Execution.Profiles;

/// <summary>A slot that a call accessed.</summary>
/// <param name="Value">What it was before the transaction.</param>
public readonly record struct ObservedSlot(Address Account, UInt256 Key, bool IsWrite, UInt256 Value);

/// <summary>What one call accessed, in the order of the first accesses. Immutable.</summary>
/// <param name="WasRepeated">Whether it had to be executed again, because it was executed beside something that it conflicts with.</param>
public sealed record CallObservation(
    Address Contract, Address Caller, ReadOnlyMemory<byte> Input, ulong GasUsed, ObservedSlot[] Slots, bool WasRepeated);

/// <summary>How good predictions were.</summary>
/// <param name="Right">Calls that accessed nothing that wasn't expected.</param>
/// <param name="Partly">Calls that accessed something else, too.</param>
/// <param name="Wrong">Calls that accessed nothing of what was expected, or of which nothing was known.</param>
public readonly record struct PredictionScore(int Right, int Partly, int Wrong)
{
    public static PredictionScore operator +(PredictionScore a, PredictionScore b) => new(a.Right + b.Right, a.Partly + b.Partly, a.Wrong + b.Wrong);
}
