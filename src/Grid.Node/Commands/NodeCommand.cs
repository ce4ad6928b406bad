using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Grid.Chain;
using Grid.Grains;
using Grid.Grains.Faults;
using Grid.Node.Hosting;
using Grid.Primitives;
using Grid.Storage;
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
        var genesis = CommonOptions.File("--genesis", "A genesis.json as geth has it. Without it: the chain that is kept already, or a development chain with ten funded accounts.");
        var listen = new Option<string>("--listen") { Description = "Where REST, JSON-RPC and the dashboard listen.", HelpName = "HOST:PORT", DefaultValueFactory = _ => DefaultListen };
        var storage = new StorageOptions("Without it: memory, and a node that stops loses the chain.");
        var archive = CommonOptions.Archive();
        var memory = new Option<int?>("--memory") { Description = "MiB that the node may take: what of the state isn't in use is then dropped, and read again from where the chain is kept. Without it: all that it needs.", HelpName = "MIB" };
        var blockTime = new Option<int>("--block-time") { Description = "Milliseconds between blocks; 0 makes a block as soon as a transaction waits.", HelpName = "MS", DefaultValueFactory = _ => DefaultBlockTimeMs };
        var lanes = CommonOptions.Lanes("Threads that execute transactions.");
        var beneficiary = new Option<string>("--beneficiary") { Description = "Who is paid the priority fees. Without it: the genesis block's coinbase.", HelpName = "ADDR" };
        var collector = CommonOptions.Collector();
        listen.Validators.Add(result => Check(result, TryParseEndPoint(result.GetValueOrDefault<string>(), out _), "--listen takes HOST:PORT, such as 127.0.0.1:8545, where HOST is an IP address or localhost."));
        blockTime.Validators.Add(result => Check(result, result.GetValueOrDefault<int>() is >= 0 and <= MaxBlockTimeMs, $"--block-time takes 0 to {MaxBlockTimeMs} milliseconds."));
        beneficiary.Validators.Add(result => Check(result, Address.TryParse(result.GetValueOrDefault<string>(), out _), "--beneficiary takes an address: 0x and 40 hexadecimal digits."));
        memory.Validators.Add(result => Check(result, result.GetValueOrDefault<int?>() is null or (>= MemoryPlan.LimitMibMin and <= MemoryPlan.LimitMibMax), $"--memory takes {MemoryPlan.LimitMibMin} to {MemoryPlan.LimitMibMax} MiB."));
        var command = new Command("node", "Starts a node: a silo, the gateway and the dashboard in one process.") { genesis, listen, archive, memory, blockTime, lanes, beneficiary, collector };
        storage.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            TryParseEndPoint(parsed.GetValue(listen), out var endPoint);
            var file = parsed.GetValue(genesis);
            if (!ProcessFault.TryReadEnvironment(out var faults))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync(ProcessFault.Usage);
                return ExitCode.Usage;
            }
            var location = storage.LocationOf(parsed);
            var plan = parsed.GetValue(memory) is { } mib ? new MemoryPlan(mib) : null;
            // Before anything else starts, whose end would be told at length.
            if (WhyNotFree(endPoint!) is { } reason)
            {
                await ReportUnavailableAsync(endPoint!, parsed.InvocationConfiguration, reason);
                return ExitCode.Failure;
            }
            if (plan is not null && location is { Folder: null, Database: null })
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("--memory needs --data or --database: what isn't in memory must be somewhere.");
                return ExitCode.Usage;
            }
            try
            {
                if (plan is { IsInForce: false })
                {
                    // A genesis state that is made takes what it takes.
                    await InstallAsync(location, file?.FullName, parsed.GetValue(archive), cancellation);
                    plan.Enforce();
                }
                using var opened = await NodeStorage.OpenAsync(location, cancellation, parsed.GetValue(archive), plan, faults);
                var origin = await ChainOrigin.LoadAsync(file?.FullName, opened.Journal, TimeProvider.System, cancellation);
                if (origin.Genesis.Spec.TerminalTotalDifficulty is null)
                {
                    await parsed.InvocationConfiguration.Error.WriteLineAsync($"{file}: its config needs \"terminalTotalDifficulty\": 0, because a node makes no blocks of proof of work.");
                    return ExitCode.Usage;
                }
                origin = await origin.InstallAsync(opened, cancellation);
                var paid = parsed.GetValue(beneficiary) is { } address ? Address.Parse(address) : origin.Genesis.Coinbase;
                var options = new NodeOptions(
                    origin.Genesis, origin.IsDevelopment, endPoint!, TimeSpan.FromMilliseconds(parsed.GetValue(blockTime)), parsed.GetValue(lanes), paid, location.Describe(),
                    plan, parsed.GetValue(archive), parsed.GetValue(collector));
                return await RunAsync(options, opened, faults, parsed.InvocationConfiguration, cancellation);
            }
            catch (GenesisFormatException error)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"{file}: {error.Message}");
                return ExitCode.Usage;
            }
            catch (StorageException error)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"Can't keep the chain in {(location.Database is null ? location.Describe() : "the database")}. {error.Message.TrimEnd('.')}.");
                return ExitCode.Failure;
            }
        });
        return command;
    }

    /// <summary>Makes the genesis state where there is none yet.</summary>
    private static async Task InstallAsync(StorageLocation location, string? genesis, bool keepsHistory, CancellationToken cancellation)
    {
        using var storage = await NodeStorage.OpenAsync(location, cancellation, keepsHistory);
        if (await storage.Journal.ReadHashAsync(0, cancellation) is null)
        {
            await (await ChainOrigin.LoadAsync(genesis, storage.Journal, TimeProvider.System, cancellation)).InstallAsync(storage, cancellation);
        }
    }

    private static async Task<int> RunAsync(NodeOptions options, NodeStorage storage, IFaultPoints? faults, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        await using var app = NodeHost.Build(options, storage, faults);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error) when (error.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await ReportUnavailableAsync(options.Listen, configuration, error.Message);
            return ExitCode.Failure;
        }
        await NodeGreeting.WriteAsync(configuration.Output, options, app.Urls.First(), await storage.History.ReadStartAsync(cancellation));
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

    private static Task ReportUnavailableAsync(IPEndPoint listen, InvocationConfiguration configuration, string reason) =>
        configuration.Error.WriteLineAsync($"Can't listen on {listen}: {reason.TrimEnd('.')}. Choose another address with --listen.");

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
