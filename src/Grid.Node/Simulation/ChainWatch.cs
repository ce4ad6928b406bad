using System.Collections.Immutable;
using Grid.Chain;
using Grid.Execution.Import;
using Grid.Grains.Snapshots;
using Grid.Node.Simulation.Runtime;
using Grid.Node.Verify;
using Grid.Primitives;
using Grid.State;
using Grid.Storage;

namespace Grid.Node.Simulation;

/// <summary>
/// Sees each durable append and each head that a silo shows, and holds them against what must always hold. It keeps its own chain and its own state, made by
/// sequential execution, and asks the journal for nothing but ancestors.
/// </summary>
internal sealed class ChainWatch
{
    private readonly SimulatedWorld _world;
    private readonly VerifiedRange _oracle;
    private readonly List<(Hash256 Hash, SliceRoot[] Slices)> _chain = [];
    private readonly Dictionary<Hash256, ulong> _included = [];
    private readonly Dictionary<Address, ulong> _nonces = [];
    private readonly Dictionary<SimulatedSilo, StateView> _heads = [];
    private ulong _fencingNumber;

    public ChainWatch(SimulatedWorld world, SimulationScene scene)
    {
        _world = world;
        var header = scene.Block.Header;
        _oracle = new VerifiedRange(
            scene.Genesis.Spec, world.Database.Journal, new ImportParent(header, header.Difficulty), scene.State, new BlockHashWindow(0, ImmutableArray.Create(header.Hash)));
        _chain.Add((header.Hash, SlicesOf(scene.State)));
    }

    /// <summary>What didn't hold first; null while all does.</summary>
    public string? Violation { get; private set; }

    public ulong HeadNumber => (ulong)_chain.Count - 1;

    public int TransactionCount => _included.Count;

    public void Violate(string what)
    {
        if (Violation is null)
        {
            Violation = what;
            _world.Trace($"VIOLATION: {what}");
        }
    }

    public bool IsIncluded(in Hash256 transaction) => _included.ContainsKey(transaction);

    /// <summary>How many transactions of the sender the chain has.</summary>
    public ulong NonceOf(in Address sender) => _nonces.GetValueOrDefault(sender);

    public void FencingNumberTaken(ulong number)
    {
        if (number <= _fencingNumber)
        {
            Violate($"fencing number {number} was handed out after {_fencingNumber}");
        }
        _fencingNumber = number;
    }

    /// <summary>The journal has said that a block is committed.</summary>
    public void Committed(JournalBlock block, ulong fencingNumber)
    {
        if (fencingNumber != _fencingNumber)
        {
            Violate($"block {block.Number} was committed under fencing number {fencingNumber} after {_fencingNumber} had been handed out");
        }
        else if (block.Number < (ulong)_chain.Count)
        {
            Violate($"block {block.Number} was committed twice, as {_chain[(int)block.Number].Hash} and as {block.Hash}");
        }
        else if (block.Number > (ulong)_chain.Count || block.ParentHash != _chain[^1].Hash)
        {
            Violate($"block {block.Number} doesn't follow block {_chain.Count - 1}");
        }
        else if (_oracle.VerifyAsync(block).GetAwaiter().GetResult() is { } error)
        {
            Violate($"block {block.Number} {error}");
        }
        else
        {
            _chain.Add((block.Hash, SlicesOf(_oracle.State)));
            Include(block);
        }
    }

    /// <summary>What a silo shows as its head is a committed block, never an earlier one than before, with that block's state.</summary>
    public void CheckHead(SimulatedSilo silo)
    {
        if (silo.Snapshot.Head is not { } head || _heads.GetValueOrDefault(silo) is var last && head == last)
        {
            return;
        }
        _heads[silo] = head;
        if (head.Number >= (ulong)_chain.Count || head.Header.Hash != _chain[(int)head.Number].Hash)
        {
            Violate($"{silo.Name} shows block {head.Number} as {head.Header.Hash}, which wasn't committed");
            return;
        }
        if (last is not null && head.Number < last.Number)
        {
            Violate($"{silo.Name} shows block {head.Number} after block {last.Number}");
            return;
        }
        for (var shard = 0; shard < head.Shards.Length; shard++)
        {
            if (head.Shards[shard] is { } slice && slice.Root() != _chain[(int)head.Number].Slices[shard])
            {
                Violate($"{silo.Name} shows another state in shard {shard} than block {head.Number} has");
                return;
            }
        }
    }

    private void Include(JournalBlock block)
    {
        for (var i = 0; i < block.TransactionHashes.Length; i++)
        {
            var sender = block.Senders.Span[i];
            _nonces[sender] = _nonces.GetValueOrDefault(sender) + 1;
            if (!_included.TryAdd(block.TransactionHashes.Span[i], block.Number))
            {
                Violate($"transaction {block.TransactionHashes.Span[i]} is in block {_included[block.TransactionHashes.Span[i]]} and in block {block.Number}");
            }
        }
    }

    private static SliceRoot[] SlicesOf(WorldTrie state)
    {
        var roots = new SliceRoot[state.Shards.Length];
        for (var i = 0; i < roots.Length; i++)
        {
            roots[i] = state.Shards[i].Root();
        }
        return roots;
    }
}
