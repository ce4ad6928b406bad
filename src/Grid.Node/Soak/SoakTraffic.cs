using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Node.Bench.Block.Workloads;
using Grid.Node.Fuzz;
using Grid.Primitives;

namespace Grid.Node.Soak;

/// <summary>
/// Endless traffic of a fixed population, much of it in conflict: transfers, token transfers and swaps with favourites, calls that read and
/// write random cells of one contract, some out of gas, delegations, and now and then a transaction that has no place. Follows from the seed.
/// </summary>
internal sealed class SoakTraffic
{
    public const ulong ChainId = 31337, GasLimit = 1_000_000_000_000;

    private const int SenderCount = 512, PoolCount = 4, CellCount = 64;

    /// <summary>slot[word 1] = slot[word 0] + word 2</summary>
    private const string CellCode = "604035600035540160203555";

    private static readonly UInt256 Plenty = UInt256.One << 100;
    private static readonly UInt256 MaxFeeWei = 1_000_000_000_000;

    private readonly Dice _dice;
    private readonly Signer[] _senders;
    private readonly ulong[] _nonces = new ulong[SenderCount];
    private readonly Zipf _favourites = new(SenderCount, 1.0);
    private readonly WorkloadToken _token0, _token1;
    private readonly Address _router;
    private readonly Address[] _pools = new Address[PoolCount];
    private readonly Address _cells;

    public SoakTraffic(ulong seed)
    {
        var scene = new WorkloadScene(seed, SenderCount);
        _dice = scene.Dice;
        _senders = scene.Senders;
        (_token0, _token1) = (new WorkloadToken(scene), new WorkloadToken(scene));
        _router = scene.Deploy(WorkloadCode.Router).Address;
        for (var i = 0; i < PoolCount; i++)
        {
            _pools[i] = SwapsKind.Deploy(scene, _token0, _token1);
        }
        var code = Hex.Decode(CellCode);
        _cells = scene.Deploy(new Bytecode(code, Keccak256.Hash(code))).Address;
        foreach (var sender in _senders)
        {
            scene.Fund(sender.Address, Plenty);
            foreach (var token in (WorkloadToken[])[_token0, _token1])
            {
                token.Give(sender.Address, Plenty);
                token.Allow(sender.Address, _router, UInt256.MaxValue);
            }
        }
        Genesis = new Genesis
        {
            Spec = ChainSpec.From(Fork.Osaka, ChainId).WithSystemContractsRequired(false),
            Accounts = [.. SystemContracts.GenesisAccounts(), .. scene.ToAccounts()],
            Timestamp = 1_700_000_000,
            GasLimit = GasLimit,
            BaseFeePerGas = 1_000_000_000,
        };
    }

    public Genesis Genesis { get; }

    /// <summary>The next block's transactions; from one to the most, small blocks as likely as large ones.</summary>
    public Transaction[] NextBlock(int transactionsMax)
    {
        var count = Math.Min(transactionsMax, 1 << _dice.Below(System.Numerics.BitOperations.Log2((uint)transactionsMax) + 1));
        count = Math.Min(transactionsMax, count + _dice.Below(count));
        var unsigned = new (int Sender, Transaction Transaction)[count];
        for (var i = 0; i < count; i++)
        {
            unsigned[i] = Draft();
        }
        var signed = new Transaction[count];
        Parallel.For(0, count, i =>
        {
            signed[i] = _senders[unsigned[i].Sender].Sign(unsigned[i].Transaction);
            _ = signed[i].Hash;
        });
        return signed;
    }

    private (int Sender, Transaction Transaction) Draft()
    {
        var sender = _dice.Below(SenderCount);
        var favourite = _senders[_favourites.Next(_dice)].Address;
        if (_dice.OneIn(1000))
        {
            // A nonce that isn't this sender's next: passed over.
            return (sender, Of(_nonces[sender] + 1, favourite, 21_000, 1, []));
        }
        var nonce = _nonces[sender]++;
        return (sender, _dice.Below(20) switch
        {
            < 7 => Of(nonce, favourite, 21_000, 1 + (ulong)_dice.Below(1000), []),
            < 12 => Of(nonce, _dice.OneIn(3) ? _token1.Address : _token0.Address, 100_000, 0, WorkloadCode.Call("transfer(address,uint256)", favourite.ToWord(), 1 + (ulong)_dice.Below(1000))),
            < 15 => Of(nonce, _router, 180_000, 0, WorkloadCode.Call(
                "swap(address,bool,uint256,uint256)", _dice.Pick(_pools).ToWord(), _dice.OneIn(2) ? 1 : 0, 1_000_000 + (ulong)_dice.Below(1_000_000), 0)),
            < 19 => Of(nonce, _cells, _dice.OneIn(10) ? 23_000UL : 100_000, 0, Cells()),
            _ => Delegation(sender, nonce, favourite),
        });
    }

    private byte[] Cells()
    {
        var data = new byte[96];
        ((UInt256)(ulong)_dice.Below(CellCount)).WriteBigEndian(data.AsSpan(0, 32));
        ((UInt256)(ulong)_dice.Below(CellCount)).WriteBigEndian(data.AsSpan(32, 32));
        ((UInt256)(ulong)_dice.Below(3)).WriteBigEndian(data.AsSpan(64, 32));
        return data;
    }

    /// <summary>Its own account runs the cells' code from then on, or none any more (EIP-7702).</summary>
    private Transaction Delegation(int sender, ulong nonce, Address to)
    {
        var own = _nonces[sender]++;
        return new Transaction
        {
            Type = TransactionType.SetCode, ChainId = ChainId, Nonce = nonce, GasLimit = 100_000, MaxFeePerGas = MaxFeeWei, MaxPriorityFeePerGas = 1, To = to,
            AuthorizationList = [_senders[sender].Authorize(ChainId, _dice.OneIn(2) ? _cells : Address.Zero, own)],
        };
    }

    private static Transaction Of(ulong nonce, Address to, ulong gas, ulong value, byte[] data) => new()
    {
        Type = TransactionType.DynamicFee, ChainId = ChainId, Nonce = nonce, GasLimit = gas, MaxFeePerGas = MaxFeeWei, MaxPriorityFeePerGas = 1_000, To = to,
        Value = value, Data = data,
    };
}
