using System.CommandLine;
using Grid.Node.Hosting;
using Grid.Storage.Postgres;

namespace Grid.Node.Commands;

/// <summary>The options that say where a chain is kept: one of them at most.</summary>
internal sealed class StorageOptions
{
    /// <summary>Holds a connection string, which then needn't be on a command line, where others on the machine can read it.</summary>
    public const string DatabaseVariable = "GRID_DATABASE";

    private readonly Option<DirectoryInfo> _data;
    private readonly Option<string> _database;

    /// <param name="otherwise">Ends both descriptions: what happens without them.</param>
    public StorageOptions(string otherwise)
    {
        _data = new Option<DirectoryInfo>("--data") { Description = $"The folder that the chain is kept in; it is made where there is none. {otherwise}", HelpName = "DIR" };
        _database = new Option<string>("--database")
        {
            Description = $"The PostgreSQL database that the chain is kept in, as \"Host=…;Database=…;Username=…;Password=…\"; the variable {DatabaseVariable} does the same. Its tables are in the schema grid, or that of \"Search Path=…\".",
            HelpName = "CONNECTION",
        };
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_data);
        command.Options.Add(_database);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_data) is not null && result.GetResult(_database) is not null)
            {
                result.AddError("--data and --database exclude each other.");
            }
        });
    }

    /// <summary>What was asked for; an option comes before the variable.</summary>
    public StorageLocation LocationOf(ParseResult parsed)
    {
        if (parsed.GetValue(_data) is { } folder)
        {
            return new StorageLocation(folder.FullName);
        }
        var connection = parsed.GetValue(_database) ?? Environment.GetEnvironmentVariable(DatabaseVariable);
        return string.IsNullOrEmpty(connection) ? new StorageLocation() : new StorageLocation(Database: new PostgresOptions(connection));
    }
}
