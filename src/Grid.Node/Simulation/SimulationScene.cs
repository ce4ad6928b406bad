using System.Collections.Concurrent;
using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Node.Fuzz;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Simulation;

/// <summary>
/// What all histories on one fork begin with: accounts with money, contracts, and the transactions that the accounts may send, which are signed once.
/// </summary>
/// <remarks>Safe because all but the table of transactions is immutable, and equal keys give equal transactions whoever signs them.</remarks>
internal sealed class SimulationScene
{
    public const int SenderCount = 12;

    /// <summary>Forms of the transaction with one nonce of one sender: so many contents, each at two prices.</summary>
    public const int VariantCount = 24;

    private const ulong ChainId = 31337, Seed = 14;

    private const int ContractCount = 4, CellCount = 6;

    /// <summary>slot[word 1] = slot[word 0] + word 2</summary>
    private const string CellCode = "604035600035540160203555";

    /// <summary>The same, but a call without data destroys the contract.</summary>
    private const string MortalCode = "3660065733ff5b" + CellCode;

    /// <summary>slot[0] = 1, and the code is that of the cells.</summary>
    private const string DeploymentCode = "60015f55" + "600c600e5f39" + "600c5ff3" + CellCode;

    private static readonly Lazy<SimulationScene> OsakaScene = new(() => new SimulationScene(Fork.Osaka)), ShanghaiScene = new(() => new SimulationScene(Fork.Shanghai));

    private readonly Signer[] _signers = new Signer[SenderCount];
    private readonly Address[] _contracts = new Address[ContractCount];
    private readonly ConcurrentDictionary<(int Sender, ulong Nonce, int Variant), Transaction> _transactions = new();

    private SimulationScene(Fork fork)
    {
        var dice = new Dice(Seed, 0);
        var accounts = new List<GenesisAccount>(SystemContracts.GenesisAccounts());
        for (var i = 0; i < SenderCount; i++)
        {
            _signers[i] = new Signer(dice.Word());
            accounts.Add(new GenesisAccount(_signers[i].Address, UInt256.One << 100));
        }
        for (var i = 0; i < ContractCount; i++)
        {
            _contracts[i] = new Address(dice.Bytes(Address.Length));
            var code = Hex.Decode(i % 2 == 0 ? CellCode : MortalCode);
            accounts.Add(new GenesisAccount(_contracts[i], UInt256.Zero, 1, new Bytecode(code, Keccak256.Hash(code)), [new(0, 7), new(1, 11)]));
        }
        Genesis = new Genesis
        {
            Spec = ChainSpec.From(fork, ChainId).WithSystemContractsRequired(false),
            Accounts = [.. accounts],
            Timestamp = 1_690_000_000,
            GasLimit = 30_000_000,
            BaseFeePerGas = 1_000_000_000,
        };
        Changes = Genesis.ToAccountChanges();
        State = WorldTrie.Empty().Apply(Changes);
        var header = Genesis.ToHeader(State.Root);
        Block = new Block(header, [], [], header.WithdrawalsRoot is null ? null : []);
    }

    /// <summary>Today's rules.</summary>
    public static SimulationScene Osaka => OsakaScene.Value;

    /// <summary>Rules by which contracts can be destroyed.</summary>
    public static SimulationScene Shanghai => ShanghaiScene.Value;

    public Genesis Genesis { get; }

    public IReadOnlyList<AccountChange> Changes { get; }

    public WorldTrie State { get; }

    public Block Block { get; }

    public Address AddressOf(int sender) => _signers[sender].Address;

    /// <summary>A transaction of a sender, signed.</summary>
    /// <param name="variant">The second half of the variants are the first half's at twice the price.</param>
    public Transaction Get(int sender, ulong nonce, int variant) => _transactions.GetOrAdd((sender, nonce, variant), key =>
    {
        var signed = _signers[key.Sender].Sign(Draft(key.Sender, key.Nonce, key.Variant));
        _ = signed.Hash;
        return signed;
    });

    private Transaction Draft(int sender, ulong nonce, int variant)
    {
        var content = variant % (VariantCount / 2);
        var dice = new Dice(Seed, ((((ulong)sender << 32) | nonce) << 8) + 1 + (ulong)content);
        (Address? To, ulong Gas, ulong Value, byte[] Data) call = dice.Below(16) switch
        {
            < 4 => (_signers[dice.Below(SenderCount)].Address, 21_000, 1, []),
            < 6 => (new Address(dice.Bytes(Address.Length)), 21_000, 5, []),
            < 13 => (dice.Pick(_contracts), dice.OneIn(8) ? 23_000UL : 100_000, 0, Cells(dice)),
            13 => (dice.Pick(_contracts), 100_000, 0, []),
            _ => (null, 200_000, 0, Hex.Decode(DeploymentCode)),
        };
        var price = (variant < VariantCount / 2 ? 1UL : 2UL) * (1_000 + (ulong)dice.Below(5));
        return new Transaction
        {
            Type = TransactionType.DynamicFee, ChainId = ChainId, Nonce = nonce, GasLimit = call.Gas, MaxFeePerGas = price * 1_000_000_000, MaxPriorityFeePerGas = price,
            To = call.To, Value = call.Value, Data = call.Data,
        };
    }

    private static byte[] Cells(Dice dice)
    {
        var data = new byte[96];
        ((UInt256)(ulong)dice.Below(CellCount)).WriteBigEndian(data.AsSpan(0, 32));
        ((UInt256)(ulong)dice.Below(CellCount)).WriteBigEndian(data.AsSpan(32, 32));
        ((UInt256)(ulong)dice.Below(3)).WriteBigEndian(data.AsSpan(64, 32));
        return data;
    }
}
