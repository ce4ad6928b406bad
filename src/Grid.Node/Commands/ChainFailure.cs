using System.CommandLine;
using Grid.Chain;
using Grid.Node.Hosting;
using Grid.Storage;

namespace Grid.Node.Commands;

/// <summary>Says why a chain can't be opened.</summary>
internal static class ChainFailure
{
    /// <summary>Does something with a kept chain; what is wrong with it becomes a sentence and an exit code.</summary>
    /// <param name="genesis">The genesis file; null where none is given.</param>
    public static async Task<int> ReportAsync(InvocationConfiguration configuration, StorageLocation location, string? genesis, Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (error is GenesisFormatException or ProofOfWorkException)
        {
            await configuration.Error.WriteLineAsync($"{genesis}: {error.Message}");
            return ExitCode.Usage;
        }
        catch (StorageException error)
        {
            var place = location.Database is null ? location.Describe() : "the database";
            var remedy = error.Error == StorageError.NotPrepared ? " Make the tables with \"grid schema\", or with --create-schema here, as a role that may." : "";
            await configuration.Error.WriteLineAsync($"Can't keep the chain in {place}. {error.Message.TrimEnd('.')}.{remedy}");
            return ExitCode.Failure;
        }
    }
}
