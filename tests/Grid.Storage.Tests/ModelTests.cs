using CsCheck;
using Grid.Primitives;
using Grid.State;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests;

/// <summary>Random sequences of calls, opening the storage again in between: all media answer as memory does. A failure prints its seed.</summary>
public sealed class ModelTests
{
    private const int Cases = 12, StepsMax = 40, Shards = 3, Transactions = 6;

    private const int Accounts = 3;

    private enum Kind
    {
        Append,
        AppendWrongly,
        AppendFenced,
        TakeFencingNumber,
        UpdatePool,
        WriteStore,
        WriteStoreWrongly,
        Reopen,
    }

    /// <summary>One call: what the numbers mean depends on the kind.</summary>
    private readonly record struct Step(Kind Kind, int A, int B, int C);

    private static readonly Gen<Step> Steps =
        Gen.Select(Gen.Int[0, (int)Kind.Reopen], Gen.Int[0, 63], Gen.Int[0, 63], Gen.Int[0, 63]).Select((kind, a, b, c) => new Step((Kind)kind, a, b, c));

    [Theory, MemberData(nameof(TestStorage.DurableMedia), MemberType = typeof(TestStorage))]
    public async Task A_durable_medium_answers_as_memory_does(Medium medium) =>
        await Steps.Array[0, StepsMax].SampleAsync(steps => RunAsync(steps, medium), iter: medium == Medium.Postgres ? Cases / 2 : Cases, threads: 1);

    private static async Task RunAsync(Step[] steps, Medium medium)
    {
        using var memory = new TestStorage(Medium.Memory);
        using var durable = new TestStorage(medium);
        ulong fencingNumber = 0;
        foreach (var step in steps)
        {
            if (step.Kind == Kind.Reopen)
            {
                durable.Reopen();
                continue;
            }
            var expected = await DoAsync(step, memory, fencingNumber);
            Assert.Equal(expected, await DoAsync(step, durable, fencingNumber));
            fencingNumber = step.Kind == Kind.TakeFencingNumber ? (ulong)expected : fencingNumber;
        }
        Assert.Equal(await DescribeAsync(memory), await DescribeAsync(durable));
        durable.Reopen();
        Assert.Equal(await DescribeAsync(memory), await DescribeAsync(durable));
    }

    private static async Task<object> DoAsync(Step step, TestStorage storage, ulong fencingNumber)
    {
        switch (step.Kind)
        {
            case Kind.Append or Kind.AppendWrongly or Kind.AppendFenced:
                var head = await storage.Journal.ReadHeadAsync();
                var number = head is null ? 0 : head.Number + 1;
                var parent = step.Kind == Kind.AppendWrongly ? Hash(77) : head?.Hash ?? default;
                var block = Block(number + (step.Kind == Kind.AppendWrongly && step.A % 2 == 0 ? 1UL : 0UL), parent, [.. Pick(step.A)]) with { Hash = Hash(10_000 + number) };
                return await storage.Journal.AppendAsync(block, fencingNumber - (step.Kind == Kind.AppendFenced ? 1UL : 0UL));
            case Kind.TakeFencingNumber:
                return await storage.Journal.TakeFencingNumberAsync();
            case Kind.UpdatePool:
                await storage.Journal.UpdatePoolAsync([.. Pick(step.A).Select(hash => Entry((ulong)hash.ToWord() - 1000))], [.. Pick(step.B)]);
                return true;
            default:
                return await storage.Store.WriteAsync(await ToBatchesAsync(step, storage.Store));
        }
    }

    /// <summary>Those of the transactions whose bits are set.</summary>
    private static IEnumerable<Hash256> Pick(int bits) => Enumerable.Range(0, Transactions).Where(i => (bits >> i & 1) == 1).Select(i => Hash(1000 + (ulong)i));

    private static async Task<StoreBatch[]> ToBatchesAsync(Step step, IStateStore store)
    {
        var batches = new List<StoreBatch>();
        for (var shard = 0; shard < Shards; shard++)
        {
            if ((step.A >> shard & 1) == 0)
            {
                continue;
            }
            var stored = await store.ReadShardAsync(Prefix(shard));
            var before = stored?.Slice ?? StateShard.Empty(Prefix(shard));
            var from = (stored?.Version ?? 0) + (step.Kind == Kind.WriteStoreWrongly && shard == step.C % Shards ? 1UL : 0UL);
            var key = Key(shard, (ulong)(step.B % Accounts));
            Assert.True(before.TryGet(in key, out var leaf));
            var after = before.Apply([new LeafChange(key, (step.B / Accounts % 4) switch
            {
                0 => null,
                1 => Leaf((ulong)step.C, null, null, (step.C % 4, 1)),
                _ => Leaf((ulong)step.C, leaf, before.Nodes?.StorageOf(in key), (step.C % 4, step.C / 4 % 3), ((step.C % 3) + 4, step.B % 2)),
            })]);
            batches.Add(Batch(from, stored is null ? 0 : from + 1, stored?.Slice, after) with { Codes = step.C % 5 == 0 ? [Code((byte)step.B)] : [] });
        }
        return [.. batches];
    }

    /// <summary>All that can be read, as text.</summary>
    private static async Task<string> DescribeAsync(TestStorage storage)
    {
        var (journal, store) = (storage.Journal, storage.Store);
        var head = await journal.ReadHeadAsync();
        var lines = new List<string> { $"head {head}" };
        for (ulong number = 0; number <= (head?.Number ?? 0) + 1; number++)
        {
            var block = await journal.ReadBlockAsync(number);
            lines.Add($"block {block?.Hash} {block?.ParentHash} {block?.TotalDifficulty} {Hex.Encode(block?.Block.ToArray() ?? [])} {string.Join(',', block?.TransactionHashes.ToArray() ?? [])}");
            lines.Add($"hash {await journal.ReadHashAsync(number)}");
            lines.Add($"number {await journal.FindBlockAsync(Hash(10_000 + number))}");
        }
        foreach (var hash in Pick(-1))
        {
            lines.Add($"transaction {await journal.FindTransactionAsync(hash)}");
        }
        lines.AddRange((await journal.ReadPoolAsync()).OrderBy(x => x.Hash).Select(x => $"pool {x.Hash} {x.Sender} {x.AdmittedUnixMs} {Hex.Encode(x.Raw.Span)}"));
        for (var shard = 0; shard < Shards; shard++)
        {
            var stored = await store.ReadShardAsync(Prefix(shard));
            lines.Add($"shard {shard} {stored?.Version} {stored?.Slice.Root()}");
            for (var account = 0; account < Accounts; account++)
            {
                lines.Add($"account {await Samples.DescribeAsync(store, shard, Key(shard, (ulong)account), Enumerable.Range(0, 8))}");
            }
        }
        for (var i = 0; i < 64; i++)
        {
            lines.Add($"code {store.ReadCode(Code((byte)i).Hash)?.Length}");
        }
        return string.Join('\n', lines);
    }
}
