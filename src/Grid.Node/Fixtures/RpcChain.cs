using Grid.Chain;
using Grid.Execution.Import;
using Grid.Node.Import;

namespace Grid.Node.Fixtures;

/// <summary>A chain that RPC suites run against: `genesis.json` and `chain.rlp` in one folder.</summary>
public sealed class RpcChain
{
    private const string GenesisName = "genesis.json", BlocksName = "chain.rlp";

    private readonly string _folder;

    private RpcChain(string folder)
    {
        _folder = folder;
        Genesis = Genesis.Parse(File.ReadAllBytes(Path.Combine(folder, GenesisName)));
        Start = ChainStart.Of(Genesis);
    }

    public Genesis Genesis { get; }

    public ChainStart Start { get; }

    /// <summary>Whether a file stands beside such a chain.</summary>
    public static bool IsBeside(string path) =>
        Path.GetDirectoryName(path) is { } folder && File.Exists(Path.Combine(folder, GenesisName)) && File.Exists(Path.Combine(folder, BlocksName));

    /// <summary>The chain beside a file.</summary>
    /// <exception cref="GenesisFormatException">The genesis file is malformed.</exception>
    public static RpcChain Beside(string path) => new(Path.GetDirectoryName(path)!);

    /// <summary>The blocks beside a file by number, after all are imported: those up to the chain's head.</summary>
    /// <exception cref="FixtureFormatException">A block is refused.</exception>
    public static TreeBlock[] ImportBeside(string path, IChainEngine engine)
    {
        var chain = Beside(path);
        return engine.Run(chain.Start, tree =>
        {
            var blocks = new Dictionary<ulong, TreeBlock> { [0] = tree.Head };
            foreach (var (block, length, _) in chain.Read())
            {
                var error = tree.Import(block, length);
                if (!error.IsNone)
                {
                    throw new FixtureFormatException($"Block {block.Header.Number} of {BlocksName} is refused: {BlockErrorText.Of(error)}.");
                }
            }
            var at = tree.Head;
            while (at.Block.Header.Number > 0)
            {
                blocks[at.Block.Header.Number] = at;
                at = tree.TryGet(at.Block.Header.ParentHash, out var parent) ? parent : throw new FixtureFormatException("A block's parent isn't in the tree.");
            }
            return Enumerable.Range(0, blocks.Count).Select(number => blocks[(ulong)number]).ToArray();
        });
    }

    /// <summary>The blocks of the file, the genesis block excepted.</summary>
    public IEnumerable<FileBlock> Read()
    {
        using var stream = File.OpenRead(Path.Combine(_folder, BlocksName));
        foreach (var block in BlockFile.Read(stream))
        {
            if (block.Block.Header.Number > 0)
            {
                yield return block;
            }
        }
    }
}
