using Grid.Chain;
using Grid.Node.Fuzz.Input;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>An access list taken apart, so that something in it can be made wrong, in ways that are well-formed as a rule.</summary>
internal sealed class ListDraft
{
    private readonly SortedDictionary<Address, Account> _accounts = [];

    private sealed class Account
    {
        /// <summary>Without changes: only read.</summary>
        public SortedDictionary<UInt256, List<(uint Index, UInt256 Value)>> Slots { get; } = [];

        public List<(uint Index, UInt256 Value)> Balances { get; init; } = [];

        public List<(uint Index, UInt256 Value)> Nonces { get; init; } = [];

        public List<(uint Index, byte[] Code)> Codes { get; init; } = [];
    }

    private ListDraft(BlockAccessList list)
    {
        foreach (ref readonly var account in list.Accounts)
        {
            var draft = new Account();
            foreach (ref readonly var slot in list.Slots(in account))
            {
                draft.Slots.Add(slot.Key, [.. list.Changes(in slot).ToArray().Select(change => (change.Index, change.Value))]);
            }
            draft.Balances.AddRange(list.BalanceChanges(in account).ToArray().Select(change => (change.Index, change.Value)));
            draft.Nonces.AddRange(list.NonceChanges(in account).ToArray().Select(change => (change.Index, new UInt256(change.Value))));
            draft.Codes.AddRange(list.CodeChanges(in account).ToArray().Select(change => (change.Index, change.Code.Bytes)));
            _accounts.Add(account.Address, draft);
        }
    }

    /// <summary>A list with something else in it than the given one, in EIP-7928's form or, once in a while, in none.</summary>
    public static byte[] Mutate(BlockAccessList list, Dice dice)
    {
        if (dice.OneIn(8) && RlpTree.TryParse(list.EncodeRlp(), out var tree))
        {
            tree.Mutate(dice);
            return tree.Encode();
        }
        var draft = new ListDraft(list);
        for (var i = dice.Between(1, 3); i > 0; i--)
        {
            draft.Mutate(dice);
        }
        return draft.Encode();
    }

    private void Mutate(Dice dice)
    {
        if (_accounts.Count == 0 || dice.OneIn(24))
        {
            _accounts.Clear();
            return;
        }
        var address = dice.Pick(_accounts.Keys.ToArray());
        var account = _accounts[address];
        switch (dice.Below(6))
        {
            case 0:
                _accounts.Remove(address);
                break;
            case 1:
                _accounts.TryAdd(dice.OneIn(2) ? Address.FromNumber(dice.Next()) : Address.FromNumber((ulong)dice.Below(20)), new Account
                {
                    Balances = dice.OneIn(2) ? [(1, UInt256.One)] : [],
                });
                break;
            case 2 when account.Slots.Count > 0:
                account.Slots.Remove(dice.Pick(account.Slots.Keys.ToArray()));
                break;
            case 3:
                account.Slots.TryAdd(dice.OneIn(2) ? (UInt256)(ulong)dice.Below(8) : dice.Word(), dice.OneIn(2) ? [] : [((uint)dice.Below(4), UInt256.One)]);
                break;
            case 4 when account.Codes.Count > 0:
                MutateCode(account.Codes, dice);
                break;
            default:
                List<(uint, UInt256)>[] words = [account.Balances, account.Nonces, .. account.Slots.Values];
                MutateWords(dice.Pick(words), dice);
                break;
        }
    }

    private static void MutateCode(List<(uint Index, byte[] Code)> codes, Dice dice)
    {
        var at = dice.Below(codes.Count);
        if (dice.OneIn(2))
        {
            codes.RemoveAt(at);
            return;
        }
        codes[at] = (codes[at].Index, dice.OneIn(2) ? [] : [.. codes[at].Code, 0]);
    }

    private static void MutateWords(List<(uint Index, UInt256 Value)> changes, Dice dice)
    {
        if (changes.Count == 0)
        {
            changes.Add(((uint)dice.Below(4), dice.OneIn(2) ? UInt256.Zero : (UInt256)(ulong)dice.Below(100)));
            return;
        }
        var at = dice.Below(changes.Count);
        var (index, value) = changes[at];
        switch (dice.Below(5))
        {
            case 0:
                changes.RemoveAt(at);
                break;
            case 1:
                changes[at] = (index + 1, value);
                break;
            case 2 when index > 0:
                changes[at] = (index - 1, value);
                break;
            case 3:
                changes[at] = (index, UInt256.Zero);
                break;
            default:
                changes[at] = (index, value ^ (UInt256.One << dice.Below(60)));
                break;
        }
    }

    private byte[] Encode()
    {
        var writer = new RlpWriter();
        var all = writer.BeginList();
        foreach (var (address, account) in _accounts)
        {
            var item = writer.BeginList();
            writer.WriteAddress(address);
            EncodeSlots(writer, account);
            WritePairs(writer, account.Balances);
            WritePairs(writer, account.Nonces);
            var codes = writer.BeginList();
            foreach (var (index, code) in account.Codes)
            {
                var pair = writer.BeginList();
                writer.WriteUInt64(index);
                writer.WriteBytes(code);
                writer.EndList(pair);
            }
            writer.EndList(codes);
            writer.EndList(item);
        }
        writer.EndList(all);
        return writer.ToArray();
    }

    private static void EncodeSlots(RlpWriter writer, Account account)
    {
        var changed = writer.BeginList();
        foreach (var (key, changes) in account.Slots.Where(slot => slot.Value.Count > 0))
        {
            var entry = writer.BeginList();
            writer.WriteUInt256(key);
            WritePairs(writer, changes);
            writer.EndList(entry);
        }
        writer.EndList(changed);
        var reads = writer.BeginList();
        foreach (var (key, _) in account.Slots.Where(slot => slot.Value.Count == 0))
        {
            writer.WriteUInt256(key);
        }
        writer.EndList(reads);
    }

    private static void WritePairs(RlpWriter writer, List<(uint Index, UInt256 Value)> changes)
    {
        var list = writer.BeginList();
        foreach (var (index, value) in changes)
        {
            var pair = writer.BeginList();
            writer.WriteUInt64(index);
            writer.WriteUInt256(value);
            writer.EndList(pair);
        }
        writer.EndList(list);
    }
}
