using Grid.Gateway.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Grid.Gateway.Rest;

/// <summary>The routes of the REST interface, with what the reference says about them.</summary>
internal static class RestRoutes
{
    private const string ProblemType = "application/problem+json";

    public static void Map(IEndpointRouteBuilder app)
    {
        MapTransactions(app.MapGroup("").WithTags("Transactions"));
        MapChain(app.MapGroup("").WithTags("Chain"));
        MapStatus(app.MapGroup("").WithTags("Node"));
        MapHealth(app);
        // For the operator on the node's own machine; the reference is for everybody.
        app.MapPost(AdminRoutes.BackupPath, AdminRoutes.BackUp).AddEndpointFilter(AdminRoutes.CheckAsync).ExcludeFromDescription().DisableRateLimiting();
        app.MapPost(AdminRoutes.PinsPath, AdminRoutes.Pin).AddEndpointFilter(AdminRoutes.CheckAsync).ExcludeFromDescription();
    }

    public static void MapHealth(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").WithTags("Node");
        group.MapGet("/health/live", StatusRoutes.Live)
            .WithName("getLiveness")
            .WithSummary("Whether the process runs")
            .Produces<HealthResource>()
            .DisableRateLimiting()
            .WithExample(200, """{"status":"live","headNumber":null}""");
        group.MapGet("/health/ready", StatusRoutes.Ready)
            .WithName("getReadiness")
            .WithSummary("Whether the chain answers")
            .Produces<HealthResource>()
            .ProducesAlso(503)
            .DisableRateLimiting()
            .WithExample(200, """{"status":"ready","headNumber":42}""");
    }

    private static void MapTransactions(RouteGroupBuilder group)
    {
        group.MapPost(TransactionRoutes.Path, TransactionRoutes.Submit)
            .WithName("submitTransactions")
            .WithSummary("Submit signed transactions")
            .WithDescription(
                "Takes a signed transaction as a JSON string (or plain text) of hexadecimal digits, or an array of them. Accepted means: in the "
                + "pool, durably. Sending a transaction again is safe: it is known by its hash. An array is answered with one result each, in order.")
            .Accepts<string>("application/json", "text/plain")
            .Produces<AcceptedTransaction>(StatusCodes.Status202Accepted)
            .ProducesAlso(400, 409, 413, 415, 422, 429, 503)
            .WithBodyExample("application/json", RestExamples.RawTransaction, 202, RestExamples.Accepted)
            .WithBodyExample("text/plain", RestExamples.RawTransactionText, 202, RestExamples.Accepted)
            .WithMetadata(new RouteExamples(null, null, new Dictionary<string, string>(), 422, RestExamples.NonceTooLow));
        group.MapGet(TransactionRoutes.Path + "/{hash}", TransactionRoutes.Get)
            .WithName("getTransaction")
            .WithSummary("A transaction, pending or included, with its receipt")
            .Produces<TransactionResource>()
            .ProducesAlso(400, 404, 429, 503)
            .WithExample(200, RestExamples.Transaction, ("hash", RestExamples.Hash));
    }

    private static void MapChain(RouteGroupBuilder group)
    {
        group.MapGet("/v1/accounts/{address}", ChainRoutes.GetAccount)
            .WithName("getAccount")
            .WithSummary("An account after a block")
            .Produces<AccountResource>()
            .ProducesAlso(400, 404, 410, 429, 503)
            .WithExample(200, RestExamples.Account, ("address", RestExamples.Sender), ("block", "latest"));
        group.MapGet("/v1/accounts/{address}/storage/{slot}", ChainRoutes.GetStorage)
            .WithName("getStorage")
            .WithSummary("A storage slot of an account after a block")
            .Produces<StorageResource>()
            .ProducesAlso(400, 404, 410, 429, 503)
            .WithExample(200, RestExamples.Storage, ("address", RestExamples.Contract), ("slot", "0"), ("block", "latest"));
        group.MapGet("/v1/accounts/{address}/proof", ChainRoutes.GetProof)
            .WithName("getProof")
            .WithSummary("An account and some of its slots after a block, with Merkle proofs")
            .WithDescription("The proofs are those of eth_getProof (EIP-1186), against the state root of the block. `slot` may be given many times.")
            .Produces<ProofResource>()
            .ProducesAlso(400, 404, 410, 429, 503)
            .WithExample(200, RestExamples.Proof, ("address", RestExamples.Contract), ("slot", "0"), ("block", "latest"));
        group.MapGet("/v1/blocks/{block}", ChainRoutes.GetBlock)
            .WithName("getBlock")
            .WithSummary("A block by height, hash, or latest")
            .WithDescription("`transactions=full` shows them whole; `offset` and `limit` choose which of them.")
            .Produces<BlockResource>()
            .ProducesAlso(400, 404, 429, 503)
            .WithExample(200, RestExamples.Block, ("block", "latest"), ("transactions", "hashes"));
    }

    private static void MapStatus(RouteGroupBuilder group)
    {
        group.MapGet("/v1/status", StatusRoutes.GetStatus)
            .WithName("getStatus")
            .WithSummary("The node at a glance: head, rates, stages of the last block, pool, load of the grains")
            .Produces<StatusResource>()
            .ProducesAlso(429, 503)
            .WithExample(200, RestExamples.Status);
        group.MapGet("/v1/grains", StatusRoutes.GetGrains)
            .WithName("getGrains")
            .WithSummary("The load of the grains by type and silo, and the hottest accounts")
            .Produces<GrainsResource>()
            .ProducesAlso(429, 503)
            .WithExample(200, RestExamples.Grains);
    }

    private static RouteHandlerBuilder ProducesAlso(this RouteHandlerBuilder builder, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            builder.Produces<Problem>(status, ProblemType);
        }
        return builder;
    }
}
