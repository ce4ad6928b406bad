using System.CommandLine;
using System.Globalization;
using Grid.Node.Hosting;
using Grid.Storage;

namespace Grid.Node.Commands;

/// <summary>`grid compact`: rewrites a data folder without what is deleted and overwritten in it.</summary>
public static class CompactCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The data folder; no node may be running on it.", HelpName = "DIR", Required = true };
        var command = new Command("compact", "Rewrites a data folder without what is deleted and overwritten in it.") { data };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(data)!.FullName, parsed.InvocationConfiguration));
        return command;
    }

    private static async Task<int> RunAsync(string data, InvocationConfiguration configuration)
    {
        try
        {
            using var folder = DataFolder.OpenExisting(data);
            var (before, after) = folder.Compact();
            await configuration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{data}: {before / 1e6:F1} MB before, {after / 1e6:F1} MB after"));
            return ExitCode.Ok;
        }
        catch (Exception error) when (error is StorageException or IOException or UnauthorizedAccessException)
        {
            await configuration.Error.WriteLineAsync(error.Message);
            return ExitCode.Failure;
        }
    }
}
