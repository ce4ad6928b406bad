using Grid.Primitives;

namespace Grid.Node.Torture;

/// <summary>A transaction that was sent.</summary>
internal sealed class TortureTransaction(string raw, string hash)
{
    public string Raw => raw;

    public string Hash => hash;

    /// <summary>Whether the node said that it has it.</summary>
    public bool IsAcknowledged { get; set; }
}

/// <summary>All that the node has said, across its lives: what it must still say after the next crash.</summary>
/// <remarks>Safe because everything is touched under one lock.</remarks>
internal sealed class TortureLedger
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, TortureBlock> _blocks = [];
    private readonly Dictionary<string, ulong> _included = [];
    private readonly List<TortureTransaction> _acknowledged = [];

    public long BlockCount
    {
        get
        {
            lock (_lock)
            {
                return _blocks.Count;
            }
        }
    }

    /// <summary>What was acknowledged, in the order of the answers.</summary>
    public TortureTransaction[] Acknowledged
    {
        get
        {
            lock (_lock)
            {
                return [.. _acknowledged];
            }
        }
    }

    /// <summary>The highest block that was seen.</summary>
    public ulong? Highest
    {
        get
        {
            lock (_lock)
            {
                return _blocks.Count == 0 ? null : _blocks.Keys.Max();
            }
        }
    }

    /// <summary>The hashes of the blocks that were seen from a height on, by height.</summary>
    public KeyValuePair<ulong, string>[] HashesFrom(ulong number)
    {
        lock (_lock)
        {
            return [.. _blocks.Where(x => x.Key >= number).OrderBy(x => x.Key).Select(x => KeyValuePair.Create(x.Key, x.Value.Hash))];
        }
    }

    public bool IsIncluded(string hash)
    {
        lock (_lock)
        {
            return _included.ContainsKey(hash);
        }
    }

    /// <summary>Base fees of the blocks up to a height, in wei: all of them must have been seen.</summary>
    public UInt256 BurntWei(ulong number)
    {
        lock (_lock)
        {
            var sum = UInt256.Zero;
            for (ulong i = 0; i <= number; i++)
            {
                sum += _blocks[i].BurntWei;
            }
            return sum;
        }
    }

    public void Acknowledge(TortureTransaction transaction)
    {
        lock (_lock)
        {
            if (!transaction.IsAcknowledged)
            {
                transaction.IsAcknowledged = true;
                _acknowledged.Add(transaction);
            }
        }
    }

    /// <summary>Takes note of a block.</summary>
    /// <exception cref="TortureException">It isn't what was seen before, doesn't fit its neighbours, or has what another one has.</exception>
    public void See(TortureBlock block)
    {
        lock (_lock)
        {
            if (_blocks.TryGetValue(block.Number, out var seen))
            {
                if (seen.Hash != block.Hash || seen.StateRoot != block.StateRoot || !seen.Transactions.SequenceEqual(block.Transactions))
                {
                    throw new TortureException($"Block {block.Number} was {seen.Hash} with the state root {seen.StateRoot}, and is {block.Hash} with {block.StateRoot}.");
                }
                return;
            }
            Fit(block.Number == 0 ? null : _blocks.GetValueOrDefault(block.Number - 1), block);
            Fit(block, _blocks.GetValueOrDefault(block.Number + 1));
            foreach (var hash in block.Transactions)
            {
                if (!_included.TryAdd(hash, block.Number))
                {
                    throw new TortureException($"The transaction {hash} is in block {block.Number}, and in block {_included[hash]} as well.");
                }
            }
            _blocks.Add(block.Number, block);
        }
    }

    private static void Fit(TortureBlock? parent, TortureBlock? child)
    {
        if (parent is not null && child is not null && child.ParentHash != parent.Hash)
        {
            throw new TortureException($"Block {child.Number} names the parent {child.ParentHash}, and block {parent.Number} is {parent.Hash}.");
        }
    }
}
