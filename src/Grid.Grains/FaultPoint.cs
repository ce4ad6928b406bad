namespace Grid.Grains;

/// <summary>The places between two steps of the commit protocol: where a crash may come.</summary>
public enum FaultPoint
{
    /// <summary>Transactions are ordered, nothing is executed.</summary>
    Ordered,

    /// <summary>The strand is executed, nothing is applied.</summary>
    Executed,

    /// <summary>A shard has its account grains' answers, but hasn't taken the new slice over.</summary>
    StorageApplied,

    /// <summary>All shards have applied, the block isn't sealed.</summary>
    Applied,

    /// <summary>The block is sealed, not appended.</summary>
    Sealed,

    /// <summary>The block is in the journal, and nobody was told.</summary>
    Appended,

    /// <summary>Silos show the block, pools don't know of it.</summary>
    Published,
}

/// <summary>Lets tests stop the protocol between two steps. In a node it does nothing.</summary>
public interface IFaultPoints
{
    /// <summary>Called when a step was reached; what it throws ends the turn there, as a crash would.</summary>
    ValueTask ReachAsync(FaultPoint point, ulong blockNumber);
}

/// <summary>No faults.</summary>
public sealed class NoFaultPoints : IFaultPoints
{
    public ValueTask ReachAsync(FaultPoint point, ulong blockNumber) => ValueTask.CompletedTask;
}
