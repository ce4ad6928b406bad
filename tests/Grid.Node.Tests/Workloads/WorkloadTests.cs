using Grid.Chain;
using Grid.Crypto;
using Grid.Node.Bench.Block;
using Grid.Node.Bench.Block.Workloads;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Tests.Workloads;

/// <summary>What each kind of generated workload promises.</summary>
public sealed class WorkloadTests
{
    public static TheoryData<string> Kinds { get; } = [.. WorkloadKinds.All.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_transaction_is_valid_and_succeeds(string kind)
    {
        foreach (var conflict in (int[])[0, 50, 100])
        {
            var executed = ExecutedWorkload.Of($"{kind}:conflict={conflict}", 60);
            Assert.Empty(executed.Block.Rejected);
            Assert.Equal(60, executed.Block.Receipts.Length);
            Assert.All(executed.Block.Receipts, receipt => Assert.True(receipt.Succeeded));
            Assert.Equal(60, executed.Transactions.Select(transaction => transaction.Sender).Distinct().Count());
        }
    }

    // What changes one of these changes what all published figures were measured on.
    [Theory]
    [InlineData("transfers:conflict=50,zipf=1.1", "0xb569e190214bfca1a5b00c8ee20f23ed")]
    [InlineData("erc20:conflict=50", "0x522f4aa98c0f5ad60ea105d3654b4073")]
    [InlineData("swaps:conflict=50,pools=4", "0x3fe374bcea060731478b91c9af830e7f")]
    [InlineData("mint:conflict=50", "0xa7faba661c90000d450fb21b860ba1e2")]
    [InlineData("chain:conflict=50", "0x498cb8e4499b87aa97f566c034933a53")]
    [InlineData("mix:conflict=50", "0x0102616da685c5db9dab73370d4e5f8a")]
    [InlineData("compute:conflict=50", "0xbf02903b8a9b5473dfd491f32f961c4d")]
    public void The_same_seed_gives_the_same_bytes(string description, string hash)
    {
        Assert.Equal(hash, HashOf(description, seed: 7));
        Assert.NotEqual(hash, HashOf(description, seed: 8));
    }

    [Fact]
    public void Of_all_transfers_exactly_the_share_pays_a_popular_receiver()
    {
        foreach (var conflict in (int[])[0, 10, 25, 100])
        {
            var executed = ExecutedWorkload.Of($"transfers:conflict={conflict},receivers=20", 200);
            var known = executed.Workload.Genesis.Accounts.Select(account => account.Address).ToHashSet();
            Assert.Equal(2 * conflict, executed.Transactions.Count(transaction => known.Contains(transaction.To!.Value)));
        }
        Assert.Empty(ExecutedWorkload.Of("transfers", 200).SharedReceivers());
    }

    [Fact]
    public void Popularity_follows_the_exponent()
    {
        var alike = ExecutedWorkload.Of("transfers:conflict=100,receivers=20,zipf=0", 400).SharedReceivers();
        var one = ExecutedWorkload.Of("transfers:conflict=100,receivers=20,zipf=1", 400).SharedReceivers();
        var steep = ExecutedWorkload.Of("transfers:conflict=100,receivers=20,zipf=4", 400).SharedReceivers();
        // Of 400 the most popular gets 20 where all are alike, 111 with exponent 1 and 369 with exponent 4.
        Assert.InRange(alike[0], 20, 40);
        Assert.InRange(one[0], 80, 145);
        Assert.InRange(steep[0], 345, 390);
    }

    [Theory]
    [InlineData("erc20:conflict=0", new int[0])]
    [InlineData("erc20:conflict=25", new[] { 50 })]
    [InlineData("erc20:conflict=100", new[] { 200 })]
    [InlineData("mint:conflict=0", new int[0])]
    [InlineData("mint:conflict=10", new[] { 20 })]
    [InlineData("mint:conflict=100", new[] { 200 })]
    [InlineData("compute:conflict=0,rounds=3", new int[0])]
    [InlineData("compute:conflict=25,rounds=3", new[] { 50 })]
    // A pool's reserves and its balances of two tokens.
    [InlineData("swaps:conflict=0", new int[0])]
    [InlineData("swaps:conflict=25,pools=1", new[] { 50, 50, 50 })]
    [InlineData("swaps:conflict=100,pools=1", new[] { 200, 200, 200 })]
    // Nobody writes a slot, at any share.
    [InlineData("transfers:conflict=100", new int[0])]
    public void Exactly_the_share_changes_the_hot_slots(string description, int[] changes) =>
        Assert.Equal(changes, ExecutedWorkload.Of(description, 200).SharedSlots());

    [Fact]
    public void Swaps_are_spread_over_the_shared_pools()
    {
        var shared = ExecutedWorkload.Of("swaps:conflict=50,pools=4", 200).SharedSlots();
        // Three slots each, and half of the 200 swaps change three.
        Assert.Equal(12, shared.Length);
        Assert.Equal(300, shared.Sum());
        Assert.InRange(shared[0], 25, 45);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(25, 50)]
    [InlineData(90, 180)]
    // Somebody must own something.
    [InlineData(100, 199)]
    public void In_a_chain_exactly_the_share_is_sent_by_who_was_paid_just_before(int conflict, int links)
    {
        var executed = ExecutedWorkload.Of($"chain:conflict={conflict}", 200);
        var funded = executed.Workload.Genesis.Accounts.Select(account => account.Address).ToHashSet();
        var transactions = executed.Transactions;
        var paidBefore = Enumerable.Range(1, 199).Where(i => transactions[i - 1].To == transactions[i].Sender).Select(i => transactions[i].Sender).ToArray();
        Assert.Equal(links, paidBefore.Length);
        Assert.DoesNotContain(paidBefore, funded.Contains);
        Assert.Equal(200 - links, transactions.Count(transaction => funded.Contains(transaction.Sender)));
    }

    [Fact]
    public void A_mix_has_some_of_each_and_hot_spots_of_each()
    {
        var executed = ExecutedWorkload.Of("mix:conflict=100", 1_000);
        // A transfer has no data; the selectors of the others are four kinds' of calls.
        var plain = executed.Transactions.Count(transaction => transaction.Data.IsEmpty);
        var calls = executed.Transactions.Where(transaction => !transaction.Data.IsEmpty).GroupBy(transaction => Convert.ToHexString(transaction.Data.Span[..4]))
            .Select(group => group.Count()).OrderDescending().ToArray();
        Assert.InRange(plain, 450, 550);
        Assert.Equal(3, calls.Length);
        Assert.InRange(calls[0], 260, 340);
        Assert.InRange(calls[1], 115, 185);
        Assert.InRange(calls[2], 30, 70);
        // The hot holder's slot is the hottest of all; the counter is one of the others.
        var slots = executed.SharedSlots();
        Assert.Equal(calls[0], slots[0]);
        Assert.Contains(calls[2], slots);
        Assert.Empty(ExecutedWorkload.Of("mix:conflict=0", 1_000).SharedSlots());
    }

    [Fact]
    public void Any_hundred_transactions_in_a_row_have_the_share()
    {
        for (var percent = 0; percent <= 100; percent++)
        {
            var share = new Share(percent);
            var flags = Enumerable.Range(0, 300).Select(_ => share.Next()).ToArray();
            Assert.All(Enumerable.Range(0, 200), start => Assert.Equal(percent, flags.Skip(start).Take(100).Count(flag => flag)));
        }
    }

    [Fact]
    public void The_genesis_is_written_as_other_clients_read_it()
    {
        var workload = WorkloadGenerator.Generate(WorkloadDescription.Parse("mix:conflict=20"), 100, 1);
        string path;
        using (var file = GenesisFile.Of(workload))
        {
            path = file.Path;
            var read = Genesis.Parse(File.ReadAllBytes(path));
            Assert.Equal(HeaderHashOf(workload.Genesis), HeaderHashOf(read));
            Assert.Equal(workload.Genesis.Spec.ChainId, read.Spec.ChainId);
            Assert.Equal(workload.Genesis.Fork, read.Fork);
        }
        Assert.False(File.Exists(path));
    }

    [Theory]
    [InlineData("erc21", "There is no kind of workload 'erc21'; there are transfers, erc20, swaps, mint, chain, mix, compute.")]
    [InlineData("erc20:conflict=101", "erc20: conflict takes a whole number from 0 to 100, not '101'.")]
    [InlineData("erc20:conflict=-1", "erc20: conflict takes a whole number from 0 to 100, not '-1'.")]
    [InlineData("erc20:conflict=2.5", "erc20: conflict takes a whole number from 0 to 100, not '2.5'.")]
    [InlineData("erc20:conflict=", "erc20: conflict takes a whole number from 0 to 100, not ''.")]
    [InlineData("erc20:conflict", "erc20: conflict has no value; write conflict=0.")]
    [InlineData("erc20:conflict=1,conflict=2", "erc20: conflict is given twice.")]
    [InlineData("erc20:pools=3", "erc20 has no parameter 'pools'; it has conflict.")]
    [InlineData("swaps:", "swaps has no parameter ''; it has conflict, pools.")]
    [InlineData("swaps:pools=0", "swaps: pools takes a whole number from 1 to 10000, not '0'.")]
    [InlineData("transfers:zipf=NaN", "transfers: zipf takes a number from 0 to 4, not 'NaN'.")]
    public void What_describes_no_workload_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<WorkloadSyntaxException>(() => WorkloadDescription.Parse(text)).Message);

    [Theory]
    [InlineData("mix", "mix")]
    [InlineData("transfers:zipf=1.1,conflict=10", "transfers:conflict=10,zipf=1.1")]
    public void A_description_is_written_in_one_order(string text, string written) => Assert.Equal(written, WorkloadDescription.Parse(text).ToString());

    /// <summary>Over the genesis and all transactions: the first 16 bytes of Keccak-256.</summary>
    private static string HashOf(string description, ulong seed)
    {
        var workload = WorkloadGenerator.Generate(WorkloadDescription.Parse(description), 200, seed);
        byte[] bytes = [.. HeaderHashOf(workload.Genesis).Span, .. workload.Transactions.SelectMany(transaction => transaction)];
        return Hex.Encode(Keccak256.Hash(bytes).Span[..16]);
    }

    private static Hash256 HeaderHashOf(Genesis genesis) => genesis.ToHeader(WorldTrie.Empty().Apply(genesis.ToAccountChanges()).Root).Hash;
}
