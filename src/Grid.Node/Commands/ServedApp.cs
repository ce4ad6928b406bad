using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;

namespace Grid.Node.Commands;

/// <summary>Runs a role until it is told to stop.</summary>
internal static class ServedApp
{
    /// <param name="app">Disposed at the end.</param>
    /// <param name="listen">Where it serves HTTP.</param>
    /// <param name="greet">Tells that it has started, with its URL.</param>
    public static async Task<int> RunAsync(
        WebApplication app, IPEndPoint listen, InvocationConfiguration configuration, Func<string, Task> greet, CancellationToken cancellation)
    {
        await using var disposed = app;
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error) when (error.InnerException is SocketException or AddressInUseException)
        {
            await ListenOption.ReportUnavailableAsync(configuration, listen, error.Message);
            return ExitCode.Failure;
        }
        await greet(app.Urls.First());
        await app.WaitForShutdownAsync(cancellation);
        return ExitCode.Ok;
    }
}
