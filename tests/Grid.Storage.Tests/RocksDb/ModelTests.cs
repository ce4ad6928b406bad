using CsCheck;
using Grid.Primitives;
using static Grid.Storage.Tests.Samples;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>Random sequences of calls, opening the folder again in between: RocksDB answers as memory does. A failure prints its seed.</summary>
public sealed class ModelTests
{
    private const int Cases = 12, StepsMax = 40, Shards = 3, Transactions = 6;

    private static readonly Address[] Accounts = [Address.FromNumber(0), Address.FromNumber(1), Address.Parse("0x" + new string('f', 40))];

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

    [Fact]
    public async Task RocksDB_answers_as_memory_does() => await Steps.Array[0, StepsMax].SampleAsync(RunAsync, iter: Cases, threads: 1);

    private static async Task RunAsync(Step[] steps)
    {
        using var memory = new TestStorage(Medium.Memory);
        using var rocks = new TestStorage(Medium.RocksDb);
        ulong fencingNumber = 0;
        foreach (var step in steps)
        {
            if (step.Kind == Kind.Reopen)
            {
                rocks.Reopen();
                continue;
            }
            var expected = await DoAsync(step, memory, fencingNumber);
            Assert.Equal(expected, await DoAsync(step, rocks, fencingNumber));
            fencingNumber = step.Kind == Kind.TakeFencingNumber ? (ulong)expected : fencingNumber;
        }
        Assert.Equal(await DescribeAsync(memory), await DescribeAsync(rocks));
        rocks.Reopen();
        Assert.Equal(await DescribeAsync(memory), await DescribeAsync(rocks));
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
            var version = await store.ReadVersionAsync(shard);
            var from = (version ?? 0) + (step.Kind == Kind.WriteStoreWrongly && shard == step.C % Shards ? 1UL : 0UL);
            var account = Accounts[step.B % Accounts.Length];
            var change = (step.B / Accounts.Length % 4) switch
            {
                0 => Gone(account),
                1 => Change(account, (ulong)step.C, cleared: true, (step.C % 4, 1)),
                _ => Change(account, (ulong)step.C, cleared: false, (step.C % 4, step.C / 4 % 3), (step.C % 3, step.B % 2)),
            };
            batches.Add(new StoreBatch(shard, from, version is null ? 0 : from + 1, [change], step.C % 5 == 0 ? [Code((byte)step.B)] : []));
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
            lines.Add($"shard {shard} {await store.ReadVersionAsync(shard)}");
            lines.AddRange((await ReadAsync(store, shard, CancellationToken.None)).Select(x => $"account {x}"));
            foreach (var account in Accounts)
            {
                lines.Add($"slots {string.Join(',', await SlotsAsync(store, shard, account, CancellationToken.None))}");
            }
        }
        for (var i = 0; i < 64; i++)
        {
            lines.Add($"code {(await store.ReadCodeAsync(Code((byte)i).Hash))?.Length}");
        }
        return string.Join('\n', lines);
    }
}
