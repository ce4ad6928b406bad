using System.Text.Json;
using Grid.Chain;
using Grid.Node.Bench;
using Grid.Node.Fixtures;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm.Anvil;

/// <summary>What anvil made of a case.</summary>
/// <param name="Mined">In block order.</param>
/// <param name="Refused">With anvil's words, where it had some.</param>
internal sealed record AnvilBlock(
    BlockHeader Header, IReadOnlyList<(Transaction Transaction, JsonElement Receipt, JsonElement Trace)> Mined,
        IReadOnlyList<(Transaction Transaction, string? Reason)> Refused)
{
    private static readonly object TraceOptions = new { tracer = "callTracer", tracerConfig = new { onlyTopCall = true } };

    public static async Task<AnvilBlock> MineAsync(AnvilChain chain, PreparedCase prepared)
    {
        var process = chain.Process;
        foreach (var reply in await process.AskAsync(SetUp(chain, prepared), CancellationToken.None))
        {
            _ = reply.Value;
        }
        var sent = await process.AskAsync(
            [.. prepared.Transactions.Select(transaction => new AnvilCall("eth_sendRawTransaction", Hex.Encode(transaction.Encoded)))],
                CancellationToken.None);
        await process.CallAsync("evm_mine", [], CancellationToken.None);
        var block = await process.CallAsync("eth_getBlockByNumber", ["latest", false], CancellationToken.None);
        var hashes = block.Field("transactions").EnumerateArray().Select(hash => hash.Hash()).ToArray();
        var replies = await process.AskAsync(
            [
                .. hashes.Select(hash => new AnvilCall("eth_getTransactionReceipt", hash.ToString())),
                .. hashes.Select(hash => new AnvilCall("debug_traceTransaction", hash.ToString(), TraceOptions)),
                new AnvilCall("txpool_content"),
            ],
            CancellationToken.None);
        var byHash = prepared.Transactions.DistinctBy(transaction => transaction.Hash).ToDictionary(transaction => transaction.Hash);
        var mined = hashes.Select((hash, i) => (byHash[hash], replies[i].Value, replies[hashes.Length + i].Value)).ToList();
        // What still waits, for its nonce as a rule, and what lost its place to another of its nonce, isn't refused by any rule of the protocol.
        var waiting = WaitingIn(replies[^1].Value);
        var rivals = prepared.Transactions.CountBy(transaction => (transaction.Sender, transaction.Nonce)).ToDictionary();
        var refused = prepared.Transactions
            .Select((transaction, i) => (Transaction: transaction, Reason: sent[i].Error))
            .Where(item => !hashes.Contains(item.Transaction.Hash) && !waiting.Contains(item.Transaction.Hash)
                && rivals[(item.Transaction.Sender, item.Transaction.Nonce)] == 1)
            .ToList();
        return new AnvilBlock(HeaderOf(block), mined, refused);
    }

    /// <summary>The transactions of both of the pool's parts, which are by sender and nonce.</summary>
    private static HashSet<Hash256> WaitingIn(JsonElement content) =>
    [
        .. content.EnumerateObject().SelectMany(part => part.Value.EnumerateObject()).SelectMany(sender => sender.Value.EnumerateObject())
            .Select(transaction => transaction.Value.Field("hash").Hash()),
    ];

    private static List<AnvilCall> SetUp(AnvilChain chain, PreparedCase prepared)
    {
        var calls = new List<AnvilCall>
        {
            new("anvil_setCoinbase", prepared.Environment.Header.Beneficiary.ToString()),
            new("evm_setNextBlockTimestamp", chain.NextTimestamp()),
        };
        if (prepared.Environment.Header.BaseFeePerGas is { } baseFee)
        {
            calls.Add(new("anvil_setNextBlockBaseFeePerGas", baseFee.ToHex()));
        }
        foreach (var account in prepared.Accounts)
        {
            var address = account.Address.ToString();
            calls.Add(new("anvil_setBalance", address, account.Balance.ToHex()));
            if (account.Nonce > 0)
            {
                calls.Add(new("anvil_setNonce", address, new UInt256(account.Nonce).ToHex()));
            }
            if (account.Code is { } code)
            {
                calls.Add(new("anvil_setCode", address, Hex.Encode(code.Bytes)));
            }
            foreach (var (slot, value) in account.Storage ?? [])
            {
                calls.Add(new("anvil_setStorageAt", address, slot.ToHex(), Hash256.FromWord(in value).ToString()));
            }
        }
        return calls;
    }

    private static BlockHeader HeaderOf(JsonElement block) => new()
    {
        ParentHash = block.Field("parentHash").Hash(),
        Beneficiary = block.Field("miner").Address(),
        StateRoot = block.Field("stateRoot").Hash(),
        ReceiptsRoot = block.Field("receiptsRoot").Hash(),
        Difficulty = block.Field("difficulty").Word(),
        Number = block.Field("number").Number(),
        GasLimit = block.Field("gasLimit").Number(),
        GasUsed = block.Field("gasUsed").Number(),
        Timestamp = block.Field("timestamp").Number(),
        PrevRandao = block.OptionalField("mixHash")?.Hash() ?? default,
        BaseFeePerGas = block.OptionalField("baseFeePerGas")?.Word(),
        ExcessBlobGas = block.OptionalField("excessBlobGas")?.Number(),
        ParentBeaconBlockRoot = block.OptionalField("parentBeaconBlockRoot")?.Hash(),
    };
}
