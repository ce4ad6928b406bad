using Grid.Chain;
using Grid.Node.Fuzz;
using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>The genesis of a workload while its transactions are written: senders, money, contracts. One sender a transaction.</summary>
internal sealed class WorkloadScene
{
    private static readonly UInt256 WeiPerEther = 1_000_000_000_000_000_000;

    private readonly Dictionary<Address, UInt256> _balances = [];
    private readonly List<WorkloadContract> _contracts = [];

    /// <param name="count">Transactions.</param>
    public WorkloadScene(ulong seed, int count)
    {
        // Keys are numbered from 0 up; this number is none of theirs.
        Dice = new Dice(seed, ulong.MaxValue);
        Senders = new Signer[count];
        Parallel.For(0, count, i => Senders[i] = new Signer(new Dice(seed, (ulong)i).Word()));
    }

    /// <summary>All choices but the senders' keys, taken in block order.</summary>
    public Dice Dice { get; }

    /// <summary>By number: that of its transaction.</summary>
    public Signer[] Senders { get; }

    /// <summary>An address that nobody else has.</summary>
    public Address NewAddress() => new(Dice.Bytes(Address.Length));

    /// <summary>Gives a sender enough for any transaction's gas, and for values of less than an ether.</summary>
    public Address Fund(int sender)
    {
        var address = Senders[sender].Address;
        Fund(address, WeiPerEther * 2);
        return address;
    }

    public void Fund(Address address, UInt256 wei) => _balances[address] = wei;

    public WorkloadContract Deploy(Bytecode code)
    {
        var contract = new WorkloadContract(NewAddress(), code);
        _contracts.Add(contract);
        return contract;
    }

    public GenesisAccount[] ToAccounts() =>
    [
        .. _balances.Select(pair => new GenesisAccount(pair.Key, pair.Value)),
        .. _contracts.Select(contract => contract.ToAccount()),
    ];
}
