namespace Grid.Execution.Waves;

/// <summary>Work that may be done by another process, which has the same state.</summary>
public interface ISendable
{
    /// <summary>Places of the transactions in the block, ascending.</summary>
    int[] Members { get; }

    /// <summary>Takes over what came of it elsewhere (<see cref="GuestBatches.Encode"/>), instead of running it.</summary>
    /// <exception cref="FormatException">These bytes aren't that; the work is as it was, and can be run.</exception>
    void Adopt(ReadOnlySpan<byte> outcome);
}
