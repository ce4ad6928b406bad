using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Node.Bench.Block;
using Grid.Node.Bench.Block.Workloads;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Tests.Workloads;

/// <summary>A generated workload and the block that the sequential executor makes of it.</summary>
internal sealed class ExecutedWorkload
{
    private ExecutedWorkload(BlockWorkload workload, Transaction[] transactions, BlockExecution block) =>
        (Workload, Transactions, Block) = (workload, transactions, block);

    public BlockWorkload Workload { get; }

    public Transaction[] Transactions { get; }

    public BlockExecution Block { get; }

    public static ExecutedWorkload Of(string description, int count, ulong seed = 1)
    {
        var workload = WorkloadGenerator.Generate(WorkloadDescription.Parse(description), count, seed);
        var state = WorldTrie.Empty().Apply(workload.Genesis.ToAccountChanges());
        var genesis = workload.Genesis.ToHeader(state.Root);
        var environment = BlockEnvironment.Next(workload.Genesis.Spec, genesis, workload.Attributes, new NoHashes());
        var transactions = workload.Decode(count);
        var executor = new SequentialExecutor(environment, ExecutionMode.Build, transactions, state);
        Assert.Equal(ExecutionStatus.Complete, executor.Run());
        return new ExecutedWorkload(workload, transactions, executor.Result!);
    }

    /// <summary>How many transactions changed each storage slot that more than one of them changed, in descending order.</summary>
    public int[] SharedSlots()
    {
        var list = Block.AccessList;
        var counts = new List<int>();
        foreach (var account in list.Accounts)
        {
            foreach (var slot in list.Slots(account))
            {
                counts.Add(list.Changes(slot).Length);
            }
        }
        return [.. counts.Where(count => count > 1).OrderDescending()];
    }

    /// <summary>How many transactions paid each account that more than one of them paid, in descending order.</summary>
    public int[] SharedReceivers() =>
        [.. Transactions.GroupBy(transaction => transaction.To!.Value).Select(group => group.Count()).Where(count => count > 1).OrderDescending()];

    private sealed class NoHashes : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => default;
    }
}
