using System.Net;
using System.Net.Sockets;

namespace Grid.Storage.Tests.Postgres;

/// <summary>
/// Stands between the journal and the server, and can cut the connection at the worst moment: before the next request arrives, or after it was
/// carried out and before the answer comes back.
/// </summary>
/// <remarks>Safe because what to cut is one atomic value, and each connection has its own two loops.</remarks>
internal sealed class CutRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly int _server;
    private readonly Task _accepting;
    private int _cut;

    public CutRelay(int server)
    {
        _server = server;
        _listener.Start();
        _accepting = Task.Run(AcceptAsync);
    }

    public enum Cut
    {
        Nothing,
        NextRequest,
        NextAnswer,
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What happens once, on whichever connection it comes first.</summary>
    public Cut Next
    {
        get => (Cut)Volatile.Read(ref _cut);
        set => Volatile.Write(ref _cut, (int)value);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(RelayAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        using (client)
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, _server);
            // Whichever direction ends first takes the other with it.
            await Task.WhenAny(CopyAsync(client, server, Cut.NextRequest), CopyAsync(server, client, Cut.NextAnswer));
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, Cut cut)
    {
        var buffer = new byte[64 << 10];
        try
        {
            int read;
            while ((read = await from.GetStream().ReadAsync(buffer, _end.Token)) > 0)
            {
                if (Interlocked.CompareExchange(ref _cut, (int)Cut.Nothing, (int)cut) == (int)cut)
                {
                    return;
                }
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: so is the connection.
        }
    }
}
