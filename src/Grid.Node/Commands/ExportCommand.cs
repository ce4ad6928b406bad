using System.CommandLine;
using System.Globalization;
using Grid.Chain;
using Grid.Node.Hosting;
using Grid.Node.Import;
using Grid.Primitives.Rlp;
using Grid.Storage;

namespace Grid.Node.Commands;

/// <summary>`grid export`: writes a kept chain as a file of blocks, which `grid import` and other clients read.</summary>
public static class ExportCommand
{
    public static Command Create()
    {
        var storage = new StorageOptions("No node may be running on it.");
        var blocks = new Option<FileInfo>("--blocks") { Description = "The file to write: blocks in RLP one after the other, as geth's export writes them. It is replaced where there is one.", HelpName = "FILE", Required = true };
        var lists = new Option<FileInfo?>("--access-lists") { Description = "Another file to write: the blocks' access lists (EIP-7928), by which grid import is faster.", HelpName = "FILE" };
        var from = new Option<ulong>("--from") { Description = "The first block.", HelpName = "NUMBER", DefaultValueFactory = _ => 0 };
        var to = new Option<ulong?>("--to") { Description = "The last block. Without it: the head.", HelpName = "NUMBER" };
        var command = new Command("export", "Writes the blocks of a kept chain to a file.") { blocks, lists, from, to };
        storage.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(
            storage.LocationOf(parsed), parsed.GetValue(blocks)!.FullName, parsed.GetValue(lists)?.FullName, parsed.GetValue(from), parsed.GetValue(to), parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(StorageLocation location, string file, string? listFile, ulong from, ulong? to, InvocationConfiguration configuration, CancellationToken cancellation)
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
            await using (var blocks = new WholeFile(file))
            await using (var lists = listFile is null ? null : new WholeFile(listFile))
            {
                for (var number = from; number <= last; number++)
                {
                    var block = await storage.Journal.ReadBlockAsync(number, cancellation) ?? throw new StorageException(StorageError.Corrupt, $"the journal lacks block {number}");
                    await blocks.WriteAsync(block.Block, cancellation);
                    if (lists is not null)
                    {
                        await lists.WriteAsync(EntryOf(block), cancellation);
                    }
                }
                lists?.Finish();
                blocks.Finish();
            }
            await configuration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"blocks {from} to {last} written to {file}"));
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return ExitCode.Failure;
        }
    }

    private static byte[] EntryOf(JournalBlock block)
    {
        try
        {
            var writer = new RlpWriter();
            // Nobody imports a genesis block.
            AccessListFile.Write(writer, block.Hash, block.Number == 0 ? BlockAccessList.Empty.EncodeRlp() : BlockAccessList.Decode(block.AccessList.Span).EncodeRlp());
            return writer.ToArray();
        }
        catch (AccessListFormatException error)
        {
            throw new StorageException(StorageError.Corrupt, $"the access list of block {block.Number} can't be read: {error.Message}");
        }
    }

    /// <summary>A file that is whole or not there at all: one that ends in the middle would be taken for a shorter chain.</summary>
    private sealed class WholeFile(string path) : IAsyncDisposable
    {
        private readonly FileStream _stream = new(path + ".partial", FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => _stream.WriteAsync(bytes, cancellation);

        public void Finish()
        {
            _stream.Flush(flushToDisk: true);
            File.Move(path + ".partial", path, overwrite: true);
        }

        public ValueTask DisposeAsync() => _stream.DisposeAsync();
    }
}
