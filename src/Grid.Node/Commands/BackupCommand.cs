using System.CommandLine;
using System.Globalization;
using Grid.Client;
using Grid.Node.Hosting;
using Grid.Storage;

namespace Grid.Node.Commands;

/// <summary>`grid backup`: copies a data folder as one file, of a running node or of a folder that nobody uses.</summary>
public static class BackupCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The archive to write: a tar with checksums. It is replaced where there is one, when the new one is whole." };
        var url = CommonOptions.Url($"The running node, on this machine. Without it and --data: {CommonOptions.DefaultUrl}.");
        var data = new Option<DirectoryInfo>("--data") { Description = "The data folder of a node that isn't running.", HelpName = "DIR" };
        var command = new Command("backup", "Copies a chain's data as it is at one moment to a file, while the node runs.") { file, url, data };
        command.Validators.Add(result =>
        {
            if (result.GetResult(url) is not null && result.GetResult(data) is not null)
            {
                result.AddError("--url and --data exclude each other.");
            }
        });
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(file)!.FullName, parsed.GetValue(url) ?? new Uri(CommonOptions.DefaultUrl), parsed.GetValue(data)?.FullName, parsed.InvocationConfiguration, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string file, Uri url, string? data, InvocationConfiguration configuration, CancellationToken cancellation)
    {
        // Whole or not at all: one that ends in the middle isn't a backup.
        var partial = file + ".partial";
        try
        {
            await using (var stream = new FileStream(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20))
            {
                await (data is null ? AskAsync(url, stream, cancellation) : CopyAsync(data, stream, cancellation));
                stream.Flush(flushToDisk: true);
                stream.Position = 0;
                await BackupArchive.VerifyAsync(stream, cancellation);
            }
            File.Move(partial, file, overwrite: true);
            await configuration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(file).Length / 1e6:F1} MB written to {file}"));
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is StorageException or GridException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            await configuration.Error.WriteLineAsync(error is HttpRequestException ? $"{url} doesn't answer: {error.Message}" : error.Message);
            return ExitCode.Failure;
        }
    }

    private static async Task AskAsync(Uri url, Stream output, CancellationToken cancellation)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        await new GridClient(http).BackUpAsync(output, cancellation);
    }

    private static async Task CopyAsync(string data, Stream output, CancellationToken cancellation)
    {
        using var folder = DataFolder.OpenExisting(data);
        await folder.BackUpAsync(output, cancellation);
    }
}
