namespace Grid.Grains;

/// <summary>The places between two steps of the commit protocol, and before and after each durable write: where a crash may come.</summary>
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

    /// <summary>The journal is about to be told what the chain starts from.</summary>
    ChainWriting,

    /// <summary>It says that durably, and there is no block yet.</summary>
    ChainWritten,

    /// <summary>A coordinator is about to take its fencing number, or a genesis block is to be installed.</summary>
    FencingNumberWriting,

    /// <summary>It is durable, and nobody has it.</summary>
    FencingNumberWritten,

    /// <summary>A block is about to be appended, the genesis block among them.</summary>
    BlockWriting,

    /// <summary>It is durable, and who appends it doesn't know.</summary>
    BlockWritten,

    /// <summary>A pool is about to make admissions or removals durable.</summary>
    PoolWriting,

    /// <summary>They are durable, and nobody was answered.</summary>
    PoolWritten,

    /// <summary>A shard is about to write to the store, or the genesis file or its state is to be written.</summary>
    StoreWriting,

    /// <summary>It is durable, and who writes it doesn't know.</summary>
    StoreWritten,

    /// <summary>A data folder or a process on a database is about to write, behind an answer or when the folder is opened, where a block's transactions are.</summary>
    IndexWriting,

    /// <summary>It is durable, and who writes it doesn't know.</summary>
    IndexWritten,
}

/// <summary>Lets tests stop the protocol between two steps, and before and after durable writes. In a node it does nothing.</summary>
public interface IFaultPoints
{
    /// <summary>Called when a step was reached; what it throws ends the turn there, as a crash would.</summary>
    /// <param name="blockNumber">The block at hand; 0 where there is none.</param>
    ValueTask ReachAsync(FaultPoint point, ulong blockNumber);
}

/// <summary>No faults.</summary>
public sealed class NoFaultPoints : IFaultPoints
{
    public ValueTask ReachAsync(FaultPoint point, ulong blockNumber) => ValueTask.CompletedTask;
}
