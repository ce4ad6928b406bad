using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Chain;

/// <summary>
/// What a chain starts from, in geth's shape: configuration, the fields of block 0's header, and the accounts. Immutable.
/// </summary>
public sealed class Genesis
{
    /// <summary>geth's default, for a file without one.</summary>
    public const ulong DefaultGasLimit = 4_712_388;

    private GenesisAccount[] _accounts = [];

    public required ChainSpec Spec { get; init; }

    /// <summary>In the order of the file.</summary>
    public required GenesisAccount[] Accounts { get => _accounts; init => _accounts = value; }

    public ulong Number { get; init; }

    public ulong GasUsed { get; init; }

    public Hash256 ParentHash { get; init; }

    public ulong Nonce { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public ulong Timestamp { get; init; }

    public byte[] ExtraData { get; init; } = [];

    public ulong GasLimit { get; init; } = DefaultGasLimit;

    public UInt256 Difficulty { get; init; }

    public Hash256 MixHash { get; init; }

    public Address Coinbase { get; init; }

    /// <summary>Wei per gas; null where the file names none.</summary>
    public UInt256? BaseFeePerGas { get; init; }

    public ulong? ExcessBlobGas { get; init; }

    public ulong? BlobGasUsed { get; init; }

    public Hash256? ParentBeaconBlockRoot { get; init; }

    /// <summary>The file that this was read from, and its SHA-256; none for a genesis that was built otherwise.</summary>
    public (ReadOnlyMemory<byte> Json, Hash256 Fingerprint)? File { get; private set; }

    /// <summary>Reads geth's genesis.json.</summary>
    /// <exception cref="GenesisFormatException">Not JSON, or a field is not what it should be.</exception>
    public static Genesis Parse(ReadOnlyMemory<byte> json) => Parse(json, FingerprintOf(json.Span), withAccounts: true);

    /// <summary>Reads all but the accounts, for a chain whose data was made from this very file.</summary>
    /// <inheritdoc cref="Parse(ReadOnlyMemory{byte})"/>
    public static Genesis ParseWithoutAccounts(ReadOnlyMemory<byte> json) => Parse(json, FingerprintOf(json.Span), withAccounts: false);

    /// <summary>The same without accounts and file, which may be large and aren't needed once the genesis state is written.</summary>
    public Genesis WithoutAccounts()
    {
        var genesis = (Genesis)MemberwiseClone();
        genesis._accounts = [];
        genesis.File = null;
        return genesis;
    }

    /// <summary>SHA-256 of a genesis file.</summary>
    public static Hash256 FingerprintOf(ReadOnlySpan<byte> json) => new(System.Security.Cryptography.SHA256.HashData(json));

    private static Genesis Parse(ReadOnlyMemory<byte> json, Hash256 fingerprint, bool withAccounts)
    {
        var genesis = new GenesisReader(json.Span, withAccounts).Read();
        genesis.File = (json, fingerprint);
        return genesis;
    }

    /// <summary>The fork that block 0 follows: after the merge where its own difficulty reaches the terminal one.</summary>
    public Fork Fork => Spec.ForkAt(Number, Timestamp, Spec.TerminalTotalDifficulty is { } terminal && Difficulty >= terminal);

    /// <summary>The accounts as changes of an empty state. Of an address that the file names twice the last entry counts.</summary>
    public List<AccountChange> ToAccountChanges()
    {
        var byAddress = new Dictionary<Address, GenesisAccount>(Accounts.Length);
        foreach (var account in Accounts)
        {
            byAddress[account.Address] = account;
        }
        var changes = new List<AccountChange>(byAddress.Count);
        foreach (var account in byAddress.Values)
        {
            changes.Add(account.ToAccountChange());
        }
        return changes;
    }

    /// <summary>Block 0's header over the state root of <see cref="Accounts"/>, with what each fork's header must have.</summary>
    public BlockHeader ToHeader(in Hash256 stateRoot)
    {
        var fork = Fork;
        return new BlockHeader
        {
            ParentHash = ParentHash,
            Beneficiary = Coinbase,
            StateRoot = stateRoot,
            Difficulty = Difficulty,
            Number = Number,
            GasLimit = GasLimit,
            GasUsed = GasUsed,
            Timestamp = Timestamp,
            ExtraData = ExtraData,
            PrevRandao = MixHash,
            Nonce = Nonce,
            BaseFeePerGas = fork >= Fork.London ? BaseFeePerGas ?? BaseFeeRules.InitialBaseFee : null,
            WithdrawalsRoot = fork >= Fork.Shanghai ? Crypto.Keccak256.OfEmptyString : null,
            BlobGasUsed = fork >= Fork.Cancun ? BlobGasUsed ?? 0 : null,
            ExcessBlobGas = fork >= Fork.Cancun ? ExcessBlobGas ?? 0 : null,
            ParentBeaconBlockRoot = fork >= Fork.Cancun ? ParentBeaconBlockRoot ?? default : null,
            RequestsHash = fork >= Fork.Prague ? ExecutionRequests.EmptyHash : null,
            BlockAccessListHash = fork >= Fork.Amsterdam ? BlockAccessList.Empty.Hash : null,
        };
    }
}
