using System.Text.Json;
using Grid.Crypto;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fixtures;

/// <summary>The accounts of a fixture's `pre`, `state` or `postState`: as a state, and compared with one.</summary>
public static class FixtureState
{
    /// <summary>Of one case at most this many differences are told.</summary>
    private const int MaxDifferences = 64;

    private const string Absent = "absent";

    public static WorldTrie Load(JsonElement accounts) => WorldTrie.Empty().Apply(Changes(accounts));

    /// <summary>The accounts as changes of an empty state.</summary>
    public static IReadOnlyList<AccountChange> Changes(JsonElement accounts)
    {
        var changes = new List<AccountChange>();
        foreach (var account in accounts.Members())
        {
            var bytes = account.Value.Field("code").Bytes();
            var code = bytes.Length == 0 ? null : new Bytecode(bytes, Keccak256.Hash(bytes));
            var record = AccountRecord.Empty with
            {
                Nonce = account.Value.Field("nonce").Number(),
                Balance = account.Value.Field("balance").Word(),
                CodeHash = code?.Hash ?? Keccak256.OfEmpty,
            };
            changes.Add(new AccountChange(FixtureJson.ToAddress(account.Name), null, record, StorageCleared: false, Slots(account.Value), code));
        }
        return changes.DistinctBy(change => change.Address).Count() == changes.Count
            ? changes
            : throw new FixtureFormatException("An account is listed twice.");
    }

    /// <summary>What of a state isn't as the fixture lists it. The list is whole: an account or a slot that it lacks must not be there.</summary>
    public static IReadOnlyList<Difference> Compare(WorldTrie state, JsonElement accounts)
    {
        var differences = new List<Difference>();
        var known = new HashSet<Hash256>();
        foreach (var want in accounts.Members())
        {
            var address = FixtureJson.ToAddress(want.Name);
            var key = Keccak256.Hash(address.Span);
            known.Add(key);
            state.Shards[key.Nibble(0)].TryGet(in key, out var leaf);
            if (leaf is null)
            {
                differences.Add(new Difference(want.Name, "account", Absent, "present"));
                continue;
            }
            CompareRecord(want, leaf.Value.Record, state.Codes, differences);
            CompareStorage(want, leaf.Value, differences);
        }
        foreach (var shard in state.Shards)
        {
            foreach (var leaf in shard.Accounts.Leaves())
            {
                if (!known.Contains(leaf.Key))
                {
                    differences.Add(new Difference($"account with hash {leaf.Key}", "account", Describe(leaf.Value.Record), Absent));
                }
            }
        }
        return differences.Count > MaxDifferences ? differences[..MaxDifferences] : differences;
    }

    private static void CompareRecord(JsonProperty want, AccountRecord have, CodeTable codes, List<Difference> differences)
    {
        var nonce = want.Value.Field("nonce").Number();
        var balance = want.Value.Field("balance").Word();
        var code = want.Value.Field("code").Bytes();
        if (have.Nonce != nonce)
        {
            differences.Add(new Difference(want.Name, "nonce", $"{have.Nonce}", $"{nonce}"));
        }
        if (have.Balance != balance)
        {
            differences.Add(new Difference(want.Name, "balance", have.Balance.ToString(), balance.ToString()));
        }
        if (have.CodeHash != Keccak256.Hash(code))
        {
            var found = codes.TryGet(have.CodeHash, out var bytecode) ? Hex.Encode(bytecode?.Bytes ?? []) : $"code with hash {have.CodeHash}";
            differences.Add(new Difference(want.Name, "code", found, Hex.Encode(code)));
        }
    }

    private static void CompareStorage(JsonProperty want, AccountLeaf have, List<Difference> differences)
    {
        var known = new HashSet<Hash256>();
        foreach (var slot in want.Value.Field("storage").Members())
        {
            var name = SlotOf(slot);
            var value = slot.Value.Word();
            var key = Keccak256.Hash(name.ToBigEndian());
            known.Add(key);
            var stored = SlotValueOf(have, in key);
            if (stored != value)
            {
                differences.Add(new Difference(want.Name, $"storage[{name.ToHex()}]", stored.ToHex(), value.ToHex()));
            }
        }
        foreach (var leaf in have.Storage?.Leaves() ?? [])
        {
            if (!known.Contains(leaf.Key))
            {
                differences.Add(new Difference(want.Name, $"storage[slot with hash {leaf.Key}]", leaf.Value.Value.ToHex(), "0x0"));
            }
        }
    }

    private static UInt256 SlotValueOf(AccountLeaf account, in Hash256 key) =>
        account.Storage is { } storage && storage.TryGet(in key, out _, out var stored) ? stored.Value : UInt256.Zero;

    private static SlotChange[] Slots(JsonElement account)
    {
        SlotChange[] slots =
        [
            .. account.Field("storage").Members()
                .Select(slot => new SlotChange(SlotOf(slot), UInt256.Zero, slot.Value.Word()))
                .Where(change => !change.After.IsZero),
        ];
        return slots.DistinctBy(slot => slot.Slot).Count() == slots.Length ? slots : throw new FixtureFormatException("A slot is listed twice.");
    }

    private static UInt256 SlotOf(JsonProperty slot) =>
        UInt256.TryParse(slot.Name, out var name) ? name : throw new FixtureFormatException($"Not a slot: '{slot.Name}'.");

    private static string Describe(AccountRecord record) =>
        $"nonce {record.Nonce}, balance {record.Balance}{(record.HasCode ? ", code" : "")}{(record.HasStorage ? ", storage" : "")}";
}
