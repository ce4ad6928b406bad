using Grid.Chain;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Lanes;

/// <summary>Fetches what lanes miss, or will miss: one message per silo.</summary>
public sealed class StateFetcher(SiloDirectory silos, ShardLayout layout, LaneThreads lanes, CodeTable codes, IGrainFactory grains)
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

    /// <summary>
    /// Fetches beforehand what work is sure to need, and what it is expected to: senders, recipients with their code, access lists, and slots. What is at
    /// hand isn't fetched.
    /// </summary>
    /// <param name="others">Accounts that are needed besides, with their code.</param>
    /// <param name="locate">Tells the slots, on a lane.</param>
    /// <param name="unread">When nobody else reads the state any more: only then it is added to. What is missing is asked for before.</param>
    /// <returns>Rounds of fetching.</returns>
    /// <exception cref="StateMovedException">A silo no longer keeps the state after the block.</exception>
    public async Task<int> PrefetchAsync(
        FetchedState state, IEnumerable<Address> others, IEnumerable<Transaction> transactions, Func<IReadOnlyCollection<SlotKey>> locate, Task unread)
    {
        var missing = await lanes.RunAsync(() => Missing(state, others, transactions, locate()));
        if (missing.Accounts.Count + missing.Slots.Count + missing.Codes.Count == 0)
        {
            return 0;
        }
        await FetchAsync(state, missing.Accounts, missing.Slots, missing.Codes, unread);
        // Code is known by its hash, and most of it from an earlier block.
        var unknown = missing.Called.Where(address => LacksCode(state, in address)).ToArray();
        if (unknown.Length == 0)
        {
            return 1;
        }
        await FetchAsync(state, [], [], unknown, Task.CompletedTask);
        return 2;
    }

    /// <summary>Fetches everything and adds it to the state.</summary>
    /// <exception cref="StateMovedException">A silo no longer keeps the state after the block.</exception>
    public Task FetchAsync(FetchedState state, IReadOnlyCollection<Address> accounts, IReadOnlyCollection<SlotKey> slots, IReadOnlyCollection<Address> codesOf) =>
        FetchAsync(state, accounts, slots, codesOf, Task.CompletedTask);

    private async Task FetchAsync(FetchedState state, IReadOnlyCollection<Address> accounts, IReadOnlyCollection<SlotKey> slots, IReadOnlyCollection<Address> codesOf, Task unread)
    {
        var (active, division) = silos.Divide();
        var wanted = Array.ConvertAll(active, _ => (Accounts: new List<Address>(), Slots: new List<SlotKey>(), Codes: new List<Address>()));
        foreach (var address in accounts)
        {
            wanted[SiloOf(in address)].Accounts.Add(address);
        }
        foreach (var key in slots)
        {
            wanted[SiloOf(key.Address)].Slots.Add(key);
        }
        foreach (var address in codesOf)
        {
            wanted[SiloOf(in address)].Codes.Add(address);
        }
        var queries = new List<(int Silo, StateQuery Query)>();
        for (var silo = 0; silo < active.Length; silo++)
        {
            var query = new StateQuery(state.View.Number, state.View.Header.Hash, [.. wanted[silo].Accounts], [.. wanted[silo].Slots], [.. wanted[silo].Codes]);
            queries.AddRange(Cut(query).Select(part => (silo, part)));
        }
        var answers = await Task.WhenAll(queries.Select(x => ReadAsync(active[x.Silo], x.Query)));
        await unread;
        for (var i = 0; i < answers.Length; i++)
        {
            state.Add(queries[i].Query, answers[i]);
            Keep(answers[i].Codes);
        }

        int SiloOf(in Address address) => division[layout.ShardOf(in address)];
    }

    /// <summary>For the blocks that follow. Its owner stores it; where it went from here before that, it is fetched again.</summary>
    private void Keep(Bytecode?[] fetched)
    {
        foreach (var code in fetched)
        {
            if (code is not null)
            {
                codes.Add(code);
                codes.MarkStored([code]);
            }
        }
    }

    /// <param name="Codes">Accounts at hand whose code isn't.</param>
    /// <param name="Called">Accounts that aren't at hand and will be called, if they have code.</param>
    private readonly record struct MissingState(HashSet<Address> Accounts, HashSet<SlotKey> Slots, List<Address> Codes, List<Address> Called);

    private static MissingState Missing(FetchedState state, IEnumerable<Address> others, IEnumerable<Transaction> transactions, IReadOnlyCollection<SlotKey> slots)
    {
        var missing = new MissingState([], [], [], []);
        var called = new HashSet<Address>();
        foreach (var address in others)
        {
            AddCalled(address);
        }
        foreach (var transaction in transactions)
        {
            Add(transaction.Sender);
            if (transaction.To is { } to)
            {
                AddCalled(to);
            }
            foreach (var entry in transaction.AccessList)
            {
                Add(entry.Address);
                foreach (var key in entry.StorageKeys)
                {
                    AddSlot(new SlotKey(entry.Address, key));
                }
            }
        }
        foreach (var slot in slots)
        {
            // Whoever has a slot touched is looked at, too.
            Add(slot.Address);
            AddSlot(slot);
        }
        return missing;

        void AddCalled(Address address)
        {
            if (!called.Add(address))
            {
                return;
            }
            if (Add(address))
            {
                missing.Called.Add(address);
            }
            else if (LacksCode(state, in address))
            {
                missing.Codes.Add(address);
            }
        }

        bool Add(Address address) => !state.Has(in address) && missing.Accounts.Add(address);

        void AddSlot(SlotKey key)
        {
            if (!state.Has(in key))
            {
                missing.Slots.Add(key);
            }
        }
    }

    private static bool LacksCode(FetchedState state, in Address address) =>
        state.TryGetAccount(in address, out var record) && record is { HasCode: true } account && !state.TryGetCode(in address, account.CodeHash, out _);

    /// <summary>From the silo that should have it; where shards have moved, from the shards' grains themselves.</summary>
    private async Task<StateValues> ReadAsync(Orleans.Runtime.SiloAddress silo, StateQuery query)
    {
        if (silo != silos.Local && await silos.LaneOf(silo).Read(query) is { } values)
        {
            return values;
        }
        var accounts = query.Accounts.ToDictionary(x => x, _ => (AccountRecord?)null);
        var slots = query.Slots.ToDictionary(x => x, _ => UInt256.Zero);
        var found = query.Codes.ToDictionary(x => x, _ => (Bytecode?)null);
        var shards = query.Accounts.Concat(query.Codes).Concat(query.Slots.Select(x => x.Address)).Select(x => layout.ShardOf(in x)).Distinct();
        foreach (var shard in shards)
        {
            var part = new StateQuery(
                query.Number,
                query.Block,
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
                found[part.Codes[i]] = answer.Codes[i];
            }
        }
        return new StateValues(
            [.. query.Accounts.Select(x => accounts[x])], [.. query.Slots.Select(x => slots[x])], [.. query.Codes.Select(x => found[x])]);
    }

    private static IEnumerable<StateQuery> Cut(StateQuery query)
    {
        var rounds = new[] { query.Accounts.Length, query.Slots.Length, query.Codes.Length }.Max(x => (x + ItemsPerMessageMax - 1) / ItemsPerMessageMax);
        for (var i = 0; i < rounds; i++)
        {
            var skip = i * ItemsPerMessageMax;
            yield return new StateQuery(
                query.Number,
                query.Block,
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
