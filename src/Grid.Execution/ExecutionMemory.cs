using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Waves;
using Grid.State;

namespace Grid.Execution;

/// <summary>
/// The tables that executing a block fills, to be used again for the next one: a lane keeps one. Not thread-safe, and of one execution
/// at a time.
/// </summary>
public sealed class ExecutionMemory
{
    private TransactionWorld? _world;
    private AccessListBuilder? _accesses;
    private TouchLog? _touches;

    internal TransactionWorld World(IStateReader reader, Fork fork)
    {
        if (_world is null)
        {
            return _world = new TransactionWorld(reader, fork);
        }
        _world.Reset(reader, fork);
        return _world;
    }

    internal TouchLog Touches()
    {
        _touches ??= new TouchLog();
        _touches.Clear();
        return _touches;
    }

    internal AccessListBuilder Accesses()
    {
        _accesses ??= new AccessListBuilder();
        _accesses.Clear();
        return _accesses;
    }
}
