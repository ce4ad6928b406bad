using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Grains;
using Grid.Grains.Hosting;
using Grid.Node.Fixtures;
using Grid.Node.Hosting;
using Grid.Node.Import;
using Grid.Node.Replay;
using Grid.Storage;

namespace Grid.Node.Commands;

/// <summary>`grid import`: brings a chain in, block by block, as the coordinator commits it.</summary>
public static class ImportCommand
{
    private const int MaxSilos = 64;

    private sealed record Request(FileInfo Genesis, FileInfo Blocks, FileInfo? AccessLists, StorageLocation Location, bool Archive, int Silos, int Lanes, bool Json);

    public static Command Create()
    {
        var genesis = CommonOptions.File("--genesis", "A genesis.json as geth has it.");
        genesis.Required = true;
        var blocks = CommonOptions.File("--blocks", "Blocks in RLP one after the other, as geth's export writes them; block 0 may be among them.");
        blocks.Required = true;
        var lists = CommonOptions.File("--access-lists", "The blocks' access lists, as grid export writes them beside the blocks: transactions run at once on them. Each is checked.");
        var storage = new StorageOptions("A chain that is there is gone on with. Without it: memory.");
        var archive = CommonOptions.Archive();
        var silos = CommonOptions.Count("--silos", "Silos in this process.", 1, MaxSilos);
        var lanes = CommonOptions.Lanes("Threads a silo that execute and apply.");
        var json = CommonOptions.Json("Prints one JSON object.");
        var command = new Command("import", "Imports a chain: every block is checked, executed and committed as one that the grid makes itself.")
        {
            genesis, blocks, lists, archive, silos, lanes, json,
        };
        storage.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(
            new Request(parsed.GetValue(genesis)!, parsed.GetValue(blocks)!, parsed.GetValue(lists), storage.LocationOf(parsed), parsed.GetValue(archive), parsed.GetValue(silos),
                parsed.GetValue(lanes), parsed.GetValue(json)),
            parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(Request request, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            using var storage = await NodeStorage.OpenAsync(request.Location, cancellation, request.Archive);
            var origin = await ChainOrigin.LoadAsync(request.Genesis.FullName, storage.Journal, TimeProvider.System, cancellation);
            var options = new GridOptions { Genesis = origin.Genesis, MakeBlocks = false, Lanes = request.Lanes };
            await using var cluster = await LocalCluster.StartAsync(options, request.Silos, storage.Journal, storage.Store);
            await using var stream = new BufferedStream(File.OpenRead(request.Blocks.FullName), 1 << 20);
            await using var lists = request.AccessLists is { } file ? new BufferedStream(File.OpenRead(file.FullName), 1 << 20) : null;
            var blocks = lists is null ? BlockFile.Read(stream) : AccessListFile.Join(BlockFile.Read(stream), lists);
            var start = Stopwatch.GetTimestamp();
            var import = new ChainImport(cluster.Grains);
            var summary = await Terminal.WithProgressAsync(configuration, "importing", request.Blocks.Length, advance => import.RunAsync(blocks, advance, cancellation));
            Write(summary, Stopwatch.GetElapsedTime(start), request, configuration);
            return summary.Refused is null ? ExitCode.Ok : ExitCode.Failure;
        }
        catch (Exception error) when (error is GenesisFormatException or BlockFileException or StorageException or IOException or UnauthorizedAccessException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return error is GenesisFormatException or BlockFileException ? ExitCode.Usage : ExitCode.Failure;
        }
    }

    private static void Write(ImportSummary summary, TimeSpan elapsed, Request request, InvocationConfiguration configuration)
    {
        if (request.Json)
        {
            var line = new ImportLine(
                summary.Head.Number, summary.Head.Hash.ToString(), summary.Head.StateRoot.ToString(), summary.Blocks, summary.Known, summary.Transactions, summary.GasUsed,
                Math.Round(elapsed.TotalSeconds, 3), summary.ListsUsed, summary.ListsRefused, summary.Refused?.Number, summary.Refused is { } x ? BlockErrorText.Of(x.Error) : null);
            configuration.Output.WriteLine(JsonSerializer.Serialize(line, ReplayJson.Options));
            return;
        }
        configuration.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{summary.Blocks} blocks with {summary.Transactions} transactions and {summary.GasUsed / 1e6:F1} Mgas imported in {elapsed.TotalSeconds:F1} s; {summary.Known} were known"));
        if (request.AccessLists is not null)
        {
            configuration.Output.WriteLine($"access lists: {summary.ListsUsed} used, {summary.ListsRefused} refused");
        }
        configuration.Output.WriteLine($"head {summary.Head.Number} {summary.Head.Hash}");
        configuration.Output.WriteLine($"state root {summary.Head.StateRoot}");
        if (summary.Refused is { } refused)
        {
            configuration.Error.WriteLine($"Block {refused.Number} {refused.Hash} is refused: {BlockErrorText.Of(refused.Error)}. Nothing after it was imported.");
        }
    }
}

/// <summary>What an import came to. Scripts read these names.</summary>
public sealed record ImportLine(
    ulong Number, string Hash, string StateRoot, int Blocks, int Known, long Transactions, long GasUsed, double Seconds, int AccessListsUsed, int AccessListsRefused, ulong? RefusedNumber, string? Error);
