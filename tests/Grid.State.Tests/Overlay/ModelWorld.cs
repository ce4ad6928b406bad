using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;
using Grid.State.Trie;

namespace Grid.State.Tests.Overlay;

/// <summary>An account of the model; absent from its dictionary where it doesn't exist.</summary>
internal sealed class ModelAccount
{
    public ulong Nonce;
    public UInt256 Balance;
    public byte[] Code = [];
    public Dictionary<UInt256, UInt256> Storage = [];

    /// <summary>Whether the base's storage still shows through.</summary>
    public bool ShowsBaseStorage;

    public bool IsEmpty => Nonce == 0 && Balance.IsZero && Code.Length == 0;

    public ModelAccount Copy() => new() { Nonce = Nonce, Balance = Balance, Code = Code, Storage = new(Storage), ShowsBaseStorage = ShowsBaseStorage };

    public AccountRecord Record => new(Nonce, Balance, StorageRoot, Keccak256.Hash(Code));

    private Hash256 StorageRoot => ReferenceTrie.Root(Storage.Where(pair => !pair.Value.IsZero).Select(pair =>
    {
        var writer = new RlpWriter();
        writer.WriteUInt256(pair.Value);
        return (Keccak256.Hash(pair.Key.ToBigEndian()).ToArray(), writer.ToArray());
    }));
}

/// <summary>All that a snapshot has to restore, copied whole for each.</summary>
internal sealed class ModelState
{
    public Dictionary<Address, ModelAccount> Accounts = [];
    public Dictionary<(Address, UInt256), UInt256> Transient = [];
    public HashSet<Address> WarmAccounts = [];
    public HashSet<(Address, UInt256)> WarmSlots = [];
    public HashSet<Address> Touched = [];
    public HashSet<Address> Destroyed = [];
    public HashSet<Address> Created = [];

    public List<Log> Logs = [];

    public ModelState Copy() => new()
    {
        Accounts = Accounts.ToDictionary(pair => pair.Key, pair => pair.Value.Copy()),
        Transient = new(Transient),
        WarmAccounts = [.. WarmAccounts],
        WarmSlots = [.. WarmSlots],
        Touched = [.. Touched],
        Destroyed = [.. Destroyed],
        Created = [.. Created],
        Logs = [.. Logs],
    };

    public ModelAccount GetOrAdd(Address address)
    {
        if (!Accounts.TryGetValue(address, out var account))
        {
            Accounts[address] = account = new ModelAccount();
        }
        return account;
    }

    public UInt256 Storage(Address address, UInt256 slot) =>
        Accounts.TryGetValue(address, out var account) ? account.Storage.GetValueOrDefault(slot) : UInt256.Zero;

    public Hash256 Root() =>
        ReferenceTrie.Root(Accounts.Select(pair => (Keccak256.Hash(pair.Key.Span).ToArray(), pair.Value.Record.ToRlp())));
}

/// <summary>The overlay's meaning, by copying everything at each snapshot.</summary>
internal sealed class ModelWorld(ModelState initial, OverlayRules rules)
{
    private readonly List<(int Mark, ModelState State)> _snapshots = [];

    public ModelState Now { get; private set; } = initial.Copy();

    public ModelState AtBegin { get; private set; } = initial.Copy();

    public HashSet<Address> Accessed { get; } = [];

    public HashSet<(Address, UInt256)> AccessedSlots { get; } = [];

    private bool _ripemdTouched;

    public void Begin()
    {
        AtBegin = Now.Copy();
        Now.Transient.Clear();
        Now.WarmAccounts.Clear();
        Now.WarmSlots.Clear();
        Now.Touched.Clear();
        Now.Destroyed.Clear();
        Now.Created.Clear();
        Now.Logs.Clear();
        Accessed.Clear();
        AccessedSlots.Clear();
        _snapshots.Clear();
        _ripemdTouched = false;
    }

    public void End()
    {
        foreach (var address in Now.Destroyed)
        {
            Now.Accounts.Remove(address);
        }
        if (_ripemdTouched)
        {
            Now.Touched.Add(Address.FromNumber(3));
        }
        foreach (var address in Now.Touched)
        {
            if (rules.DeleteEmptyAccounts && Now.Accounts.TryGetValue(address, out var account) && account.IsEmpty)
            {
                Now.Accounts.Remove(address);
            }
        }
    }

    public void Discard() => Now = AtBegin.Copy();

    public void Snapshot(int mark) => _snapshots.Add((mark, Now.Copy()));

    /// <summary>Returns to a snapshot, by its position among those that are open; returns the overlay's mark of it.</summary>
    public int? Revert(int position)
    {
        if (_snapshots.Count == 0)
        {
            return null;
        }
        position %= _snapshots.Count;
        var (mark, state) = _snapshots[position];
        Now = state;
        _snapshots.RemoveRange(position, _snapshots.Count - position);
        return mark;
    }

    public void Touch(Address address)
    {
        Accessed.Add(address);
        if (rules.DeleteEmptyAccounts)
        {
            Now.Touched.Add(address);
            _ripemdTouched |= rules.RipemdTouchSurvivesRevert && address == Address.FromNumber(3);
        }
        else
        {
            Now.GetOrAdd(address);
        }
    }

    public void Transfer(Address from, Address to, UInt256 value)
    {
        Touch(from);
        Touch(to);
        if (from != to && !value.IsZero)
        {
            Now.Accounts[from].Balance -= value;
            Now.GetOrAdd(to).Balance += value;
        }
    }

    public void Create(Address address, ulong nonce)
    {
        Touch(address);
        Now.Accounts[address] = new ModelAccount { Nonce = nonce, Balance = Now.Accounts.GetValueOrDefault(address)?.Balance ?? UInt256.Zero };
        Now.Created.Add(address);
    }

    public void SelfDestruct(Address address)
    {
        Accessed.Add(address);
        if (Now.Accounts.TryGetValue(address, out var account))
        {
            account.Balance = UInt256.Zero;
        }
        Now.Destroyed.Add(address);
    }
}
