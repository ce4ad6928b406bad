using System.CommandLine;
using System.Globalization;
using Grid.Node.Hosting;
using Grid.Storage;

namespace Grid.Node.Commands;

/// <summary>`grid export`: writes a kept chain as a file of blocks, which `grid import` and other clients read.</summary>
public static class ExportCommand
{
    public static Command Create()
    {
        var storage = new StorageOptions("No node may be running on it.");
        var blocks = new Option<FileInfo>("--blocks") { Description = "The file to write: blocks in RLP one after the other, as geth's export writes them. It is replaced where there is one.", HelpName = "FILE", Required = true };
        var from = new Option<ulong>("--from") { Description = "The first block.", HelpName = "NUMBER", DefaultValueFactory = _ => 0 };
        var to = new Option<ulong?>("--to") { Description = "The last block. Without it: the head.", HelpName = "NUMBER" };
        var command = new Command("export", "Writes the blocks of a kept chain to a file.") { blocks, from, to };
        storage.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(
            storage.LocationOf(parsed), parsed.GetValue(blocks)!.FullName, parsed.GetValue(from), parsed.GetValue(to), parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(StorageLocation location, string file, ulong from, ulong? to, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            using var storage = await NodeStorage.OpenExistingAsync(location, cancellation);
            var head = await storage.Journal.ReadHeadAsync(cancellation) ?? throw new StorageException(StorageError.Incompatible, "there is no chain");
            var last = to ?? head.Number;
            if (from > last || last > head.Number)
            {
                await configuration.Error.WriteLineAsync($"Blocks {from} to {last} can't be exported: the chain has blocks 0 to {head.Number}.");
                return ExitCode.Usage;
            }
            // Whole or not at all: a file that ends in the middle would be taken for a shorter chain.
            var partial = file + ".partial";
            await using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
            {
                for (var number = from; number <= last; number++)
                {
                    var block = await storage.Journal.ReadBlockAsync(number, cancellation) ?? throw new StorageException(StorageError.Corrupt, $"the journal lacks block {number}");
                    await stream.WriteAsync(block.Block, cancellation);
                }
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, file, overwrite: true);
            await configuration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"blocks {from} to {last} written to {file}"));
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return ExitCode.Failure;
        }
    }
}
