using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Grid.Chain;
using Grid.Node.Hosting;
using Grid.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Grid.Node.Commands;

/// <summary>`grid node`: a working node in one process.</summary>
public static class NodeCommand
{
    private const string DefaultListen = "127.0.0.1:8545";

    private const int DefaultBlockTimeMs = 1_000;

    private const int MaxBlockTimeMs = 24 * 60 * 60 * 1_000;

    public static Command Create()
    {
        var genesis = CommonOptions.File("--genesis", "A genesis.json as geth has it. Without it: a development chain with ten funded accounts.");
        var listen = new Option<string>("--listen") { Description = "Where REST, JSON-RPC and the dashboard listen.", HelpName = "HOST:PORT", DefaultValueFactory = _ => DefaultListen };
        var data = new Option<string>("--data") { Description = "Where the chain is kept. Not offered yet: this version keeps it in memory.", HelpName = "DIR" };
        var blockTime = new Option<int>("--block-time") { Description = "Milliseconds between blocks; 0 makes a block as soon as a transaction waits.", HelpName = "MS", DefaultValueFactory = _ => DefaultBlockTimeMs };
        var lanes = CommonOptions.Lanes("Threads that execute transactions.");
        var beneficiary = new Option<string>("--beneficiary") { Description = "Who is paid the priority fees. Without it: the genesis block's coinbase.", HelpName = "ADDR" };
        listen.Validators.Add(result => Check(result, TryParseEndPoint(result.GetValueOrDefault<string>(), out _), "--listen takes HOST:PORT, such as 127.0.0.1:8545, where HOST is an IP address or localhost."));
        data.Validators.Add(result => Check(result, false, "--data isn't offered yet: this version keeps the chain in memory, and loses it when it stops."));
        blockTime.Validators.Add(result => Check(result, result.GetValueOrDefault<int>() is >= 0 and <= MaxBlockTimeMs, $"--block-time takes 0 to {MaxBlockTimeMs} milliseconds."));
        beneficiary.Validators.Add(result => Check(result, Address.TryParse(result.GetValueOrDefault<string>(), out _), "--beneficiary takes an address: 0x and 40 hexadecimal digits."));
        var command = new Command("node", "Starts a node: a silo, the gateway and the dashboard in one process.") { genesis, listen, data, blockTime, lanes, beneficiary };
        command.SetAction(async (parsed, cancellation) =>
        {
            var file = parsed.GetValue(genesis);
            Genesis start;
            try
            {
                start = file is null ? DevelopmentAccounts.Genesis((ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds()) : Genesis.Parse(await File.ReadAllBytesAsync(file.FullName, cancellation));
            }
            catch (GenesisFormatException error)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"{file}: {error.Message}");
                return ExitCode.Usage;
            }
            TryParseEndPoint(parsed.GetValue(listen), out var endPoint);
            var paid = parsed.GetValue(beneficiary) is { } address ? Address.Parse(address) : start.Coinbase;
            var options = new NodeOptions(start, file is null, endPoint!, TimeSpan.FromMilliseconds(parsed.GetValue(blockTime)), parsed.GetValue(lanes), paid);
            return await RunAsync(options, parsed.InvocationConfiguration, cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(NodeOptions options, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        // Before anything else starts, whose end would be told at length.
        if (WhyNotFree(options.Listen) is { } reason)
        {
            await ReportUnavailableAsync(options, configuration, reason);
            return ExitCode.Failure;
        }
        await using var app = await NodeHost.BuildAsync(options);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error) when (error.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await ReportUnavailableAsync(options, configuration, error.Message);
            return ExitCode.Failure;
        }
        await NodeGreeting.WriteAsync(configuration.Output, options, app.Urls.First());
        await app.WaitForShutdownAsync(cancellation);
        return ExitCode.Ok;
    }

    /// <summary>Null where one could listen there.</summary>
    private static string? WhyNotFree(IPEndPoint endPoint)
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

    private static Task ReportUnavailableAsync(NodeOptions options, InvocationConfiguration configuration, string reason) =>
        configuration.Error.WriteLineAsync($"Can't listen on {options.Listen}: {reason.TrimEnd('.')}. Choose another address with --listen.");

    private static void Check(System.CommandLine.Parsing.OptionResult result, bool isRight, string message)
    {
        if (!isRight)
        {
            result.AddError(message);
        }
    }

    /// <summary>Parses an IP address, or localhost, and a port. 0 takes any free port.</summary>
    internal static bool TryParseEndPoint(string? text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port))
        {
            return false;
        }
        var host = text!.AsSpan(0, colon).Trim("[]");
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
}
