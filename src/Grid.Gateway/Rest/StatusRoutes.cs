using Microsoft.AspNetCore.Http;

namespace Grid.Gateway.Rest;

/// <summary>How the node does.</summary>
internal static class StatusRoutes
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(2);

    public static async Task<IResult> GetStatus(StatusFeed feed, CancellationToken cancellation) =>
        TypedResults.Json(await feed.GetAsync(cancellation), RestJson.Default.StatusResource);

    public static async Task<IResult> GetGrains(IGridAccess grid)
    {
        var report = await grid.Reader.GetClusterReport();
        return TypedResults.Json(ResourceMapping.Of(report), RestJson.Default.GrainsResource);
    }

    /// <summary>The process runs.</summary>
    public static IResult Live() => TypedResults.Json(new HealthResource("live"), RestJson.Default.HealthResource);

    /// <summary>The chain answers.</summary>
    public static async Task<IResult> Ready(IGridAccess grid, TimeProvider time)
    {
        var info = await grid.Reader.GetChainInfo().WaitAsync(ReadyTimeout, time);
        return TypedResults.Json(new HealthResource("ready", info.Head.Number), RestJson.Default.HealthResource);
    }
}
