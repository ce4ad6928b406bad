using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Tests.History;

/// <summary>
/// A chain of random blocks, made by sequential execution, and the states after all of them: transfers, contracts that are created, written to, destroyed and
/// created again at the same address, of which some have storage in genesis that no block names.
/// </summary>
internal sealed class RandomChain
{
    private const int GenesisContracts = 3, GenesisSlots = 12, ReceiversMax = 6, SlotsMax = 16;

    private const ulong GasPriceWei = 20_000_000_000;

    /// <summary>
    /// Without data destroys itself; with a word returns that slot; with two stores the second one under the first:
    /// CALLDATASIZE PUSH1 32 EQ PUSH1 22 JUMPI, CALLDATASIZE PUSH1 13 JUMPI, CALLER SELFDESTRUCT, JUMPDEST PUSH1 32 CALLDATALOAD PUSH1 0 CALLDATALOAD SSTORE STOP,
    /// JUMPDEST PUSH1 0 CALLDATALOAD SLOAD PUSH1 0 MSTORE PUSH1 32 PUSH1 0 RETURN. As old as Ethereum.
    /// </summary>
    private static readonly byte[] Runtime = Grid.Primitives.Hex.Decode("36602014601657" + "36600d57" + "33ff" + "5b6020356000355500" + "5b60003554600052" + "60206000f3");

    /// <summary>Stores 7 at slot 1 and 9 at slot 2, then copies the runtime code behind these bytes, and returns it.</summary>
    private static readonly byte[] Initcode =
        [.. Grid.Primitives.Hex.Decode("6007600155" + "6009600255"), 0x60, (byte)Runtime.Length, 0x80, 0x60, 21, 0x60, 0, 0x39, 0x60, 0, 0xf3, .. Runtime];

    /// <summary>Creates what it is called with by CREATE2: CALLDATASIZE PUSH1 0 PUSH1 0 CALLDATACOPY PUSH1 0 CALLDATASIZE PUSH1 0 PUSH1 0 CREATE2 STOP.</summary>
    private static readonly byte[] FactoryRuntime = Grid.Primitives.Hex.Decode("366000600037" + "60003660006000f5" + "00");

    private static readonly Address Factory = Address.FromNumber(0xfac70);

    private readonly Random _random;
    private readonly ulong[] _nonces = new ulong[DevelopmentAccounts.Signers.Count];
    private readonly List<Address> _contracts;

    public RandomChain(Fork fork, int blocks, int seed)
    {
        (_random, Seed, Fork) = (new Random(seed), seed, fork);
        _contracts = [.. Enumerable.Range(0, GenesisContracts).Select(i => Address.FromNumber(0xc0de00 + (ulong)i)), Recreated];
        Genesis = MakeGenesis();
        var state = WorldTrie.Empty().Apply(Genesis.ToAccountChanges());
        States.Add(state);
        var parent = Genesis.ToHeader(state.Root);
        for (var i = 0; i < blocks; i++)
        {
            var (block, after) = BlockMiner.Make(Genesis.Spec, parent, state, RandomTransactions(), []);
            Blocks.Add(block);
            States.Add(after);
            (parent, state) = (block.Header, after);
        }
    }

    public Fork Fork { get; }

    public int Seed { get; }

    public Genesis Genesis { get; }

    /// <summary>From 1 on.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>By height.</summary>
    public List<WorldTrie> States { get; } = [];

    public IEnumerable<UInt256> Slots => Enumerable.Range(0, SlotsMax).Select(slot => (UInt256)(ulong)slot);

    /// <summary>Every account that may ever have been there, and one that never was.</summary>
    public IEnumerable<Address> Addresses =>
        [.. _contracts, Factory, .. Enumerable.Range(0, ReceiversMax).Select(Receiver), .. DevelopmentAccounts.Signers.Select(signer => signer.Address), Address.FromNumber(0x404)];

    private static Address Recreated { get; } = new(Keccak256.Hash(
        [0xff, .. Factory.Span, .. new byte[32], .. Keccak256.Hash(Initcode).Span]).Span[12..]);

    public static byte[] LoadCall(UInt256 slot) => slot.ToBigEndian();

    private static Address Receiver(int i) => Address.FromNumber(0xbeef00 + (ulong)i);

