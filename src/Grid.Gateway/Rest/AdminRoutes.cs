using System.Net;
using System.Text.Json;
using Grid.Gateway.Http;
using Grid.Gateway.Json;
using Grid.Grains.Clustering;
using Grid.Primitives;
using Grid.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Gateway.Rest;

/// <summary>What only the operator may ask, from the machine that the node runs on.</summary>
internal static class AdminRoutes
{
    public const string BackupPath = "/v1/admin/backup", PinsPath = "/v1/admin/pins";

    private const string ArchiveType = "application/x-tar";

    /// <summary>
    /// Lets programs of this machine in, which could read the data as well. A page in a browser is none of them: it can't send JSON to
    /// another origin without being asked for it first, nor by a name that somebody has pointed at this machine.
    /// </summary>
    public static async ValueTask<object?> CheckAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var http = invocation.HttpContext;
        var isHere = http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote)
            && !http.Request.Headers.ContainsKey("X-Forwarded-For") && !http.Request.Headers.ContainsKey("Forwarded")
            && IsLoopbackName(http.Request.Host.Host);
        if (!isHere)
        {
            return Problems.Of(403, "forbidden", "Not from here", "This can only be asked from the machine that the node runs on, by its loopback address.").ToResult();
        }
        return http.Request.HasJsonContentType() ? await next(invocation) : Problems.UnsupportedMediaType().ToResult();
    }

    /// <summary>Answers with the archive; where that fails on the way, the connection ends before the archive's checksums.</summary>
    public static async Task<IResult> BackUp(HttpContext http, CancellationToken cancellation)
    {
        if (http.RequestServices.GetService<IBackup>() is not { } storage)
        {
            return Problems.Of(
                409, "no-backup", "No backup", "This node's chain isn't kept in a data folder: memory can't be backed up, and PostgreSQL has its own tools.").ToResult();
        }
        return TypedResults.Stream(output => storage.BackUpAsync(output, cancellation), ArchiveType);
    }

    /// <summary>Gives a shard, or that of an account, to a silo, or takes it back where the silo is null; answers with all that are given.</summary>
    public static async Task<IResult> Pin(HttpContext http, IGridAccess grid, GatewayOptions options)
    {
        var body = await RequestBody.ReadAsync(http, options.BodyBytesMax);
        if (body is not { } bytes)
        {
            return Problems.BodyTooLarge(options.BodyBytesMax).ToResult();
        }
        PinRequest? request;
        try
        {
            using var document = JsonBody.Parse(in bytes, options.JsonDepthMax);
            request = document.RootElement.Deserialize(RestJson.Default.PinRequest);
        }
        catch (JsonException)
        {
            request = null;
        }
        finally
        {
            http.Request.BodyReader.AdvanceTo(bytes.End);
        }
        Address? account = request?.Account is { } text && Address.TryParse(text, out var parsed) ? parsed : null;
        if (request is null || (request.Shard is null) == (account is null))
        {
            return Problems.Of(400, "invalid-body", "Invalid body", """Expected {"shard": NUMBER or "account": ADDRESS, "silo": NAME or null}.""").ToResult();
        }
        try
        {
            return TypedResults.Json(ResourceMapping.Of(await grid.PinAsync(request.Shard ?? grid.ShardOf(account!.Value), request.Silo)), RestJson.Default.PinsResource);
        }
        catch (ShardPinException refusal)
        {
            return Problems.Of(409, "no-pin", "The shard can't be pinned", refusal.Message).ToResult();
        }
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
