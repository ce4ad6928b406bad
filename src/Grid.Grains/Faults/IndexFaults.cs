using Grid.Storage;

namespace Grid.Grains.Faults;

/// <summary>Lets the write be interrupted that a data folder makes behind its answers, before and after it.</summary>
/// <remarks>Whoever writes waits here: it is a thread of the folder's own, or the one that opens it.</remarks>
public sealed class IndexFaults(IFaultPoints faults) : IIndexWatch
{
    public void Writing(ulong number) => Reach(FaultPoint.IndexWriting, number);

    public void Written(ulong number) => Reach(FaultPoint.IndexWritten, number);

    private void Reach(FaultPoint point, ulong number) => faults.ReachAsync(point, number).AsTask().GetAwaiter().GetResult();
}
