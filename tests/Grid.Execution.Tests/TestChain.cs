using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Execution.Tests;

/// <summary>A development chain in memory with a few contracts, and ways to make and execute blocks on it.</summary>
internal sealed class TestChain
{
    public const ulong GenesisTime = 1_700_000_000;

    public static readonly UInt256 Ether = 1_000_000_000_000_000_000;
    public static readonly Address Coinbase = Address.Parse("0xc014ba5ec014ba5ec014ba5ec014ba5ec014ba5e");

    public TestChain(IEnumerable<GenesisAccount>? contracts = null, Fork fork = Fork.Osaka, bool hasSystemContracts = true, bool requiresSystemContracts = true)
    {
        Spec = ChainSpec.From(fork, DevelopmentAccounts.ChainId).WithSystemContractsRequired(requiresSystemContracts);
        Genesis = new Genesis
        {
            Spec = Spec,
            Timestamp = GenesisTime,
            GasLimit = 30_000_000,
            Accounts =
            [
                .. hasSystemContracts ? SystemContracts.GenesisAccounts() : [],
                .. DevelopmentAccounts.Signers.Select(signer => new GenesisAccount(signer.Address, DevelopmentAccounts.BalanceWei)),
                .. contracts ?? [],
            ],
        };
        World = WorldTrie.Empty().Apply(Genesis.ToAccountChanges());
        Parent = Genesis.ToHeader(World.Root);
    }

    public ChainSpec Spec { get; }

    public Genesis Genesis { get; }

    public WorldTrie World { get; }

    public BlockHeader Parent { get; }

    public BlockEnvironment Next(params Withdrawal[] withdrawals) => Next(Parent.GasLimit, withdrawals);

    public BlockEnvironment Next(ulong gasLimit, params Withdrawal[] withdrawals) => BlockEnvironment.Next(
        Spec, Parent, new BlockAttributes(GenesisTime + 12, Coinbase, gasLimit) { ParentBeaconBlockRoot = Hash256.FromWord(0xbeac), Withdrawals = withdrawals },
        NoBlockHashes.Instance);

    public BlockExecution Execute(params Transaction[] transactions) => Execute(Next(), transactions);

    public BlockExecution Execute(BlockEnvironment environment, params Transaction[] transactions)
    {
        var executor = new SequentialExecutor(environment, ExecutionMode.Import, transactions, World);
        var status = executor.Run();
        Assert.True(status == ExecutionStatus.Complete, $"{status} {executor.Error} {executor.Error.Transaction}");
        var result = executor.Result!;
        AssertConsistent(executor, result);
        return result;
    }

    /// <summary>The state after a block, by its access list.</summary>
    public WorldTrie After(BlockExecution execution) => World.Apply(execution.AccessList.ToAccountChanges());

    public UInt256 BalanceAfter(BlockExecution execution, Address address) => RecordAfter(execution, address)?.Balance ?? UInt256.Zero;

    public AccountRecord? RecordAfter(BlockExecution execution, Address address)
    {
        Assert.True(After(execution).TryGetAccount(in address, out var record));
        return record;
    }

    public UInt256 SlotAfter(BlockExecution execution, Address address, UInt256 slot)
    {
        Assert.True(After(execution).TryGetStorage(in address, in slot, out var value));
        return value;
    }

    /// <summary>The access list and the overlay agree on the state after, and both forms of the list survive encoding.</summary>
    public void AssertConsistent(SequentialExecutor executor, BlockExecution result)
    {
        Assert.Equal(World.Apply(executor.CollectChanges()).Root, After(result).Root);
        var encoded = result.AccessList.Encode();
        var decoded = BlockAccessList.Decode(encoded);
        Assert.Equal(encoded, decoded.Encode());
        Assert.Equal(result.AccessList.Hash, decoded.Hash);
        Assert.Equal(After(result).Root, World.Apply(decoded.ToAccountChanges()).Root);
        Assert.Equal(result.AccessList.EncodeRlp(), BlockAccessList.DecodeRlp(result.AccessList.EncodeRlp()).EncodeRlp());
    }

    public static GenesisAccount Contract(Address address, string code, params (UInt256 Key, UInt256 Value)[] storage)
    {
        var bytes = Hex.Decode(code);
        return new GenesisAccount(address, UInt256.Zero, 1, new Bytecode(bytes, Keccak256.Hash(bytes)), [.. storage.Select(s => KeyValuePair.Create(s.Key, s.Value))]);
    }

    /// <summary>A type 2 transaction of a development account with a priority fee of 1 gwei.</summary>
    public static Transaction Send(
        int from, Address? to, UInt256 value = default, ulong nonce = 0, ulong gas = 21_000, byte[]? data = null, Authorization[]? authorizations = null) =>
        DevelopmentAccounts.Signers[from].Sign(new Transaction
        {
            Type = authorizations is null ? TransactionType.DynamicFee : TransactionType.SetCode,
            ChainId = DevelopmentAccounts.ChainId,
            Nonce = nonce,
            GasLimit = gas,
            MaxFeePerGas = 2_000_000_000,
            MaxPriorityFeePerGas = 1_000_000_000,
            To = to,
            Value = value,
            Data = data ?? [],
            AuthorizationList = authorizations ?? [],
        });

    public static Address Account(int index) => DevelopmentAccounts.Signers[index].Address;
}

internal sealed class NoBlockHashes : IBlockHashes
{
    public static readonly NoBlockHashes Instance = new();

    public Hash256 GetBlockHash(ulong number) => default;
}

/// <summary>A reader that has at hand only what was fetched.</summary>
internal sealed class PartialReader(IStateReader all) : IStateReader
{
    private readonly HashSet<StateMiss> _known = [];

    public void Fetch(IEnumerable<StateMiss> misses) => _known.UnionWith(misses);

    public bool TryGetAccount(in Address address, out AccountRecord? record)
    {
        record = null;
        return _known.Contains(new StateMiss(MissKind.Account, address, default, default)) && all.TryGetAccount(in address, out record);
    }

    public bool TryGetStorage(in Address address, in UInt256 slot, out UInt256 value)
    {
        value = default;
        return _known.Contains(new StateMiss(MissKind.Storage, address, slot, default)) && all.TryGetStorage(in address, in slot, out value);
    }

    public bool TryGetCode(in Address address, in Hash256 codeHash, out Bytecode? code)
    {
        code = null;
        return _known.Contains(new StateMiss(MissKind.Code, address, default, codeHash)) && all.TryGetCode(in address, in codeHash, out code);
    }
}
