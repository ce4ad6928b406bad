using System.Numerics;
using System.Text.Json;
using Grid.Primitives;

namespace Grid.EndToEnd;

/// <summary>A thousand transfers, sent in batches: all land once, in nonce order, with the right balances.</summary>
public sealed class BatchTests(InstantNode instant) : IClassFixture<InstantNode>
{
    private const int Senders = 10, PerSender = 100, BatchSize = 250, Seed = 20_260_101;

    private const ulong TransferGas = 21_000;

    private static readonly TimeSpan InclusionTimeout = TimeSpan.FromSeconds(60);

    private sealed record Planned(int Sender, ulong Nonce, Address Receiver, ulong ValueWei, string Raw);

    public enum Way
    {
        Rest,
        JsonRpc,
    }

    [Theory]
    [InlineData(Way.Rest, false)]
    [InlineData(Way.Rest, true)]
    [InlineData(Way.JsonRpc, false)]
    [InlineData(Way.JsonRpc, true)]
    public async Task A_thousand_transfers_land(Way way, bool isShuffled)
    {
        var node = instant.Node;
        var (nonces, balances) = (new ulong[Senders], new BigInteger[Senders]);
        for (var i = 0; i < Senders; i++)
        {
            nonces[i] = await ChainView.NonceAsync(node, Wallet.AddressOf(i).ToString());
            balances[i] = await ChainView.BalanceAsync(node, Wallet.AddressOf(i).ToString());
        }
        var head = (ulong)ChainView.Number(await node.CallAsync("eth_blockNumber"));
        var transfers = Plan(nonces);
        if (isShuffled)
        {
            new Random(Seed).Shuffle(transfers);
        }

        foreach (var batch in transfers.Chunk(BatchSize))
        {
            await (way == Way.Rest ? SendRestAsync(node, batch) : SendJsonRpcAsync(node, batch));
        }

        await node.PollAsync("all transfers are included", InclusionTimeout, async () =>
        {
            for (var i = 0; i < Senders; i++)
            {
                if (await ChainView.NonceAsync(node, Wallet.AddressOf(i).ToString()) < nonces[i] + PerSender)
                {
                    return false;
                }
            }
            return true;
        });
        var included = await ReadTransactionsAsync(node, head + 1);
        Assert.Equal(transfers.Length, included.Count);
        Assert.Equal(included.Count, included.Select(x => x.Hash).Distinct().Count());
        for (var i = 0; i < Senders; i++)
        {
            var sender = Wallet.AddressOf(i).ToString();
            var own = included.Where(x => x.From == sender).ToArray();
            Assert.Equal(Enumerable.Range(0, PerSender).Select(k => nonces[i] + (ulong)k), own.Select(x => x.Nonce));
            var spent = own.Aggregate(BigInteger.Zero, (sum, x) => sum + x.Cost) + transfers.Where(x => x.Sender == i).Aggregate(BigInteger.Zero, (sum, x) => sum + x.ValueWei);
            Assert.Equal(balances[i] - spent, await ChainView.BalanceAsync(node, sender));
        }
        foreach (var transfer in transfers)
        {
            Assert.Equal(transfer.ValueWei, await ChainView.BalanceAsync(node, transfer.Receiver.ToString()));
        }
    }

    private static Planned[] Plan(ulong[] nonces) =>
    [
        .. from k in Enumerable.Range(0, PerSender)
           from sender in Enumerable.Range(0, Senders)
           let nonce = nonces[sender] + (ulong)k
           let value = (ulong)(1 + (k * Senders) + sender)
           let receiver = Wallet.NewReceiver()
           select new Planned(sender, nonce, receiver, value, Wallet.Raw(sender, nonce, receiver, value)),
    ];

    private static async Task SendRestAsync(NodeProcess node, Planned[] batch)
    {
        var results = await node.Client.SubmitAsync([.. batch.Select(x => x.Raw)]);
        Assert.Equal(batch.Length, results.Count);
        Assert.All(results, result => Assert.Equal("accepted", result.Status));
        var again = await node.Client.SubmitAsync([.. batch.Select(x => x.Raw)]);
        Assert.All(again, result => Assert.Equal("known", result.Status));
        Assert.Equal(results.Select(x => x.Hash), again.Select(x => x.Hash));
    }

    private static async Task SendJsonRpcAsync(NodeProcess node, Planned[] batch)
    {
        var answers = await node.PostAsync(batch.Select((x, i) => new { jsonrpc = "2.0", id = i, method = "eth_sendRawTransaction", @params = new[] { x.Raw } }).ToArray());
        Assert.Equal(batch.Length, answers.GetArrayLength());
        Assert.All(answers.EnumerateArray(), answer => Assert.True(answer.TryGetProperty("result", out _), answer.ToString()));
    }

    /// <summary>All transactions from a block on, in the chain's order, with what each cost in wei beside its value.</summary>
    private static async Task<List<(string Hash, string From, ulong Nonce, BigInteger Cost)>> ReadTransactionsAsync(NodeProcess node, ulong from)
    {
        var result = new List<(string, string, ulong, BigInteger)>();
        var head = (ulong)ChainView.Number(await node.CallAsync("eth_blockNumber"));
        for (var number = from; number <= head; number++)
        {
            var block = await node.CallAsync("eth_getBlockByNumber", $"0x{number:x}", true);
            var receipts = (await node.CallAsync("eth_getBlockReceipts", $"0x{number:x}")).EnumerateArray().ToArray();
            var transactions = block.GetProperty("transactions").EnumerateArray().ToArray();
            Assert.Equal(transactions.Length, receipts.Length);
            foreach (var (transaction, receipt) in transactions.Zip(receipts))
            {
                Assert.Equal(transaction.GetProperty("hash").GetString(), receipt.GetProperty("transactionHash").GetString());
                Assert.Equal("0x1", receipt.GetProperty("status").GetString());
                Assert.Equal(TransferGas, (ulong)ChainView.Number(receipt.GetProperty("gasUsed")));
                var cost = ChainView.Number(receipt.GetProperty("gasUsed")) * ChainView.Number(receipt.GetProperty("effectiveGasPrice"));
                result.Add((transaction.GetProperty("hash").GetString()!, transaction.GetProperty("from").GetString()!, (ulong)ChainView.Number(transaction.GetProperty("nonce")), cost));
            }
        }
        return result;
    }
}
