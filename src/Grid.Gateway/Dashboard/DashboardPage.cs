using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Grid.Gateway.Dashboard;

/// <summary>The node's page: one document and its style and script, all from this assembly.</summary>
internal static class DashboardPage
{
    private const string Policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'";

    public static void Map(IEndpointRouteBuilder app)
    {
        MapFile(app, "/dashboard", "dashboard.html", "text/html; charset=utf-8");
        MapFile(app, "/dashboard/dashboard.css", "dashboard.css", "text/css; charset=utf-8");
        MapFile(app, "/dashboard/dashboard.js", "dashboard.js", "text/javascript; charset=utf-8");
    }

    private static void MapFile(IEndpointRouteBuilder app, string route, string name, string contentType)
    {
        var bytes = Read(name);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"");
        app.MapGet(route, (HttpContext http) =>
        {
            http.Response.Headers.ContentSecurityPolicy = Policy;
            http.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(bytes, contentType, entityTag: tag);
        }).ExcludeFromDescription().DisableRateLimiting();
    }

    private static byte[] Read(string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"Grid.Gateway.Dashboard.Page.{name}")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
