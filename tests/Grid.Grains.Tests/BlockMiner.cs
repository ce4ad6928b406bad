using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Tests;

/// <summary>Makes blocks of any fork in memory by sequential execution, with nothing of the grains.</summary>
internal static class BlockMiner
{
    private static readonly Address Beneficiary = Address.FromNumber(0x1111);

    /// <summary>The block and the state after it.</summary>
    /// <param name="state">After the parent.</param>
    public static (Block Block, WorldTrie State) Make(ChainSpec spec, BlockHeader parent, WorldTrie state, Transaction[] transactions, BlockHeader[] ommers)
    {
        var environment = EnvironmentOf(spec, parent, transactions.Length, ommers);
        var executor = new SequentialExecutor(
            environment, ExecutionMode.Import, transactions, state, ommers, world => state.Apply(world.CollectChanges()).Root);
        Assert.True(executor.Run() == ExecutionStatus.Complete, executor.Error.ToString());
        var after = state.Apply(executor.Result!.AccessList.ToAccountChanges());
        return (BlockSealer.Seal(executor.Result, after.Root) with { Ommers = ommers }, after);
    }

    private static BlockEnvironment EnvironmentOf(ChainSpec spec, BlockHeader parent, int transactions, BlockHeader[] ommers)
    {
        var timestamp = parent.Timestamp + 5 + (ulong)transactions;
        if (spec.TerminalTotalDifficulty is { IsZero: true })
        {
            return BlockEnvironment.Next(spec, parent, new BlockAttributes(timestamp, Beneficiary, parent.GasLimit), new NoHashes());
        }
        var fork = spec.ForkAt(parent.Number + 1, timestamp, isAfterMerge: false);
        var header = new BlockHeader
        {
            ParentHash = parent.Hash, Number = parent.Number + 1, Timestamp = timestamp, Beneficiary = Beneficiary,
            GasLimit = parent.GasLimit, Difficulty = DifficultyRules.Next(fork, parent, timestamp),
            BaseFeePerGas = BaseFeeRules.Next(parent, fork), OmmersHash = new Block(parent, [], ommers, null).ComputeOmmersHash(),
        };
        return BlockEnvironment.Of(spec, fork, header, [], new NoHashes());
    }

    private sealed class NoHashes : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => default;
    }
}
