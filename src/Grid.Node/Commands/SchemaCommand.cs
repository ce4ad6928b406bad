using System.CommandLine;
using Grid.Node.Hosting;

namespace Grid.Node.Commands;

/// <summary>`grid schema`: makes the tables, so that silos need no right to.</summary>
public static class SchemaCommand
{
    public static Command Create()
    {
        var database = StorageOptions.Database();
        var command = new Command("schema", "Makes the tables of a cluster's database, or brings them up to date, as the role of the connection.") { database };
        command.Options.Add(ConfiguredArguments.CreateOption());
        command.SetAction(async (parsed, cancellation) =>
        {
            if (StorageOptions.DatabaseOf(parsed, database) is not { } options)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"Say which database with --database or {StorageOptions.DatabaseVariable}.");
                return ExitCode.Usage;
            }
            return await ChainFailure.ReportAsync(parsed.InvocationConfiguration, new StorageLocation(Database: options), null, async () =>
            {
                await OrleansSchema.CreateAsync(options, cancellation);
                await parsed.InvocationConfiguration.Output.WriteLineAsync($"The tables are there: {options.Describe()}, and beside it {OrleansSchema.OptionsFor(options).Schema}.");
                return ExitCode.Ok;
            });
        });
        return command;
    }
}
