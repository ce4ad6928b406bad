using System.CommandLine;
using System.Net;
using System.Net.Sockets;

namespace Grid.Node.Commands;

/// <summary>Where a process serves HTTP.</summary>
internal static class ListenOption
{
    public static Option<string> Create(string description, string preset)
    {
        var listen = new Option<string>("--listen") { Description = description, HelpName = "HOST:PORT", DefaultValueFactory = _ => preset };
        CommonOptions.Check(listen, text => TryParse(text, out _), $"--listen takes HOST:PORT, such as {preset}, where HOST is an IP address or localhost.");
        return listen;
    }

    /// <summary>Parses an IP address, or localhost, and a port. 0 takes any free port.</summary>
    public static bool TryParse(string? text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        if (!TrySplit(text, out var host, out var port))
        {
            return false;
        }
        if (host is "localhost")
        {
            endPoint = new IPEndPoint(IPAddress.Loopback, port);
        }
        else if (IPAddress.TryParse(host, out var address))
        {
            endPoint = new IPEndPoint(address, port);
        }
        return endPoint is not null;
    }

    /// <summary>The two parts of HOST:PORT; an IPv6 address stands in brackets.</summary>
    public static bool TrySplit(string? text, out string host, out ushort port)
    {
        var colon = text?.LastIndexOf(':') ?? -1;
        (host, port) = (string.Empty, 0);
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), out port))
        {
            return false;
        }
        host = text![..colon].Trim('[', ']');
        return host.Length > 0;
    }

    /// <summary>Why nobody can listen there; null where one can.</summary>
    public static string? WhyNotFree(IPEndPoint endPoint)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return null;
        }
        catch (SocketException error)
        {
            return error.Message;
        }
    }

    /// <param name="option">Which one to choose anew.</param>
    public static Task ReportUnavailableAsync(InvocationConfiguration configuration, IPEndPoint endPoint, string reason, string option = "--listen") =>
        configuration.Error.WriteLineAsync($"Can't listen on {endPoint}: {reason.TrimEnd('.')}. Choose another address with {option}.");
}
