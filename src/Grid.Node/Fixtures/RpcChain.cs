using Grid.Chain;
using Grid.Execution.Import;
using Grid.Node.Import;
using Grid.State;

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
        var state = WorldTrie.Empty().Apply(Genesis.ToAccountChanges());
        var header = Genesis.ToHeader(state.Root);
        Tree = new ChainTree(Genesis.Spec, new Block(header, [], [], header.WithdrawalsRoot is null ? null : []), state);
        Blocks = [Tree.Head.Block];
    }

    public Genesis Genesis { get; }

    /// <summary>The chain up to the last block that was imported.</summary>
    public ChainTree Tree { get; }

    /// <summary>Its blocks by number.</summary>
    public List<Block> Blocks { get; }

    /// <summary>Whether a file stands beside such a chain.</summary>
    public static bool IsBeside(string path) =>
        Path.GetDirectoryName(path) is { } folder && File.Exists(Path.Combine(folder, GenesisName)) && File.Exists(Path.Combine(folder, BlocksName));

    /// <summary>The chain beside a file, with its genesis block only.</summary>
    /// <exception cref="GenesisFormatException">The genesis file is malformed.</exception>
    public static RpcChain StartBeside(string path) => new(Path.GetDirectoryName(path)!);

    /// <summary>The chain beside a file, with all its blocks.</summary>
    /// <exception cref="FixtureFormatException">A block is refused.</exception>
    public static RpcChain LoadBeside(string path)
    {
        var chain = StartBeside(path);
        foreach (var (block, length) in chain.Read())
        {
            var error = chain.Tree.Import(block, length);
            if (!error.IsNone)
            {
                throw new FixtureFormatException($"Block {block.Header.Number} of {BlocksName} is refused: {BlockErrorText.Of(error)}.");
            }
            chain.Blocks.Add(block);
        }
        return chain;
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
