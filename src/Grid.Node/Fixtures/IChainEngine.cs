using Grid.Chain;
using Grid.Execution.Import;
using Grid.Execution.Waves;
using Grid.State;

namespace Grid.Node.Fixtures;

/// <summary>What a fixture's chain starts from.</summary>
/// <param name="Accounts">The genesis accounts as changes of an empty state.</param>
/// <param name="State">The state that they make.</param>
public sealed record ChainStart(ChainSpec Spec, Block Genesis, IReadOnlyList<AccountChange> Accounts, WorldTrie State)
{
    public static ChainStart Of(Genesis genesis)
    {
        var accounts = genesis.ToAccountChanges();
        var state = WorldTrie.Empty().Apply(accounts);
        var header = genesis.ToHeader(state.Root);
        return new ChainStart(genesis.Spec, new Block(header, [], [], header.WithdrawalsRoot is null ? null : []), accounts, state);
    }
}

/// <summary>Who keeps the chains of fixtures and executes their blocks. Any thread may ask.</summary>
public interface IChainEngine
{
    /// <summary>Why cases without a chain aren't run beside it; null where they are.</summary>
    string? NoChainReason { get; }

    /// <summary>Starts a chain and lends it.</summary>
    /// <param name="use">The chain is its own until it returns.</param>
    T Run<T>(ChainStart start, Func<IBlockTree, T> use);
}

/// <summary>The library: chains in memory, without grains.</summary>
/// <param name="lanes">1: one transaction after the other. More: in waves on so many threads, also where a block is too small for it to pay.</param>
/// <param name="onLists">Each block also at once on the access list that executing it in order gave.</param>
public sealed class LibraryChains(int lanes = 1, bool onLists = false) : IChainEngine
{
    /// <summary>The blocks of the largest fixture, and some.</summary>
    public const int BlocksMax = 4_096;

    /// <summary>Tables for a few cases at once.</summary>
    private readonly ExecutionMemoryPool _memories = new(kept: 64);

    public string? NoChainReason => null;

    public T Run<T>(ChainStart start, Func<IBlockTree, T> use) => use(new ChainTree(start.Spec, start.Genesis, start.State, NewExecutor(), BlocksMax));

    private IBlockExecutor NewExecutor()
    {
        var settings = new ParallelSettings { Lanes = lanes, AlwaysSplits = true };
        return onLists ? new ListedBlockExecutor(settings, _memories) : lanes == 1 ? new SequentialBlockExecutor() : new ParallelBlockExecutor(settings, _memories);
    }
}
