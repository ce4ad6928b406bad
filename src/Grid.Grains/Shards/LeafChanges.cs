using System.Buffers;
using Grid.Grains.Messages;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Grains.Shards;

/// <summary>What a part of an access list changes in a shard. One thread at a time.</summary>
internal sealed class LeafChanges : IDisposable
{
    private readonly List<(int Place, AccountChange Change)> _others = [];

    // Rented: an array of this size made anew for each block would have the collector go through the whole heap.
    private readonly TrieChange<AccountLeaf>[] _leaves;

    private LeafChanges(int accounts) => _leaves = ArrayPool<TrieChange<AccountLeaf>>.Shared.Rent(accounts);

    /// <summary>How many leaves change.</summary>
    public int Count { get; private set; }

    /// <summary>The changes, of which the first <see cref="Count"/> count.</summary>
    public TrieChange<AccountLeaf>[] Leaves => _leaves;

    /// <summary>
    /// Accounts of which more than balance and nonce may have changed, and their places among the leaves. Those whose storage changes have no leaf until somebody has
    /// put it there (<see cref="Put"/>).
    /// </summary>
    public IReadOnlyList<(int Place, AccountChange Change)> Others => _others;

    /// <summary>The code that the changes bring in.</summary>
    public Bytecode[] Codes { get; private set; } = [];

    /// <summary>The net changes of the part's accounts.</summary>
    public static LeafChanges Of(AccessListPart part)
    {
        var list = part.List;
        var changes = new LeafChanges(part.Accounts.Length);
        List<Bytecode>? codes = null;
        for (var i = 0; i < part.Accounts.Length; i++)
        {
            ref readonly var account = ref list.Accounts[part.Accounts[i]];
            if (!list.IsChanged(in account))
            {
                continue;
            }
            ref readonly var key = ref part.Keys[i];
            if (list.TryGetPlainRecord(in account, out var record))
            {
                changes._leaves[changes.Count++] = new TrieChange<AccountLeaf>(in key, AccountLeaf.KeepingStorage(in record));
                continue;
            }
            var change = list.ToAccountChange(in account);
            changes._others.Add((changes.Count, change));
            changes._leaves[changes.Count++] = change.After is { } after
                ? new TrieChange<AccountLeaf>(in key, AccountLeaf.KeepingStorage(in after))
                : TrieChange<AccountLeaf>.Remove(in key);
            if (change.NewCode is { } code)
            {
                (codes ??= []).Add(code);
            }
        }
        changes.Codes = codes is null ? [] : [.. codes];
        return changes;
    }

    public ref readonly Hash256 KeyAt(int place) => ref _leaves[place].Key;

    /// <summary>The leaf of an account whose storage has changed.</summary>
    public void Put(int place, in AccountLeaf leaf) => _leaves[place] = new TrieChange<AccountLeaf>(in _leaves[place].Key, in leaf);

    public void Dispose() => ArrayPool<TrieChange<AccountLeaf>>.Shared.Return(_leaves, clearArray: true);
}
