using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Paths;

/// <summary>
/// Cases of one fork as the blocks of one chain: the genesis has the accounts of all, which are disjoint but for those of the protocol, and
/// the sequential executor says what each block must be.
/// </summary>
internal sealed class GridChain
{
    private const ulong GasLimit = 30_000_000, GenesisTime = 1_000, SecondsBetweenBlocks = 12;

    private static readonly UInt256 BaseFeePerGas = 7;

    private GridChain(Genesis genesis, IReadOnlyList<GridBlock> blocks)
    {
        (Genesis, Blocks) = (genesis, blocks);
    }

    public Genesis Genesis { get; }

    public IReadOnlyList<GridBlock> Blocks { get; }

    /// <param name="withWithdrawals">Blocks that are imported may have them; such that are made on demand have none.</param>
    /// <exception cref="PathException">A block can't be executed.</exception>
    public static GridChain Of(IReadOnlyList<PreparedCase> cases, bool withWithdrawals)
    {
        var fork = cases[0].Fork;
        var genesis = new Genesis
        {
            Spec = PreparedCase.SpecOf(fork),
            Accounts = [.. cases.SelectMany(prepared => prepared.Accounts).DistinctBy(account => account.Address)],
            Timestamp = GenesisTime,
            GasLimit = GasLimit,
            BaseFeePerGas = BaseFeePerGas,
        };
        var state = WorldTrie.Empty().Apply(genesis.ToAccountChanges());
        var parent = genesis.ToHeader(state.Root);
        var hashes = new Hashes();
        hashes.Add(parent);
        var blocks = new List<GridBlock>(cases.Count);
        foreach (var prepared in cases)
        {
            var block = prepared.Source.Block;
            var attributes = new BlockAttributes(parent.Timestamp + SecondsBetweenBlocks, block.Beneficiary, GasLimit)
            {
                PrevRandao = block.PrevRandao,
                Withdrawals = withWithdrawals && fork >= Fork.Shanghai ? block.Withdrawals : [],
            };
            var environment = BlockEnvironment.Next(genesis.Spec, parent, attributes, hashes);
            var result = CaseResult.OfOracle(prepared.With(state, environment));
            var sealedBlock = BlockSealer.Seal(result.Execution, result.State.Root);
            blocks.Add(new GridBlock(attributes, Array.FindAll(prepared.Transactions, HasBytes), sealedBlock, result));
            state = result.State;
            parent = sealedBlock.Header;
            hashes.Add(parent);
        }
        return new GridChain(genesis, blocks);
    }

    /// <summary>Nobody can send a transaction, from a client or between silos, that is so wrong that no bytes can say it.</summary>
    private static bool HasBytes(Transaction transaction) => Transaction.TryDecode(transaction.Encoded, out _, out _);

    private sealed class Hashes : IBlockHashes
    {
        private readonly Dictionary<ulong, Hash256> _hashes = [];

        public void Add(BlockHeader header) => _hashes[header.Number] = header.Hash;

        public Hash256 GetBlockHash(ulong number) => _hashes.GetValueOrDefault(number);
    }
}

/// <summary>A block to be made or imported, and what it must be.</summary>
/// <param name="Offered">With those that will be refused, but for what can't be sent.</param>
internal sealed record GridBlock(BlockAttributes Attributes, Transaction[] Offered, Block Block, CaseResult Result);
