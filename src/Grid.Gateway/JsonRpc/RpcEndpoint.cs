using System.Net.Mime;
using Grid.Gateway.Http;
using Microsoft.AspNetCore.Http;

namespace Grid.Gateway.JsonRpc;

/// <summary>JSON-RPC over HTTP POST, as geth serves it: 200 also for errors, which the body tells.</summary>
internal static class RpcEndpoint
{
    private const string Hint = """
        Grid: an Ethereum node on a grid of virtual actors.

        POST /            JSON-RPC 2.0, single or batch: {"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}
        /v1/status        REST: /v1/transactions, /v1/accounts, /v1/blocks, /v1/grains
        /docs             the reference of both
        /dashboard        the node, live
        /orleans          the actors, live

        """;

    public static IResult Describe() => Results.Text(Hint);

    public static async Task HandleAsync(HttpContext http, Dispatcher dispatcher, GatewayOptions options)
    {
        var response = http.Response;
        if (!IsJson(http.Request.ContentType))
        {
            // A browser sends other types across origins without asking first: they aren't taken.
            response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            await response.WriteAsync("invalid content type, only application/json is supported\n");
            return;
        }
        response.ContentType = MediaTypeNames.Application.Json;
        var body = await RequestBody.ReadAsync(http, options.BodyBytesMax);
        if (body is null)
        {
            response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            Dispatcher.WriteError(response.BodyWriter, new RpcError(RpcErrorCode.InvalidRequest, $"content too large: at most {options.BodyBytesMax} bytes"));
            return;
        }
        await dispatcher.AnswerAsync(body.Value, response.BodyWriter);
        http.Request.BodyReader.AdvanceTo(body.Value.End);
        if (!response.HasStarted && response.BodyWriter.UnflushedBytes == 0)
        {
            response.ContentType = null;
            response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private static bool IsJson(string? contentType)
    {
        var type = contentType.AsSpan();
        var end = type.IndexOf(';');
        type = (end < 0 ? type : type[..end]).Trim();
        return type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/json-rpc", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/jsonrequest", StringComparison.OrdinalIgnoreCase);
    }
}
