using System.Buffers;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State.Trie;

namespace Grid.State;

/// <summary>A part of applying a block's changes to a state.</summary>
public enum ApplyStep : byte
{
    /// <summary>The storage tries have the new slots.</summary>
    StorageChanged,

    /// <summary>Their roots are known.</summary>
    StorageHashed,

    /// <summary>The account trie has the new records.</summary>
    AccountsChanged,

    /// <summary>The state root is known.</summary>
    AccountsHashed,
}

/// <summary>
/// A whole state in memory: sixteen shards, the storage tries of their accounts, and code. Immutable; the code table is shared
/// by all versions and only ever grows.
/// </summary>
public sealed class WorldTrie : IStateReader, IWarmableState
{
    private const int ShardCount = 16;

    /// <summary>Fewer changed accounts than this are updated and hashed on one thread.</summary>
    private const int AccountsWorthThreads = 256;

    private readonly StateShard[] _shards;
    private readonly CodeTable _codes;

    private WorldTrie(StateShard[] shards, CodeTable codes)
    {
        _shards = shards;
        _codes = codes;
        var tops = new SliceRoot[ShardCount];
        for (var i = 0; i < ShardCount; i++)
        {
            tops[i] = shards[i].Root();
        }
        Root = StateRoot.Combine(tops);
    }

    /// <summary>A state without accounts.</summary>
    public static WorldTrie Empty()
    {
        var shards = new StateShard[ShardCount];
        for (var i = 0; i < ShardCount; i++)
        {
            shards[i] = StateShard.Empty(TriePath.Root.Append(i));
        }
        return new WorldTrie(shards, new CodeTable());
    }

    /// <summary>The state that sixteen shards of one nibble make, in their order.</summary>
    /// <param name="codes">With the code of all their accounts.</param>
    /// <exception cref="ArgumentException">Not sixteen shards, or not in their order.</exception>
    public static WorldTrie Of(IReadOnlyList<StateShard> shards, CodeTable codes)
    {
        for (var i = 0; i < ShardCount; i++)
        {
            if (shards.Count != ShardCount || shards[i].Prefix != TriePath.Root.Append(i))
            {
                throw new ArgumentException("A state has sixteen shards, one for each first nibble.", nameof(shards));
            }
        }
        return new WorldTrie([.. shards], codes);
    }

    /// <summary>The state root.</summary>
    public Hash256 Root { get; }

    public ReadOnlySpan<StateShard> Shards => _shards;

    public CodeTable Codes => _codes;

    public void Warm(ReadOnlySpan<Address> addresses) => StateShard.Warm(_shards, prefixNibbles: 1, KeyHashes.Of(addresses));

