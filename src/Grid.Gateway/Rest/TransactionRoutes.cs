using System.Buffers;
using System.Text;
using System.Text.Json;
using Grid.Gateway.Http;
using Grid.Gateway.Json;
using Grid.Gateway.Submission;
using Grid.Grains.Pool;
using Grid.Grains.Reader;
using Grid.Primitives;
using Microsoft.AspNetCore.Http;

namespace Grid.Gateway.Rest;

/// <summary>POST /v1/transactions and GET /v1/transactions/{hash}.</summary>
internal static class TransactionRoutes
{
    public const string Path = "/v1/transactions";

    /// <summary>Takes a raw transaction (a JSON string, or text), or an array of them.</summary>
    public static async Task<IResult> Submit(HttpContext http, IGridAccess grid, GatewayOptions options)
    {
        var mediaType = http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (mediaType is not ("application/json" or "text/plain"))
        {
            return Problems.UnsupportedMediaType().ToResult();
        }
        var body = await RequestBody.ReadAsync(http, options.BodyBytesMax);
        if (body is not { } bytes)
        {
            return Problems.BodyTooLarge(options.BodyBytesMax).ToResult();
        }
        try
        {
            return mediaType == "text/plain"
                ? await SubmitOne(http, grid, Encoding.UTF8.GetString(bytes).Trim())
                : await SubmitJson(http, grid, options, bytes);
        }
        finally
        {
            http.Request.BodyReader.AdvanceTo(bytes.End);
        }
    }

    public static async Task<IResult> Get(string hash, IGridAccess grid)
    {
        if (!hash.StartsWith("0x", StringComparison.Ordinal) || !Hash256.TryParse(hash, out var wanted))
        {
            return Problems.InvalidParameter("hash", "expected 0x and 64 hexadecimal digits").ToResult();
        }
        if (await grid.Reader.GetReceipt(wanted) is { } receipt)
        {
            return Included(receipt);
        }
        var view = await grid.Reader.GetTransaction(wanted);
        if (view is { Header: not null } && await grid.Reader.GetReceipt(wanted) is { } late)
        {
            return Included(late); // it was included between the two questions
        }
        return view is null
            ? Problems.NotFound("transaction").ToResult()
            : TypedResults.Json(ResourceMapping.Of(view), RestJson.Default.TransactionResource);
    }

    private static IResult Included(ReceiptView receipt) => TypedResults.Json(ResourceMapping.Of(receipt), RestJson.Default.TransactionResource);

    private static async Task<IResult> SubmitJson(HttpContext http, IGridAccess grid, GatewayOptions options, ReadOnlySequence<byte> body)
    {
        JsonDocument document;
        try
        {
            document = JsonBody.Parse(in body, options.JsonDepthMax);
        }
        catch (JsonException)
        {
            return Problems.Of(400, "malformed-json", "Malformed JSON", "The body is not well-formed JSON.").ToResult();
        }
        using (document)
        {
            var root = document.RootElement;
            return root.ValueKind switch
            {
                JsonValueKind.String => await SubmitOne(http, grid, root.GetString()!),
                JsonValueKind.Array => await SubmitMany(grid, options, root),
                _ => Problems.Of(400, "invalid-body", "Invalid body", "Expected a string of hexadecimal digits, or an array of them.").ToResult(),
            };
        }
    }

    private static async Task<IResult> SubmitOne(HttpContext http, IGridAccess grid, string text)
    {
        if (!TryReadHex(text, out var raw))
        {
            return InvalidHex().ToResult();
        }
        var result = (await grid.SubmitAsync([raw]))[0];
        if (result.Status == SubmitStatus.Rejected)
        {
            return Problems.OfRefusal(result, raw).ToResult();
        }
        var hash = result.Hash!.Value.ToString();
        http.Response.Headers.Location = $"{Path}/{hash}";
        return TypedResults.Json(new AcceptedTransaction(hash), RestJson.Default.AcceptedTransaction, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> SubmitMany(IGridAccess grid, GatewayOptions options, JsonElement array)
    {
        var limit = Math.Min(options.SubmitTransactionsMax, grid.SubmitMax);
        var count = array.GetArrayLength();
        if (count > limit)
        {
            return Problems.Of(
                413, "too-many-transactions", "Too many transactions", $"A submission may have {limit} transactions.", $"{count}", $"{limit}").ToResult();
        }
        var results = new SubmissionResult[count];
        var raw = new List<ReadOnlyMemory<byte>>(count);
        var places = new List<int>(count);
        var at = 0;
        foreach (var element in array.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.String && TryReadHex(element.GetString()!, out var bytes))
            {
                raw.Add(bytes);
                places.Add(at);
            }
            else
            {
                results[at] = new SubmissionResult(null, "rejected", InvalidHex());
            }
            at++;
        }
        var outcomes = raw.Count > 0 ? await grid.SubmitAsync(raw) : [];
        for (var k = 0; k < outcomes.Length; k++)
        {
            var problem = outcomes[k].Status == SubmitStatus.Rejected ? Problems.OfRefusal(outcomes[k], raw[k]) : null;
            results[places[k]] = new SubmissionResult(outcomes[k].Hash?.ToString(), RefusalCode.ToKebab(outcomes[k].Status.ToString()), problem);
        }
        return TypedResults.Json(new SubmissionResults(results), RestJson.Default.SubmissionResults, statusCode: StatusCodes.Status202Accepted);
    }

    private static bool TryReadHex(string text, out byte[] bytes)
    {
        bytes = [];
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && Hex.TryDecode(text, out bytes);
    }

    private static Problem InvalidHex() =>
        Problems.Of(400, "invalid-hex", "Not hexadecimal", "Expected a signed transaction as 0x and an even number of hexadecimal digits.");
}
