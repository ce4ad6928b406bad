using System.Net;
using Grid.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Grid.Gateway.Rest;

/// <summary>What only the operator may ask, from the machine that the node runs on.</summary>
internal static class AdminRoutes
{
    public const string BackupPath = "/v1/admin/backup";

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

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
