using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Snapshots.Past;

/// <summary>
/// Finds code by its hash that some state had: here or in the store, which forgets none, or with the silo of the account's shard, which has what the store
/// hasn't been given yet.
/// </summary>
public sealed class CodeFinder(CodeTable codes, SiloDirectory silos, ShardLayout layout)
{
    /// <summary>Null where none has it: the account's shard is on its way to another silo.</summary>
    public async ValueTask<Bytecode?> FindAsync(Address address, Hash256 codeHash)
    {
        if (codes.TryGet(in codeHash, out var here))
        {
            return here;
        }
        var (active, division) = silos.Divide();
        var owner = active[division[layout.ShardOf(in address)]];
        return owner == silos.Local ? null : await silos.LaneOf(owner).ReadCode(codeHash);
    }
}