    public bool TryGetAccount(in Address address, out AccountRecord? record)
    {
        var complete = TryFind(KeyHashes.Of(in address), out var leaf);
        record = leaf?.Value.Record;
        return complete;
    }

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        value = UInt256.Zero;
        if (!TryFind(KeyHashes.Of(in address), out var leaf))
        {
            return false;
        }
        if (leaf is null || !leaf.Value.Record.HasStorage)
        {
            return true;
        }
        if (leaf.Value.Storage is not { } storage || !storage.TryGet(KeyHashes.Of(in slot), out _, out var stored))
        {
            return false;
        }
        value = stored.Value;
        return true;
    }

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code) => _codes.TryGet(in codeHash, out code);

    /// <summary>This state with changes applied.</summary>
    /// <param name="changes">Each account once.</param>
    /// <param name="parallelism">How many threads may work at once.</param>
    /// <param name="onStep">Called after each step, in their order, by whoever measures them.</param>
    /// <exception cref="MissingNodeException">A storage trie that a change needs isn't in memory.</exception>
    public WorldTrie Apply(IReadOnlyList<AccountChange> changes, int parallelism = 1, Action<ApplyStep>? onStep = null)
    {
        var addresses = new Address[changes.Count];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = changes[i].Address;
        }
        var keys = KeyHashes.Of(addresses, parallelism);
        var storages = ApplyStorage(changes, keys, parallelism, onStep);
        var batches = Divide(changes, keys, storages, out var counts);
        var shards = new StateShard[ShardCount];
        var threads = changes.Count < AccountsWorthThreads ? 1 : parallelism;
        WorkRanges.RunEach(ShardCount, threads, i =>
        {
            shards[i] = _shards[i].Apply(batches[i], counts[i]);
            ArrayPool<TrieChange<AccountLeaf>>.Shared.Return(batches[i], clearArray: true);
        });
        onStep?.Invoke(ApplyStep.AccountsChanged);
        WorkRanges.RunEach(ShardCount, threads, i => shards[i].Root());
        var state = new WorldTrie(shards, _codes);
        onStep?.Invoke(ApplyStep.AccountsHashed);
        return state;
    }

    /// <summary>The changes of each shard's leaves, in rented arrays; new code goes to the table.</summary>
    private TrieChange<AccountLeaf>[][] Divide(
        IReadOnlyList<AccountChange> changes, Hash256[] keys, MerkleTrie<SlotValue>?[] storages, out int[] counts)
    {
        counts = new int[ShardCount];
        foreach (ref readonly var key in keys.AsSpan())
        {
            counts[key.Nibble(0)]++;
        }
        var batches = new TrieChange<AccountLeaf>[ShardCount][];
        for (var i = 0; i < ShardCount; i++)
        {
            batches[i] = ArrayPool<TrieChange<AccountLeaf>>.Shared.Rent(counts[i]);
            counts[i] = 0;
        }
        for (var i = 0; i < keys.Length; i++)
        {
            var change = changes[i];
            if (change.NewCode is { } code)
            {
                _codes.Add(code);
            }
            var nibble = keys[i].Nibble(0);
            batches[nibble][counts[nibble]++] = change.After is { } after
                ? new TrieChange<AccountLeaf>(in keys[i], ToLeaf(change, in after, storages[i]))
                : TrieChange<AccountLeaf>.Remove(in keys[i]);
        }
        return batches;
    }

    private static AccountLeaf ToLeaf(AccountChange change, in AccountRecord after, MerkleTrie<SlotValue>? storage) =>
        change.Slots.IsEmpty && !change.StorageCleared
            ? AccountLeaf.KeepingStorage(in after)
            : new AccountLeaf(after with { StorageRoot = storage?.RootHash() ?? Keccak256.OfEmptyString }, storage);

    /// <summary>The storage tries after changes of slots; null for no storage, or where no slot changes.</summary>
    private MerkleTrie<SlotValue>?[] ApplyStorage(IReadOnlyList<AccountChange> changes, Hash256[] keys, int parallelism, Action<ApplyStep>? onStep)
    {
        var storages = new MerkleTrie<SlotValue>?[changes.Count];
        var roots = new List<TrieNode>();
        var slots = 0;
        for (var i = 0; i < storages.Length; i++)
        {
            var change = changes[i];
            if (change.After is null || change.Slots.IsEmpty)
            {
                continue;
            }
            var before = change.StorageCleared ? MerkleTrie<SlotValue>.Empty : StorageOf(in keys[i]);
            var after = StorageChanges.Apply(before, change.StorageCleared, change.Slots.Span, source: null, parallelism);
            if (after.Root is not null)
            {
                storages[i] = after;
                roots.Add(after.Root);
                slots += change.Slots.Length;
            }
        }
        onStep?.Invoke(ApplyStep.StorageChanged);
        TrieHasher.HashNow(roots, slots < StorageChanges.SlotsWorthThreads ? 1 : parallelism);
        onStep?.Invoke(ApplyStep.StorageHashed);
        return storages;
    }

    private MerkleTrie<SlotValue> StorageOf(in Hash256 key)
    {
        if (!TryFind(in key, out var leaf))
        {
            throw new MissingNodeException(TriePath.Of(in key, TriePath.MaxLength), key);
        }
        return leaf is null || !leaf.Value.Record.HasStorage
            ? MerkleTrie<SlotValue>.Empty
            : leaf.Value.Storage ?? throw new MissingNodeException(TriePath.Root, leaf.Value.Record.StorageRoot);
    }

    private bool TryFind(in Hash256 key, out LeafNode<AccountLeaf>? leaf) => _shards[key.Nibble(0)].Accounts.TryFind(in key, out leaf);
}
