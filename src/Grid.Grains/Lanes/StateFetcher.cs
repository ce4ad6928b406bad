using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Lanes;

/// <summary>Fetches what a lane missed: one message per silo.</summary>
public sealed class StateFetcher(SiloDirectory silos, ShardLayout layout, IGrainFactory grains)
{
    /// <summary>The most items of one message.</summary>
    private const int ItemsPerMessageMax = 16_384;

    /// <summary>Fetches what an executor missed and adds it to the state.</summary>
    /// <exception cref="StateMovedException">A silo no longer keeps the state after the block.</exception>
    public Task FetchAsync(FetchedState state, IReadOnlyCollection<StateMiss> misses)
    {
        // An account that is called will run its code: asking for both saves a round.
        var accounts = misses.Where(miss => miss.Kind != MissKind.Storage).Select(miss => miss.Address).Distinct().ToArray();
        var slots = misses.Where(miss => miss.Kind == MissKind.Storage).Select(miss => new SlotKey(miss.Address, miss.Slot)).Distinct().ToArray();
        return FetchAsync(state, accounts, slots, accounts);
    }

    /// <summary>Fetches everything and adds it to the state.</summary>
    /// <exception cref="StateMovedException">A silo no longer keeps the state after the block.</exception>
    public async Task FetchAsync(FetchedState state, IReadOnlyCollection<Address> accounts, IReadOnlyCollection<SlotKey> slots, IReadOnlyCollection<Address> codes)
    {
        var active = silos.ActiveSilos();
        var number = state.View.Number;
        var queries = new List<(int Silo, StateQuery Query)>();
        for (var silo = 0; silo < active.Length; silo++)
        {
            var index = silo;
            var wanted = new StateQuery(
                number,
                [.. accounts.Where(address => SiloOf(in address) == index)],
                [.. slots.Where(key => SiloOf(key.Address) == index)],
                [.. codes.Where(address => SiloOf(in address) == index)]);
            queries.AddRange(Cut(wanted).Select(query => (index, query)));
        }
        var answers = await Task.WhenAll(queries.Select(x => ReadAsync(active[x.Silo], x.Query)));
        for (var i = 0; i < answers.Length; i++)
        {
            state.Add(queries[i].Query, answers[i]);
        }

        int SiloOf(in Address address) => layout.SiloIndexOf(layout.ShardOf(in address), active.Length);
    }

    /// <summary>From the silo that should have it; where shards have moved, from the shards' grains themselves.</summary>
    private async Task<StateValues> ReadAsync(Orleans.Runtime.SiloAddress silo, StateQuery query)
    {
        if (silo != silos.Local && await silos.LaneOf(silo).Read(query) is { } values)
        {
            return values;
        }
        var accounts = query.Accounts.ToDictionary(x => x, _ => (AccountRecord?)null);
        var slots = query.Slots.ToDictionary(x => x, _ => UInt256.Zero);
        var codes = query.Codes.ToDictionary(x => x, _ => (Bytecode?)null);
        var shards = query.Accounts.Concat(query.Codes).Concat(query.Slots.Select(x => x.Address)).Select(x => layout.ShardOf(in x)).Distinct();
        foreach (var shard in shards)
        {
            var part = new StateQuery(
                query.Number,
                [.. query.Accounts.Where(x => layout.ShardOf(in x) == shard)],
                [.. query.Slots.Where(x => layout.ShardOf(x.Address) == shard)],
                [.. query.Codes.Where(x => layout.ShardOf(in x) == shard)]);
            var answer = await grains.GetGrain<Shards.IStateShardGrain>(shard).Read(part) ?? throw new StateMovedException(query.Number);
            for (var i = 0; i < part.Accounts.Length; i++)
            {
                accounts[part.Accounts[i]] = answer.Accounts[i];
            }
            for (var i = 0; i < part.Slots.Length; i++)
            {
                slots[part.Slots[i]] = answer.Slots[i];
            }
            for (var i = 0; i < part.Codes.Length; i++)
            {
                codes[part.Codes[i]] = answer.Codes[i];
            }
        }
        return new StateValues(
            [.. query.Accounts.Select(x => accounts[x])], [.. query.Slots.Select(x => slots[x])], [.. query.Codes.Select(x => codes[x])]);
    }

    private static IEnumerable<StateQuery> Cut(StateQuery query)
    {
        var rounds = new[] { query.Accounts.Length, query.Slots.Length, query.Codes.Length }.Max(x => (x + ItemsPerMessageMax - 1) / ItemsPerMessageMax);
        for (var i = 0; i < rounds; i++)
        {
            var skip = i * ItemsPerMessageMax;
            yield return new StateQuery(
                query.Number,
                [.. query.Accounts.Skip(skip).Take(ItemsPerMessageMax)],
                [.. query.Slots.Skip(skip).Take(ItemsPerMessageMax)],
                [.. query.Codes.Skip(skip).Take(ItemsPerMessageMax)]);
        }
    }
}

/// <summary>The state after a block is no longer kept where it was asked for: the head has moved on. Asking again, at the new head, is safe.</summary>
[GenerateSerializer, Alias("Grid.StateMovedException")]
public sealed class StateMovedException(ulong number) : Exception($"The state after block {number} is no longer kept.")
{
    [Id(0)] public ulong Number { get; } = number;
}
