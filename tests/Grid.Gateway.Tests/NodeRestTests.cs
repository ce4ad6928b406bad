using System.Net;
using System.Text;
using System.Text.Json;
using Grid.Chain;
using Grid.Client;
using Grid.Crypto;
using Grid.Gateway.Tests.Hosts;
using Grid.Primitives;
using Grid.State;
using Grid.State.Trie;

namespace Grid.Gateway.Tests;

/// <summary>Every REST route against a whole node, mostly through the typed client.</summary>
[Collection(NodeHost.Collection)]
public sealed class NodeRestTests(NodeHost node)
{
    private const int Sender = 1;
    private static readonly Address Receiver = Address.Parse("0x000000000000000000000000000000000000cafe");

    private static string From => Transfers.Account(Sender).Address.ToString();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task A_submission_is_answered_with_202_and_where_to_look(string contentType)
    {
        var raw = Transfers.Raw(Sender, await NextNonce(), Receiver);
        using var content = new StringContent(contentType == "text/plain" ? raw + "\n" : $"\"{raw}\"", Encoding.UTF8, contentType);

        using var response = await node.Http.PostAsync(new Uri("/v1/transactions", UriKind.Relative), content, Cancellation);
        var hash = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation)).RootElement.GetProperty("hash").GetString();

        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal($"/v1/transactions/{hash}", response.Headers.Location!.ToString());
        Assert.Equal("pending", (await node.Client.GetTransactionAsync(hash!, Cancellation))!.Status);
        await node.MineAsync();
        var included = (await node.Client.GetTransactionAsync(hash!, Cancellation))!;
        Assert.Equal(("included", true, 21_000UL), (included.Status, included.Receipt!.Succeeded, included.Receipt.GasUsed));
        Assert.Equal(hash, (await node.Client.GetBlockAsync(included.Block!.Number, cancellation: Cancellation))!.TransactionHashes![included.Block.Index]);
    }

    [Fact]
    public async Task Several_are_answered_one_by_one_and_in_order()
    {
        var nonce = await NextNonce();
        var first = Transfers.Raw(Sender, nonce, Receiver);
        var results = await node.Client.SubmitAsync([first, first, "0x1", "0xc0", Transfers.Raw(Sender, nonce + 1, Receiver)], Cancellation);

        Assert.Equal(["accepted", "known", "rejected", "rejected", "accepted"], results.Select(x => x.Status));
        Assert.Equal(results[0].Hash, results[1].Hash);
        Assert.Equal([null, null, "invalid-hex", "malformed-rlp", null], results.Select(x => x.Problem?.Code));
        await node.MineAsync();
        Assert.Equal(nonce + 2, (await node.Client.GetAccountAsync(From, cancellation: Cancellation)).Nonce);
    }

    [Fact]
    public async Task An_account_is_shown_with_what_it_may_sign_next()
    {
        await node.Client.SubmitAsync(Transfers.Raw(Sender, await NextNonce(), Receiver), Cancellation);

        var account = await node.Client.GetAccountAsync(From, cancellation: Cancellation);
        Assert.Equal(account.Nonce + 1, account.PendingNonce);
        Assert.False(account.HasCode);
        await node.MineAsync();
        var earlier = await node.Client.GetAccountAsync(From, account.BlockNumber.ToString(System.Globalization.CultureInfo.InvariantCulture), Cancellation);
        Assert.Equal(account.Balance, earlier.Balance);
        Assert.NotEqual(account.Balance, (await node.Client.GetAccountAsync(From, cancellation: Cancellation)).Balance);
    }

    [Fact]
    public async Task A_contract_s_storage_receipt_and_logs_are_shown()
    {
        var nonce = await NextNonce();
        var hash = await node.Client.SubmitAsync(Transfers.Raw(Sender, nonce, null, 0, 500_000, SampleContract.Initcode), Cancellation);
        await node.MineAsync();
        var contract = (await node.Client.GetTransactionAsync(hash, Cancellation))!.Receipt!.ContractAddress!;
        Assert.True((await node.Client.GetAccountAsync(contract, cancellation: Cancellation)).HasCode);

        hash = await node.Client.SubmitAsync(
            Transfers.Raw(Sender, nonce + 1, Address.Parse(contract), 0, 100_000, Hex.Decode(SampleContract.Word(9))), Cancellation);
        await node.MineAsync();

        Assert.Equal(SampleContract.Word(9), (await node.Client.GetStorageAsync(contract, "0", cancellation: Cancellation)).Value);
        Assert.Equal(SampleContract.Word(9), (await node.Client.GetStorageAsync(contract, "0x0", cancellation: Cancellation)).Value);
        Assert.Equal(SampleContract.Word(0), (await node.Client.GetStorageAsync(contract, "1", cancellation: Cancellation)).Value);
        var log = Assert.Single((await node.Client.GetTransactionAsync(hash, Cancellation))!.Receipt!.Logs);
        Assert.Equal((contract, SampleContract.Word(9), 0), (log.Address, log.Data, log.Index));
        Assert.Equal([SampleContract.Topic.ToString()], log.Topics);
    }

    [Fact]
    public async Task An_account_and_its_slots_are_proved_against_the_state_root()
    {
        var hash = await node.Client.SubmitAsync(Transfers.Raw(Sender, await NextNonce(), null, 0, 500_000, SampleContract.Initcode), Cancellation);
        await node.MineAsync();
        var contract = Address.Parse((await node.Client.GetTransactionAsync(hash, Cancellation))!.Receipt!.ContractAddress!);
        await node.Client.SubmitAsync(Transfers.Raw(Sender, await NextNonce(), contract, 0, 100_000, Hex.Decode(SampleContract.Word(9))), Cancellation);
        await node.MineAsync();

        var block = (await node.Client.GetBlockAsync(cancellation: Cancellation))!;
        var proof = await node.Client.GetProofAsync(contract.ToString(), ["0", "0x5"], block.Hash, Cancellation);

        Assert.Equal(block.Number, proof.BlockNumber);
        Assert.True(ProofVerifier.TryVerify(Hash256.Parse(block.StateRoot), Keccak256.Hash(contract.Span), Decode(proof.AccountProof), out var account));
        Assert.Equal(new AccountRecord(proof.Nonce, UInt256.Parse(proof.Balance), Hash256.Parse(proof.StorageRoot), Hash256.Parse(proof.CodeHash)).ToRlp(), account);
        Assert.True(ProofVerifier.TryVerify(Hash256.Parse(proof.StorageRoot), Keccak256.Hash(Hash256.FromWord(0).Span), Decode(proof.Storage[0].Proof), out var value));
        Assert.Equal([9], value);
        Assert.Equal(SampleContract.Word(9), proof.Storage[0].Value);
        Assert.True(ProofVerifier.TryVerify(Hash256.Parse(proof.StorageRoot), Keccak256.Hash(Hash256.FromWord(5).Span), Decode(proof.Storage[1].Proof), out value));
        Assert.Null(value);
        // An account that isn't there: nothing of it is claimed, and that is proved.
        proof = await node.Client.GetProofAsync("0x00000000000000000000000000000000000abcde", [], block.Hash, Cancellation);
        Assert.True(ProofVerifier.TryVerify(
            Hash256.Parse(block.StateRoot), Keccak256.Hash(Address.Parse(proof.Address).Span), Decode(proof.AccountProof), out account));
        Assert.Null(account);
        Assert.Equal((0UL, "0", Keccak256.OfEmpty.ToString()), (proof.Nonce, proof.Balance, proof.CodeHash));

        static byte[][] Decode(IReadOnlyList<string> nodes) => [.. nodes.Select(node => Hex.Decode(node))];
    }

    [Fact]
    public async Task A_block_is_shown_with_hashes_or_whole()
    {
        var hash = await node.Client.SubmitAsync(Transfers.Raw(Sender, await NextNonce(), Receiver), Cancellation);
        await node.MineAsync();

        var block = (await node.Client.GetBlockAsync(cancellation: Cancellation))!;
        Assert.Equal([hash], block.TransactionHashes);
        Assert.Null(block.Transactions);
        var whole = (await node.Client.GetBlockAsync(block.Hash, fullTransactions: true, cancellation: Cancellation))!;
        Assert.Null(whole.TransactionHashes);
        Assert.Equal((hash, From), (whole.Transactions![0].Hash, whole.Transactions[0].From));
        Assert.Equal(block.ParentHash, (await node.Client.GetBlockAsync(block.Number - 1, cancellation: Cancellation))!.Hash);
        Assert.Null(await node.Client.GetBlockAsync(block.Number + 1, cancellation: Cancellation));
    }

    [Fact]
    public async Task Status_and_grains_tell_what_happened()
    {
        await node.Client.SubmitAsync(Transfers.Raw(Sender, await NextNonce(), Receiver), Cancellation);
        await node.MineAsync();
        Assert.True(await node.Client.IsReadyAsync(Cancellation));

        // Half a second old at most: asked until it has seen the block.
        var head = (await node.Client.GetBlockAsync(cancellation: Cancellation))!;
        NodeStatus status;
        do
        {
            status = await node.Client.GetStatusAsync(Cancellation);
        }
        while (status.Head.Number != head.Number);
        Assert.Equal((head.Hash, 31337UL), (status.Head.Hash, status.ChainId));
        Assert.Equal(head.Number, status.RecentBlocks[0].Number);
        Assert.Equal(Math.Min(12, (int)head.Number + 1), status.RecentBlocks.Count);
        Assert.InRange(status.Pool.Limit, 1, int.MaxValue);
        var grains = await node.Client.GetGrainsAsync(Cancellation);
        var silo = Assert.Single(grains.Silos);
        Assert.Equal(16, silo.Shards.Count);
        Assert.All(["BlockCoordinatorGrain", "StateShardGrain", "TransactionPoolGrain"], type =>
            Assert.True(silo.GrainTypes.Single(x => x.GrainType == type).Turns > 0, type));
        Assert.Contains(silo.HottestAccounts, account => account.Touches > 0);
        Assert.NotNull(silo.ContendedPlaces);
    }

    [Fact]
    public async Task A_refusal_is_a_problem_with_its_values()
    {
        var nonce = await NextNonce();
        await node.Client.SubmitAsync(Transfers.Raw(Sender, nonce, Receiver), Cancellation);
        await node.MineAsync();

        var refused = await Assert.ThrowsAsync<GridException>(() => node.Client.SubmitAsync(Transfers.Raw(Sender, nonce, Receiver, 2), Cancellation));

        Assert.Equal((422, "nonce-too-low", $"{nonce}", $"{nonce + 1}"), (refused.Problem.Status, refused.Problem.Code, refused.Problem.Have, refused.Problem.Want));
        Assert.Equal("urn:grid:problem:nonce-too-low", refused.Problem.Type);
        Assert.Contains(From, refused.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_is_a_real_transaction()
    {
        var signed = Transfers.Account(0).Sign(new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = DevelopmentAccounts.ChainId,
            GasLimit = 21_000,
            MaxFeePerGas = Transfers.Gwei * 2,
            MaxPriorityFeePerGas = Transfers.Gwei,
            To = Transfers.Account(1).Address,
            Value = 1_000_000_000_000_000_000UL,
        });

        Assert.Equal(Rest.RestExamples.RawTransactionText, Transfers.RawOf(signed));
        Assert.Equal((Rest.RestExamples.Hash, Rest.RestExamples.Sender), (signed.Hash.ToString(), signed.Sender.ToString()));
    }

    [Fact]
    public async Task The_document_has_every_route_with_examples()
    {
        var document = JsonDocument.Parse(await node.Http.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative), Cancellation)).RootElement;

        string[] routes =
        [
            "/", "/v1/transactions", "/v1/transactions/{hash}", "/v1/accounts/{address}", "/v1/accounts/{address}/storage/{slot}", "/v1/accounts/{address}/proof",
            "/v1/blocks/{block}", "/v1/grains", "/v1/status", "/health/live", "/health/ready",
        ];
        Assert.Equal(routes.Order(), document.GetProperty("paths").EnumerateObject().Select(x => x.Name).Order());
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            var responses = operation.Value.GetProperty("responses").EnumerateObject().Where(x => x.Name.StartsWith('2')).ToArray();
            Assert.All(responses, response => Assert.All(
                response.Value.GetProperty("content").EnumerateObject(), content => Assert.True(content.Value.TryGetProperty("example", out _), operation.Value.ToString())));
            Assert.NotEmpty(responses);
            if (operation.Value.TryGetProperty("requestBody", out var body))
            {
                Assert.All(body.GetProperty("content").EnumerateObject(), content => Assert.True(content.Value.TryGetProperty("example", out _), content.Name));
            }
            Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!);
        }
    }

    [Theory]
    [InlineData("/dashboard", "text/html")]
    [InlineData("/dashboard/dashboard.css", "text/css")]
    [InlineData("/dashboard/dashboard.js", "text/javascript")]
    [InlineData("/docs/", "text/html")]
    [InlineData("/orleans/", "text/html")]
    public async Task The_pages_come_from_the_node_alone(string path, string type)
    {
        using var response = await node.Http.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(type, response.Content.Headers.ContentType!.MediaType);
        Assert.NotEmpty(text);
        Assert.DoesNotMatch("(src|href)=\"https?://", text);
        Assert.DoesNotContain("cdn.", text, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<ulong> NextNonce() => (await node.Client.GetAccountAsync(From, cancellation: Cancellation)).PendingNonce;
}
