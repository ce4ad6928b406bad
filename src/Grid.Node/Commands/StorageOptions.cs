using System.CommandLine;
using Grid.Node.Hosting;
using Grid.Node.Hosting.Limits;
using Grid.Storage.Postgres;

namespace Grid.Node.Commands;

/// <summary>The options that say where a chain is kept: one of them at most.</summary>
internal sealed class StorageOptions
{
    /// <summary>Holds a connection string, which then needn't be on a command line, where others on the machine can read it.</summary>
    public const string DatabaseVariable = "GRID_DATABASE";

    private readonly Option<DirectoryInfo> _data;
    private readonly Option<string> _database;

    /// <summary>The names of the options that exclude each other.</summary>
    public static IReadOnlyList<string> Names { get; } = ["--data", "--database"];

    /// <param name="otherwise">Ends both descriptions: what happens without them.</param>
    public StorageOptions(string otherwise)
    {
        _data = new Option<DirectoryInfo>("--data") { Description = $"The folder that the chain is kept in; it is made where there is none. {otherwise}", HelpName = "DIR" };
        _database = Database();
    }

    public static Option<string> Database() => new("--database")
    {
        Description = $"The PostgreSQL database that the chain is kept in, as \"Host=…;Database=…;Username=…;Password=…\"; the variable {DatabaseVariable} does the same. Its tables are in the schema grid, or that of \"Search Path=…\".",
        HelpName = "CONNECTION",
    };

    /// <summary>The database that was asked for; an option comes before the variable. Null for none.</summary>
    public static PostgresOptions? DatabaseOf(ParseResult parsed, Option<string> database) =>
        (parsed.GetValue(database) ?? Environment.GetEnvironmentVariable(DatabaseVariable)) is { Length: > 0 } connection ? new PostgresOptions(connection) : null;

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
    /// <param name="limits">Of a command that has such; null for the presets.</param>
    public StorageLocation LocationOf(ParseResult parsed, ChosenLimits? limits = null)
    {
        if (parsed.GetValue(_data) is { } folder)
        {
            return new StorageLocation(folder.FullName);
        }
        var database = DatabaseOf(parsed, _database);
        return new StorageLocation(Database: database is null || limits is null ? database : limits.Apply(database));
    }
}
