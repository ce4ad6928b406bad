using System.CommandLine;

namespace Grid.Node.Tests.Deployment;

/// <summary>A container of the executable: what it is told to do.</summary>
internal sealed record GridContainer(string Name, string[] Arguments, IReadOnlyDictionary<string, string> Environment)
{
    private const string Prefix = "GRID_";

    /// <summary>The port of the image's GRID_LISTEN.</summary>
    public const int Port = 8545;

    public string Role => Arguments[0];

    /// <summary>Its arguments and variables are those of the role, and have values that it takes.</summary>
    public void CheckOptions()
    {
        var root = CommandLine.Create();
        var command = Assert.Single(root.Subcommands, command => command.Name == Role);
        var arguments = new List<string>(Arguments);
        foreach (var (variable, value) in Environment.Where(x => x.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var option = command.Options.FirstOrDefault(option => Plain(option.Name) == Plain(variable[Prefix.Length..]));
            Assert.True(option is not null, $"{Name}: {variable} is no option of grid {Role}");
            arguments.Add($"{option.Name}={value}");
        }
        Assert.Empty(root.Parse(arguments).Errors.Select(error => $"{Name}: {error.Message}"));
    }

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
}
