using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.Storage;

namespace Grid.Grains.Shards;

/// <summary>The access lists of blocks that shards replay, read and cut once for all shards of the silo: they load at about the same time.</summary>
/// <remarks>
/// Safe because one lock guards the table, nothing waits inside it, and what the tasks give is immutable. Blocks are known by their hashes, so that one of a
/// journal that was replaced isn't taken for another.
/// </remarks>
public sealed class JournalParts(IJournal journal, ShardLayout layout, BackgroundWork background)
{
    /// <summary>Shards replay in step, about.</summary>
    private const int BlocksKept = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<Hash256, Task<AccessListPart[]?>> _blocks = [];
    private readonly Queue<Hash256> _order = [];

    /// <summary>A block's changes by shard; null where the journal lacks it.</summary>
    public async Task<AccessListPart[]?> GetAsync(ulong number)
    {
        if (await journal.ReadHashAsync(number) is not { } hash)
        {
            return null;
        }
        Task<AccessListPart[]?>? read;
        lock (_lock)
        {
            if (!_blocks.TryGetValue(hash, out read))
            {
                // Away from the scheduler of the grain that comes first: others wait for it, too.
                read = background.Run(() => ReadAsync(number));
                _blocks.Add(hash, read);
                _order.Enqueue(hash);
                if (_order.Count > BlocksKept)
                {
                    _blocks.Remove(_order.Dequeue());
                }
            }
        }
        try
        {
            return await read;
        }
        catch (StorageException)
        {
            // Whoever asks next may be luckier.
            lock (_lock)
            {
                _blocks.Remove(hash);
            }
            throw;
        }
    }

    private async Task<AccessListPart[]?> ReadAsync(ulong number) => await journal.ReadBlockAsync(number) is { } block
        ? AccessListPart.Split(BlockAccessList.Decode(block.AccessList.Span), layout)
        : null;
}
