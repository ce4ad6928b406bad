using Grid.Storage;

namespace Grid.Grains.Faults;

/// <summary>Lets the write be interrupted that is made behind the answers of a data folder or a database, before and after it.</summary>
/// <remarks>Whoever writes waits here: a thread of the folder's own, or the one that opens it, or one that writes behind a database's answers.</remarks>
public sealed class IndexFaults(IFaultPoints faults) : IIndexWatch
{
    public void Writing(ulong number) => Reach(FaultPoint.IndexWriting, number);

    public void Written(ulong number) => Reach(FaultPoint.IndexWritten, number);

    private void Reach(FaultPoint point, ulong number) => faults.ReachAsync(point, number).AsTask().GetAwaiter().GetResult();
}
