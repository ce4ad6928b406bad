using Grid.Chain;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.Storage;

namespace Grid.Grains.Reader;

/// <summary>Finds logs by going through blocks; the headers' blooms say which can be left out.</summary>
public sealed class LogSearch(GridOptions options, SiloSnapshot snapshot, IJournal journal, BlockCache blocks)
{
    /// <exception cref="LogQueryException">The query asks for more than a limit allows.</exception>
    /// <exception cref="BlockNotFoundException">The block that the query names isn't there.</exception>
    public async Task<LogView[]> SearchAsync(LogQuery query)
    {
        var head = snapshot.Head?.Number ?? 0;
        ulong from, to;
        if (query.BlockHash is { } hash)
        {
            from = to = await journal.FindBlockAsync(hash) is { } number && number <= head ? number : throw new BlockNotFoundException();
        }
        else
        {
            from = await Number(query.From, head);
            to = Math.Min(await Number(query.To, head), head);
            if (from > to)
            {
                throw new LogQueryException(LogQueryLimit.Range, head);
            }
            if (to - from >= options.LogBlocksMax)
            {
                throw new LogQueryException(LogQueryLimit.Blocks, options.LogBlocksMax);
            }
        }
        var found = new List<LogView>();
        for (var number = from; number <= to; number++)
        {
            if (await blocks.GetAsync(number) is { } block && MayMatch(block.Block.Header.LogsBloom, query))
            {
                Collect(block, query, found);
            }
        }
        return [.. found];
    }

    private async ValueTask<ulong> Number(BlockSelector selector, ulong head) => selector.Tag switch
    {
        BlockTag.Latest => head,
        BlockTag.Earliest => 0,
        BlockTag.Number => selector.Number,
        _ => await journal.FindBlockAsync(selector.Hash) ?? throw new BlockNotFoundException(),
    };

    private void Collect(DecodedBlock block, LogQuery query, List<LogView> found)
    {
        var header = block.Block.Header;
        var logIndex = 0;
        for (var i = 0; i < block.Receipts.Length; i++)
        {
            foreach (var log in block.Receipts[i].Logs)
            {
                if (Matches(log, query))
                {
                    if (found.Count >= options.LogsMax)
                    {
                        throw new LogQueryException(LogQueryLimit.Logs, (ulong)options.LogsMax);
                    }
                    found.Add(new LogView(log, header.Number, header.Hash, header.Timestamp, block.Block.Transactions[i].Hash, i, logIndex));
                }
                logIndex++;
            }
        }
    }

    private static bool MayMatch(Bloom bloom, LogQuery query) =>
        !bloom.IsEmpty
        && (query.Addresses.Length == 0 || Array.Exists(query.Addresses, address => bloom.MayContain(address.Span)))
        && Array.TrueForAll(query.Topics, alternatives => alternatives.Length == 0 || Array.Exists(alternatives, topic => bloom.MayContain(topic.Span)));

    private static bool Matches(Log log, LogQuery query)
    {
        if ((query.Addresses.Length > 0 && Array.IndexOf(query.Addresses, log.Address) < 0) || query.Topics.Length > log.Topics.Length)
        {
            return false;
        }
        for (var i = 0; i < query.Topics.Length; i++)
        {
            if (query.Topics[i].Length > 0 && Array.IndexOf(query.Topics[i], log.Topics[i]) < 0)
            {
                return false;
            }
        }
        return true;
    }
}
