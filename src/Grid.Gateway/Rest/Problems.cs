using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Gateway.Http;
using Grid.Gateway.Submission;
using Grid.Grains.Pool;
using Grid.Primitives;
using Microsoft.AspNetCore.Http;

namespace Grid.Gateway.Rest;

/// <summary>Makes problems (RFC 9457) of errors.</summary>
internal static class Problems
{
    private const string ContentType = "application/problem+json";

    public static Problem Of(int status, string code, string title, string detail, string? have = null, string? want = null) =>
        new($"urn:grid:problem:{code}", title, status, detail, code, have, want);

    public static Problem OfRefusal(IntakeResult result, ReadOnlyMemory<byte> raw)
    {
        Address? sender = result.Hash is not null && Transaction.TryDecode(raw.Span, out var transaction, out _) && transaction.TryGetSender(out var from)
            ? from
            : null;
        var hasValues = !result.Error.Have.IsZero || !result.Error.Want.IsZero;
        return Of(
            RefusalCode.HttpStatusOf(result),
            RefusalCode.Of(result),
            result.Hash is null ? "Not a transaction" : "The transaction is refused",
            RefusalText.Of(result, sender),
            hasValues ? result.Error.Have.ToString() : null,
            hasValues ? result.Error.Want.ToString() : null);
    }

    public static Problem InvalidParameter(string name, string why) => Of(400, "invalid-parameter", "A parameter is invalid", $"{name}: {why}");

    public static Problem NotFound(string what) => Of(404, "not-found", "Not found", $"There is no such {what}.");

    public static Problem BodyTooLarge(int limit) => Of(
        413, "body-too-large", "The body is too large", $"A body may have {limit} bytes.", want: limit.ToString(CultureInfo.InvariantCulture));

    public static Problem UnsupportedMediaType() =>
        Of(415, "unsupported-media-type", "Unsupported media type", "Send application/json or text/plain.");

    public static Problem Busy() => Of(429, "busy", "Too many requests", "More requests wait than the node works on. Try again after the time in Retry-After.");

    /// <summary>What an exception means; null for one that is a fault of ours.</summary>
    public static Problem? OfException(Exception exception)
    {
        if (GridFailure.IsMissingState(exception, out var why))
        {
            return exception is Grains.Reader.BlockNotFoundException ? NotFound("block") : Of(410, "state-unavailable", "The state is no longer kept", why);
        }
        return GridFailure.IsTemporary(exception)
            ? Of(503, "unavailable", "The node can't answer now", GridFailure.TemporaryText(exception))
            : null;
    }

    public static IResult ToResult(this Problem problem) => new ProblemResult(problem);

    public static async Task WriteAsync(HttpContext http, Problem problem)
    {
        http.Response.StatusCode = problem.Status;
        http.Response.ContentType = ContentType;
        if (problem.Status is 429 or 503)
        {
            http.Response.Headers.RetryAfter = GridFailure.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        }
        await JsonSerializer.SerializeAsync(http.Response.Body, problem, RestJson.Default.Problem, http.RequestAborted);
    }

    private sealed class ProblemResult(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext, problem);
    }
}
