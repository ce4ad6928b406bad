using Grid.Node.Fuzz;
using Grid.Primitives;

namespace Grid.Node.Torture;

/// <summary>Compares what a node says after a crash with all that it has said before.</summary>
internal sealed class TortureAudit(TortureLedger ledger, TortureTraffic traffic, Dice dice)
{
    private const int BlocksPerCall = 200, TransactionsPerCall = 500, ResubmittedMax = 20;

    /// <summary>Acknowledged transactions that were sent again.</summary>
    public long Resubmitted { get; private set; }

    /// <exception cref="TortureException">Something is lost, changed, or there twice.</exception>
    public async Task RunAsync(TortureClient client)
    {
        // Taken before the node is asked: what is acknowledged later may be newer than the answers.
        var acknowledged = ledger.Acknowledged;
        var head = await client.GetHeadNumberAsync();
        if (ledger.Highest is { } highest && head < highest)
        {
            throw new TortureMissingException($"Block {highest} was seen, and the head is {head}.");
        }
        await SeeBlocksAsync(client, 0, head);
        await FindAsync(client, acknowledged);
        await SumAsync(client, head);
        await ResubmitAsync(client, acknowledged);
    }

    /// <summary>Waits until everything that was acknowledged is in a block.</summary>
    /// <exception cref="TortureException">It isn't in time.</exception>
    public async Task DrainAsync(TortureClient client, TimeSpan limit)
    {
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        // Whoever looked at the head now and then has missed blocks below the highest.
        for (ulong from = 0; ;)
        {
            var head = await client.GetHeadNumberAsync();
            await SeeBlocksAsync(client, from, head);
            from = head;
            var waiting = ledger.Acknowledged.Where(x => !ledger.IsIncluded(x.Hash)).ToArray();
            if (waiting.Length == 0)
            {
                return;
            }
            if (System.Diagnostics.Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new TortureException($"{waiting.Length} acknowledged transactions are in no block after {limit.TotalSeconds} s, {waiting[0].Hash} the first of them.");
            }
            await Task.Delay(50);
        }
    }

    private async Task SeeBlocksAsync(TortureClient client, ulong first, ulong last)
    {
        for (var from = first; from <= last; from += BlocksPerCall)
        {
            var numbers = new List<ulong>();
            for (var number = from; number <= last && numbers.Count < BlocksPerCall; number++)
            {
                numbers.Add(number);
            }
            var blocks = await client.GetBlocksAsync(numbers);
            for (var i = 0; i < blocks.Length; i++)
            {
                ledger.See(blocks[i] ?? throw new TortureMissingException($"Block {numbers[i]} is missing, and the head is {last}."));
            }
        }
    }

    private async Task FindAsync(TortureClient client, TortureTransaction[] acknowledged)
    {
        foreach (var batch in acknowledged.Where(x => !ledger.IsIncluded(x.Hash)).Chunk(TransactionsPerCall))
        {
            var known = await client.KnowsAsync([.. batch.Select(x => x.Hash)]);
            if (Array.IndexOf(known, false) is >= 0 and var place)
            {
                throw new TortureMissingException(
                    $"The transaction {batch[place].Hash} was acknowledged, and is neither in a block nor in the pool; so are {known.Count(x => !x)} of {batch.Length} that no block had.");
            }
        }
    }

    /// <summary>Value moves, and base fees are burnt; none comes or goes.</summary>
    private async Task SumAsync(TortureClient client, ulong head)
    {
        var (number, balances) = await client.GetBalancesAsync(traffic.Holders);
        await SeeBlocksAsync(client, Math.Min(head, number), number);
        var sum = ledger.BurntWei(number);
        foreach (var balance in balances)
        {
            sum += balance;
        }
        if (sum != TortureTraffic.SupplyWei)
        {
            throw new TortureException($"After block {number} all balances and the burnt fees come to {sum} wei, not {TortureTraffic.SupplyWei}.");
        }
    }

    /// <summary>What is sent again is known, and the next audit finds it in one block only.</summary>
    private async Task ResubmitAsync(TortureClient client, TortureTransaction[] acknowledged)
    {
        if (acknowledged.Length == 0)
        {
            return;
        }
        var again = Enumerable.Range(0, Math.Min(acknowledged.Length, ResubmittedMax)).Select(_ => dice.Pick(acknowledged)).Append(acknowledged[^1]).ToArray();
        var results = await client.SubmitAsync([.. again.Select(x => x.Raw)]);
        var hashes = await client.SendAsync([.. again.Select(x => x.Raw)]);
        for (var i = 0; i < again.Length; i++)
        {
            if (results[i].Hash != again[i].Hash || results[i].Status != "known" || hashes[i] != again[i].Hash)
            {
                throw new TortureException(
                    $"The acknowledged transaction {again[i].Hash}, sent again, was answered with {results[i].Status} {results[i].Hash} ({results[i].Problem?.Detail}), and with {hashes[i]}.");
            }
        }
        Resubmitted += again.Length;
    }
}
