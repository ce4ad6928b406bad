using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Execution;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>
/// The block's access list (EIP-7928) must be exact. So it is all the state that the block is executed over; nothing may be in it that nobody reads;
/// what it says of the state after must be that state; and both its forms must come back as they were.
/// </summary>
internal sealed class AccessListPath : IExecutionPath
{
    public string Name => "access list";

    public IReadOnlyList<Difference> Check(PreparedCase prepared, CaseResult oracle)
    {
        var list = oracle.Execution.AccessList;
        var state = new ListedState(list, prepared.State);
        var executor = new SequentialExecutor(
            prepared.Environment, ExecutionMode.Import, oracle.Execution.Transactions, state, intermediateRoot: CaseResult.RootsOver(prepared.State));
        var status = executor.Run();
        if (status != ExecutionStatus.Complete)
        {
            var lacks = status == ExecutionStatus.StateMiss ? string.Join(", ", executor.Misses)
                : $"{executor.Error.Code} {executor.Error.Transaction.Code}";
            return [new Difference("access list", "lacks", lacks, "nothing")];
        }
        var differences = CaseResult.Of(executor.Result!, prepared.State).CompareWith(oracle, withRejected: false);
        CaseResult.Compare(differences, "state", "root from the executor's changes", prepared.State.Apply(executor.CollectChanges()).Root,
            oracle.State.Root);
        CaseResult.Compare(differences, "access list", "accounts that nobody read", state.UnreadAccounts(), "");
        CompareForms(list, differences);
        // Whole storages are cleared before EIP-6780, which EIP-7928's form can't say; nor can it say that an empty account goes (EIP-161), of
        // which the main network has none left.
        if (prepared.Fork >= Fork.Cancun && !Array.Exists(prepared.Accounts, account => account is { Nonce: 0, Balance.IsZero: true, Code: null }))
        {
            var root = prepared.State.Apply(ChangesOf(BlockAccessList.DecodeRlp(list.EncodeRlp()), prepared.State)).Root;
            CaseResult.Compare(differences, "state", "root from the access list's values", root, oracle.State.Root);
        }
        return differences;
    }

    private static void CompareForms(BlockAccessList list, List<Difference> differences)
    {
        var compact = list.Encode();
        CaseResult.Compare(differences, "access list", "compact form", Hex.Encode(BlockAccessList.Decode(compact).Encode()), Hex.Encode(compact));
        var rlp = list.EncodeRlp();
        CaseResult.Compare(differences, "access list", "RLP form", Hex.Encode(BlockAccessList.DecodeRlp(rlp).EncodeRlp()), Hex.Encode(rlp));
        CaseResult.Compare(differences, "access list", "hash", Keccak256.Hash(rlp), list.Hash);
    }

    /// <summary>
    /// The last value that the list gives for each thing, put over the state before: a reader's view of EIP-7928, which shares no code with ours.
    /// </summary>
    private static List<AccountChange> ChangesOf(BlockAccessList list, WorldTrie before)
    {
        var changes = new List<AccountChange>();
        foreach (ref readonly var account in list.Accounts)
        {
            before.TryGetAccount(account.Address, out var record);
            var after = record ?? AccountRecord.Empty;
            if (list.BalanceChanges(in account) is [.., var balance])
            {
                after = after with { Balance = balance.Value };
            }
            if (list.NonceChanges(in account) is [.., var nonce])
            {
                after = after with { Nonce = nonce.Value };
            }
            var code = list.CodeChanges(in account) is [.., var set] ? set.Code : null;
            if (code is not null)
            {
                after = after with { CodeHash = code.Hash };
            }
            var slots = new List<SlotChange>();
            foreach (ref readonly var slot in list.Slots(in account))
            {
                if (list.Changes(in slot) is [.., var change])
                {
                    before.TryGetStorage(account.Address, slot.Key, out var old);
                    slots.Add(new SlotChange(slot.Key, old, change.Value));
                }
            }
            if (after != record || slots.Count > 0)
            {
                AccountRecord? kept = after.IsEmpty ? null : after;
                changes.Add(new AccountChange(account.Address, record, kept, StorageCleared: false, slots.ToArray(), code is { Length: > 0 } ? code
                    : null));
            }
        }
        return changes;
    }

    /// <summary>What the list tells, and which of its accounts were asked for.</summary>
    private sealed class ListedState(BlockAccessList list, WorldTrie parent) : IStateReader
    {
        private readonly AccessListReader _reader = new(list, parent);
        private readonly HashSet<Address> _read = [];

        public bool TryGetAccount(in Address address, out AccountRecord? record)
        {
            _read.Add(address);
            return _reader.TryGetAccount(in address, out record);
        }

        public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value) => _reader.TryGetStorage(in address, in slot, out value);

        public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code) => _reader.TryGetCode(in address, in codeHash, out code);

        public string UnreadAccounts()
        {
            var unread = new List<Address>();
            foreach (ref readonly var account in list.Accounts)
            {
                if (!_read.Contains(account.Address))
                {
                    unread.Add(account.Address);
                }
            }
            return string.Join(", ", unread);
        }
    }
}
