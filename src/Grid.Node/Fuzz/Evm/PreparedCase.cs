using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm;

/// <summary>A case ready to be executed: its state as tries, its transactions signed. Immutable.</summary>
internal sealed class PreparedCase
{
    private PreparedCase(FuzzCase source, GenesisAccount[] accounts, WorldTrie state, BlockEnvironment environment, Transaction[] transactions)
    {
        (Source, Accounts, State, Environment, Transactions) = (source, accounts, state, environment, transactions);
    }

    public FuzzCase Source { get; }

    public GenesisAccount[] Accounts { get; }

    /// <summary>Before the block.</summary>
    public WorldTrie State { get; }

    public BlockEnvironment Environment { get; }

    /// <summary>Signed, senders known.</summary>
    public Transaction[] Transactions { get; }

    public Fork Fork => Environment.Fork;

    public static PreparedCase Of(FuzzCase source)
    {
        var hasPush0 = source.Fork >= Fork.Shanghai;
        var accounts = Array.ConvertAll(source.Accounts, account => account.ToGenesis(hasPush0));
        var state = WorldTrie.Empty().Apply(Array.ConvertAll(accounts, account => account.ToAccountChange()));
        return new PreparedCase(source, accounts, state, EnvironmentOf(source), SignAll(source));
    }

    /// <summary>The same transactions over another state or in another block.</summary>
    public PreparedCase With(WorldTrie state, BlockEnvironment environment) => new(Source, Accounts, state, environment, Transactions);

    /// <summary>The spec of a chain under one fork, tolerant about system contracts, which a case may lack.</summary>
    public static ChainSpec SpecOf(Fork fork) => ChainSpec.From(fork, FuzzCase.ChainId).WithSystemContractsRequired(false);

    public static Transaction[] SignAll(FuzzCase source)
    {
        var keys = new Dictionary<int, Signer>();
        return Array.ConvertAll(source.Transactions, transaction => Sign(source, transaction, number => KeyOf(source, keys, number)));
    }

    private static Signer KeyOf(FuzzCase source, Dictionary<int, Signer> keys, int number)
    {
        if (!keys.TryGetValue(number, out var key))
        {
            keys.Add(number, key = FuzzKeys.Of(source.Seed, source.Index, number));
        }
        return key;
    }

    private static BlockEnvironment EnvironmentOf(FuzzCase source)
    {
        var (fork, block) = (source.Fork, source.Block);
        var header = new BlockHeader
        {
            ParentHash = DecimalHashes.Instance.GetBlockHash(block.Number - 1),
            Beneficiary = block.Beneficiary,
            Number = block.Number,
            Timestamp = block.Timestamp,
            GasLimit = block.GasLimit,
            Difficulty = fork < Fork.Paris ? block.Difficulty : UInt256.Zero,
            PrevRandao = fork >= Fork.Paris ? block.PrevRandao : default,
            BaseFeePerGas = fork >= Fork.London ? block.BaseFee : null,
            ExcessBlobGas = fork >= Fork.Cancun ? block.ExcessBlobGas : null,
            ParentBeaconBlockRoot = fork >= Fork.Cancun ? block.PrevRandao : null,
        };
        return BlockEnvironment.Of(SpecOf(fork), fork, header, fork >= Fork.Shanghai ? block.Withdrawals : [], DecimalHashes.Instance);
    }

    private static Transaction Sign(FuzzCase source, FuzzTransaction from, Func<int, Signer> keys) => keys(from.Signer).Sign(new Transaction
    {
        Type = from.Type,
        ChainId = from.ChainId,
        Nonce = from.Nonce,
        GasLimit = from.GasLimit,
        MaxFeePerGas = from.MaxFee,
        MaxPriorityFeePerGas = from.Type <= TransactionType.AccessList ? from.MaxFee : from.PriorityFee,
        To = from.To,
        Value = from.Value,
        Data = from.Data.Assemble(source.Fork >= Fork.Shanghai),
        AccessList = from.Type == TransactionType.Legacy ? [] : from.AccessList,
        MaxFeePerBlobGas = from.Type == TransactionType.Blob ? from.MaxBlobFee : default,
        BlobVersionedHashes = from.Type == TransactionType.Blob ? from.Blobs : [],
        AuthorizationList = from.Type == TransactionType.SetCode ? Array.ConvertAll(from.Authorizations, item => Sign(item, keys)) : [],
    });

    private static Authorization Sign(FuzzAuthorization from, Func<int, Signer> keys)
    {
        var signed = keys(from.Signer).Authorize(from.ChainId, from.Address, from.Nonce);
        return from.Fault switch
        {
            SignatureFault.Parity => signed with { YParity = 2 },
            SignatureFault.HighS => signed with { S = Secp256k1.Order - signed.S, YParity = (byte)(1 - signed.YParity) },
            SignatureFault.ZeroR => signed with { R = UInt256.Zero },
            _ => signed,
        };
    }
}
