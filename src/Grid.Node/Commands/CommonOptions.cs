using System.CommandLine;

namespace Grid.Node.Commands;

/// <summary>Options that several commands have, each with one name and one meaning.</summary>
public static class CommonOptions
{
    private const int MaxLanes = 1024;

    public static Option<int> Lanes(string description) => Count("--lanes", description, Environment.ProcessorCount, MaxLanes);

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    /// <summary>A whole number from 1 to a limit.</summary>
    public static Option<int> Count(string name, string description, int preset, int max)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => preset };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var value && (value < 1 || value > max))
            {
                result.AddError($"{name} takes a number from 1 to {max}, not {value}.");
            }
        });
        return option;
    }

    /// <summary>A file that must be there.</summary>
    public static Option<FileInfo> File(string name, string description)
    {
        var option = new Option<FileInfo>(name) { Description = description, HelpName = "FILE" };
        return option.AcceptExistingOnly();
    }
}
