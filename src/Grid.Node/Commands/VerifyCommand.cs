using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Grains;
using Grid.Grains.Placement;
using Grid.Node.Hosting;
using Grid.Node.Replay;
using Grid.Node.Verify;
using Grid.Storage;

namespace Grid.Node.Commands;

/// <summary>`grid verify`: executes a kept chain again, and compares.</summary>
public static class VerifyCommand
{
    public static Command Create()
    {
        var storage = new StorageOptions("No node may be running on it.");
        var lanes = CommonOptions.Lanes("Threads that execute blocks.");
        var json = CommonOptions.Json("Prints one JSON object.");
        var command = new Command(
            "verify", "Executes a kept chain again from its genesis, sequentially, and compares every root, receipt and access list; then reads the whole store.") { lanes, json };
        storage.AddTo(command);
        command.SetAction((parsed, cancellation) =>
            RunAsync(storage.LocationOf(parsed), parsed.GetValue(lanes), parsed.GetValue(json), parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(StorageLocation location, int threads, bool json, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            using var storage = await NodeStorage.OpenExistingAsync(location, cancellation);
            var start = Stopwatch.GetTimestamp();
            var genesis = await ChainOrigin.ReadAsync(storage.Journal, cancellation);
            var head = (await storage.Journal.ReadHeadAsync(cancellation))!;
            var journal = await Terminal.WithProgressAsync(
                configuration, "verifying", head.Number, advance => new JournalVerifier(storage.Journal, genesis, threads).RunAsync(advance, cancellation));
            var layout = new ShardLayout(new GridOptions { Genesis = genesis }.ShardPrefixNibbles);
            var store = await StoreVerifier.RunAsync(storage.Journal, storage.Store, layout, cancellation);
            Write(head, journal, store, Stopwatch.GetElapsedTime(start), json, configuration);
            return journal.Finding is null && store.Finding is null ? ExitCode.Ok : ExitCode.Failure;
        }
        catch (Exception error) when (error is StorageException or GenesisFormatException or AccessListFormatException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return ExitCode.Failure;
        }
    }

    private static void Write(JournalHead head, JournalVerdict journal, StoreVerdict store, TimeSpan elapsed, bool json, InvocationConfiguration configuration)
    {
        var finding = journal.Finding ?? store.Finding;
        if (json)
        {
            configuration.Output.WriteLine(JsonSerializer.Serialize(
                new VerifyLine(
                    finding is null, head.Number, head.Hash.ToString(), head.StateRoot.ToString(), journal.Blocks, journal.Transactions, journal.GasUsed, store.Accounts, store.Slots,
                    Math.Round(elapsed.TotalSeconds, 3), finding?.Number, finding?.Detail),
                ReplayJson.Options));
            return;
        }
        configuration.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{journal.Blocks} blocks with {journal.Transactions} transactions and {journal.GasUsed / 1e6:F1} Mgas executed, {store.Accounts} accounts with {store.Slots} slots read in {elapsed.TotalSeconds:F1} s"));
        configuration.Output.WriteLine($"head {head.Number} {head.Hash}");
        if (finding is null)
        {
            configuration.Output.WriteLine("all of it is what sequential execution gives");
        }
        else
        {
            configuration.Error.WriteLine($"Block {finding.Number} {finding.Detail}. What is kept can't be trusted from there on: restore a backup, or import the blocks before it into a new folder.");
        }
    }
}

/// <summary>What a verification came to. Scripts read these names.</summary>
public sealed record VerifyLine(
    bool Ok, ulong Number, string Hash, string StateRoot, int Blocks, long Transactions, long GasUsed, long Accounts, long Slots, double Seconds, ulong? WrongNumber, string? Error);
