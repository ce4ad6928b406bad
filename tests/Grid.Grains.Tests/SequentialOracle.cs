using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Primitives;
using Grid.State;

namespace Grid.Grains.Tests;

/// <summary>Executes blocks one transaction after the other on one unsharded state, with nothing of the grains: what is right.</summary>
internal static class SequentialOracle
{
    /// <summary>The state after the blocks, each of whose headers must be what execution leads to.</summary>
    public static WorldTrie Replay(Genesis genesis, IEnumerable<Block> blocks)
    {
        var state = WorldTrie.Empty().Apply(genesis.ToAccountChanges());
        var hashes = new Dictionary<ulong, Hash256> { [0] = genesis.ToHeader(state.Root).Hash };
        foreach (var block in blocks)
        {
            var environment = BlockEnvironment.Of(genesis.Spec, block, new Hashes(hashes));
            var executor = new SequentialExecutor(environment, ExecutionMode.Import, block.Transactions, state);
            Assert.Equal(ExecutionStatus.Complete, executor.Run());
            state = state.Apply(executor.Result!.AccessList.ToAccountChanges());
            Assert.Equal(default, BlockSealer.Check(block.Header, executor.Result, state.Root));
            Assert.Equal(hashes[block.Header.Number - 1], block.Header.ParentHash);
            hashes[block.Header.Number] = block.Hash;
        }
        return state;
    }

    private sealed class Hashes(Dictionary<ulong, Hash256> hashes) : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => hashes.GetValueOrDefault(number);
    }
}
