using System.CommandLine;
using System.Globalization;
using Grid.Storage;
using Grid.Storage.RocksDb;

namespace Grid.Node.Commands;

/// <summary>`grid restore`: makes a data folder of a backup.</summary>
public static class RestoreCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "What grid backup has written." };
        file.AcceptExistingOnly();
        var data = new Option<DirectoryInfo>("--data") { Description = "The folder to restore to; it is made, or must be empty.", HelpName = "DIR", Required = true };
        var command = new Command("restore", "Makes a data folder of a backup, and checks it on the way.") { file, data };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(file)!.FullName, parsed.GetValue(data)!.FullName, parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string file, string data, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        try
        {
            await using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan))
            {
                await BackupArchive.RestoreAsync(stream, data, cancellation);
            }
            using var folder = RocksDbFolder.Open(data);
            var head = await folder.Journal.ReadHeadAsync(cancellation) ?? throw new StorageException(StorageError.Incompatible, "the backup holds no chain");
            await configuration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"blocks 0 to {head.Number} are in {data}"));
            await configuration.Output.WriteLineAsync($"head {head.Number.ToString(CultureInfo.InvariantCulture)} {head.Hash}");
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return ExitCode.Failure;
        }
    }
}