    private Genesis MakeGenesis() => new()
    {
        Spec = Fork >= Fork.Paris
            ? ChainSpec.From(Fork, DevelopmentAccounts.ChainId)
            : new ChainSpec(DevelopmentAccounts.ChainId, Enumerable.Range(0, (int)Fork + 1).Where(f => (Fork)f != Fork.Dao).ToDictionary(f => (Fork)f, _ => 0UL)),
        Difficulty = Fork >= Fork.Paris ? UInt256.Zero : 1_000_000,
        Timestamp = TestChain.GenesisTimestamp,
        GasLimit = 30_000_000,
        Accounts =
        [
            .. SystemContracts.GenesisAccounts(),
            .. DevelopmentAccounts.Signers.Select(signer => new GenesisAccount(signer.Address, DevelopmentAccounts.BalanceWei)),
            new GenesisAccount(Factory, 0, 1, CodeOf(FactoryRuntime)),
            .. _contracts.Take(GenesisContracts).Select((address, i) => new GenesisAccount(address, (ulong)i, 1, CodeOf(Runtime), GenesisStorage(i))),
        ],
    };

    private static KeyValuePair<UInt256, UInt256>[] GenesisStorage(int contract) =>
        [.. Enumerable.Range(0, contract * GenesisSlots / 2).Select(slot => KeyValuePair.Create((UInt256)(ulong)slot, (UInt256)(ulong)(slot + 100)))];

    private static Bytecode CodeOf(byte[] code) => new(code, Keccak256.Hash(code));

    /// <summary>Rarely a destruction, so that contracts live for some blocks; then often a creation in the same block.</summary>
    private Transaction[] RandomTransactions() => [.. Enumerable.Range(0, _random.Next(5)).Select(_ => RandomTransaction())];

    private Transaction RandomTransaction()
    {
        var contract = _contracts[_random.Next(_contracts.Count)];
        switch (_random.Next(16))
        {
            case 0:
                return Send(contract, [], 0);
            case 1 or 2 when Fork >= Fork.Constantinople:
                return Send(Factory, Initcode, 0);
            case 3:
                var from = _random.Next(_nonces.Length);
                _contracts.Add(ContractAddress.FromNonce(DevelopmentAccounts.Signers[from].Address, _nonces[from]));
                return Send(null, Initcode, 1, from);
            case 4 or 5:
                // Before EIP-158 a payment of nothing makes an empty account, after it takes one away.
                return Send(Receiver(_random.Next(ReceiversMax)), [], (ulong)_random.Next(3));
            case 6 when Fork >= Fork.Prague:
                return Delegate();
            default:
                UInt256 slot = (ulong)_random.Next(SlotsMax), value = (ulong)_random.Next(4);
                return Send(contract, [.. slot.ToBigEndian(), .. value.ToBigEndian()], 0);
        }
    }

    /// <summary>Gives an account the code of a contract, or takes it away (EIP-7702).</summary>
    private Transaction Delegate()
    {
        var (from, authority) = (_random.Next(_nonces.Length), _random.Next(_nonces.Length));
        var nonce = _nonces[from]++;
        var target = _random.Next(3) == 0 ? Address.Zero : _contracts[_random.Next(_contracts.Count)];
        return DevelopmentAccounts.Signers[from].Sign(new Transaction
        {
            Type = TransactionType.SetCode, ChainId = DevelopmentAccounts.ChainId, Nonce = nonce, GasLimit = 250_000, MaxFeePerGas = GasPriceWei,
            MaxPriorityFeePerGas = 1, To = Receiver(0),
            AuthorizationList = [DevelopmentAccounts.Signers[authority].Authorize(DevelopmentAccounts.ChainId, target, _nonces[authority]++)],
        });
    }

    private Transaction Send(Address? to, byte[] data, ulong value, int? sender = null)
    {
        var from = sender ?? _random.Next(_nonces.Length);
        return DevelopmentAccounts.Signers[from].Sign(new Transaction
        {
            Type = TransactionType.Legacy, Nonce = _nonces[from]++, GasLimit = 250_000, MaxFeePerGas = GasPriceWei, MaxPriorityFeePerGas = GasPriceWei,
            To = to, Value = value, Data = data,
        });
    }
}
