using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Grid.Node.Commands;

/// <summary>
/// Completes a command line from a configuration file and from variables, so that everything is read and checked in one place. An option comes before its
/// variable, and that before the file: --block-time is GRID_BLOCK_TIME, and "block-time" or "blockTime" in the file.
/// </summary>
internal static class ConfiguredArguments
{
    private const string Prefix = "GRID_", OptionName = "--config";

    /// <summary>Marks a command whose options may be configured.</summary>
    public static Option<FileInfo> CreateOption() => CommonOptions.File(OptionName, "A JSON file with options by their names, such as {\"block-time\": 500}. Variables such as GRID_BLOCK_TIME come before it, and options before both.");

    /// <param name="complete">The arguments, and after them what is configured and wasn't given.</param>
    /// <param name="error">What is wrong with the file.</param>
    public static bool TryComplete(RootCommand root, string[] arguments, out string[] complete, [NotNullWhen(false)] out string? error)
    {
        (complete, error) = (arguments, null);
        var parsed = root.Parse(arguments);
        var command = parsed.CommandResult.Command;
        if (parsed.Errors.Count > 0 || command.Options.FirstOrDefault(option => option.Name == OptionName) is not Option<FileInfo> config)
        {
            return true;
        }
        IConfiguration configuration;
        try
        {
            var file = parsed.GetValue(config) ?? FileFromEnvironment();
            if (file is not null && UnknownKey(root, file) is { } unknown)
            {
                error = $"{file.FullName}: there is no option \"{unknown}\".";
                return false;
            }
            var builder = new ConfigurationBuilder();
            if (file is not null)
            {
                builder.AddJsonFile(file.FullName, optional: false);
            }
            configuration = builder.AddEnvironmentVariables(Prefix).Build();
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException or IOException)
        {
            error = $"The configuration can't be read: {failure.InnerException?.Message ?? failure.Message}";
            return false;
        }
        var given = command.Options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToHashSet();
        if (StorageOptions.Names.Any(given.Contains))
        {
            given.UnionWith(StorageOptions.Names);
        }
        complete = [.. arguments, .. command.Options.Where(option => option.Name != OptionName && !given.Contains(option.Name)).SelectMany(option => ArgumentsOf(option, configuration))];
        return true;
    }

    private static FileInfo? FileFromEnvironment() =>
        Environment.GetEnvironmentVariable(Prefix + "CONFIG") is { Length: > 0 } path ? new FileInfo(path) : null;

    /// <summary>A key of the file that is no option of any command that can be configured: the roles of a cluster may share one file.</summary>
    private static string? UnknownKey(RootCommand root, FileInfo file)
    {
        var known = root.Subcommands.Where(command => command.Options.Any(option => option.Name == OptionName))
            .SelectMany(command => command.Options).Select(option => Plain(option.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new ConfigurationBuilder().AddJsonFile(file.FullName, optional: false).Build().GetChildren().Select(section => section.Key).FirstOrDefault(key => !known.Contains(Plain(key)));
    }

    private static IEnumerable<string> ArgumentsOf(Option option, IConfiguration configuration)
    {
        // What comes later in the configuration has won already where the keys are the same; of two ways to write one the variable's is looked for first.
        var sections = configuration.GetChildren().Where(section => Plain(section.Key).Equals(Plain(option.Name), StringComparison.OrdinalIgnoreCase)).ToArray();
        var section = sections.FirstOrDefault(x => x.Key.Contains('_', StringComparison.Ordinal)) ?? sections.FirstOrDefault();
        var value = section?.Value ?? string.Join(',', section?.GetChildren().Select(ItemOf) ?? []);
        return string.IsNullOrEmpty(value) ? [] : [$"{option.Name}={value}"];
    }

    /// <summary>Of an array its value; of an object both, as NAME=VALUE.</summary>
    private static string? ItemOf(IConfigurationSection item) => int.TryParse(item.Key, CultureInfo.InvariantCulture, out _) ? item.Value : $"{item.Key}={item.Value}";

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
}
