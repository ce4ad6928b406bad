using Grid.Chain;
using Grid.Evm;
using Grid.Execution;
using Grid.Execution.Waves;
using Grid.Grains.Load;
using Grid.Grains.Tests.History;
using Grid.Primitives;
using Grid.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Grains.Tests.Coordinator;

/// <summary>Blocks that are imported with their access lists, right and wrong ones: the journal is that of an import without any.</summary>
public sealed class ListedImportTests
{
    private const int Blocks = 12;

    [Theory]
    [InlineData(Fork.Byzantium, 1, 1)]
    [InlineData(Fork.Shanghai, 1, 2)]
    [InlineData(Fork.Shanghai, 3, 3)]
    [InlineData(Fork.Osaka, 2, 4)]
    public async Task Journal_is_the_same_with_lists_and_with_wrong_ones(Fork fork, int silos, int seed)
    {
        var chain = new RandomChain(fork, Blocks, seed);
        var lists = ListsOf(chain);
        await using var plain = await StartAsync(chain, silos);
        await using var listed = await StartAsync(chain, silos);
        await using var misled = await StartAsync(chain, silos);
        for (var i = 0; i < Blocks; i++)
        {
            await ImportAsync(plain, chain.Blocks[i], null, AccessListUse.None);
            await ImportAsync(listed, chain.Blocks[i], lists[i], AccessListUse.Used);
            // Another block's.
            await ImportAsync(misled, chain.Blocks[i], lists[(i + 1) % Blocks], AccessListUse.Wrong);
            var expected = await plain.Journal.ReadBlockAsync((ulong)i + 1, TestContext.Current.CancellationToken);
            foreach (var other in (TestChain[])[listed, misled])
            {
                AssertSame(expected!, (await other.Journal.ReadBlockAsync((ulong)i + 1, TestContext.Current.CancellationToken))!);
            }
        }
        var figures = listed.Cluster.Silos.SelectMany(silo => silo.Services.GetRequiredService<ExecutionCounters>().Snapshot(0).AccessLists);
        Assert.Equal(Blocks, figures.Where(x => x.Use == nameof(AccessListUse.Used)).Sum(x => x.Blocks));
    }

    private static void AssertSame(JournalBlock expected, JournalBlock actual)
    {
        Assert.Equal((expected.Hash, expected.StateRoot), (actual.Hash, actual.StateRoot));
        Assert.Equal(Hex.Encode(expected.AccessList.Span), Hex.Encode(actual.AccessList.Span));
        Assert.Equal(Hex.Encode(expected.Receipts.Span), Hex.Encode(actual.Receipts.Span));
    }

    private static async Task ImportAsync(TestChain grid, Block block, byte[]? list, AccessListUse use)
    {
        var result = await grid.Coordinator.ImportBlock(new(block, block.Encode().Length, list));
        Assert.True(result.Error.IsNone, $"block {block.Header.Number}: {result.Error}");
        Assert.Equal(use, result.Committed!.Execution.AccessList);
        // What the list names comes with one message a silo.
        Assert.True(use != AccessListUse.Used || result.Committed.Execution.Fetches <= 1, $"{result.Committed.Execution.Fetches} rounds of fetching");
    }

    private static Task<TestChain> StartAsync(RandomChain chain, int silos) => TestChain.StartAsync(
        silos, PastStateTests.Options(chain) with { Lanes = 2, Execution = new ParallelSettings { Lanes = 2, AlwaysSplits = true } });

    private static List<byte[]> ListsOf(RandomChain chain) => [.. chain.Blocks.Select((block, i) =>
    {
        var environment = BlockEnvironment.Of(chain.Genesis.Spec, chain.Fork, block.Header, block.Withdrawals ?? [], NoHashes.Instance);
        var executor = new SequentialExecutor(environment, ExecutionMode.Import, block.Transactions, chain.States[i]);
        Assert.Equal(ExecutionStatus.Complete, executor.Run());
        return executor.Result!.AccessList.EncodeRlp();
    })];

    private sealed class NoHashes : IBlockHashes
    {
        public static readonly NoHashes Instance = new();

        public Hash256 GetBlockHash(ulong number) => default;
    }
}
