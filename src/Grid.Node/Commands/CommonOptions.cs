using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Grid.Node.Commands;

/// <summary>Options that several commands have, each with one name and one meaning.</summary>
public static class CommonOptions
{
    /// <summary>Where a node or a gateway listens that wasn't told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:8545";

    private const int MaxLanes = 1024;

    /// <param name="preset">Null for one a processor.</param>
    public static Option<int> Lanes(string description, int? preset = null) =>
        Count("--lanes", description, preset ?? Environment.ProcessorCount, MaxLanes);

    public static Option<Uri> Url(string description) => new("--url") { Description = description, HelpName = "URL", CustomParser = ParseUrl };

    public static Option<bool> Json(string description) => new("--json") { Description = description };

    /// <summary>A whole number from 1 to a limit.</summary>
    public static Option<int> Count(string name, string description, int preset, int max)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => preset };
        Check(option, value => value >= 1 && value <= max, RangeMessage(name, max));
        return option;
    }

    /// <summary>A whole number from 1 to a limit, or nothing.</summary>
    public static Option<int?> OptionalCount(string name, string description, int max)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        Check(option, value => value is null || (value >= 1 && value <= max), RangeMessage(name, max));
        return option;
    }

    /// <summary>Different whole numbers from 1 to a limit, with commas between them; none where the option isn't given.</summary>
    public static Option<int[]> Counts(string name, string description, int max)
    {
        var option = new Option<int[]>(name)
        {
            Description = description,
            HelpName = "N[,N…]",
            DefaultValueFactory = _ => [],
            CustomParser = result => TryReadCounts(result.Tokens[0].Value, max, out var list, out _) ? list : [],
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !TryReadCounts(result.Tokens[0].Value, max, out _, out var wrong))
            {
                result.AddError($"{name} takes different numbers from 1 to {max} with commas between them, not '{wrong}'.");
            }
        });
        return option;
    }

    /// <summary>Whom to compare with in the same run.</summary>
    public static Option<string?> Against()
    {
        var option = new Option<string?>("--against") { Description = "Runs the same work there as well, and prints the ratio.", HelpName = "anvil" };
        return option.AcceptOnlyFromAmong("anvil");
    }

    /// <summary>Whether the history of values before is kept.</summary>
    public static Option<bool> Archive() => new("--archive")
    {
        Description = "Keeps history, so that the state after every block can be read, not only after the last 128. On a chain that is there it begins with the next block; a block without the option ends it.",
    };

    /// <summary>Where an OpenTelemetry collector takes metrics.</summary>
    public static Option<Uri?> Collector()
    {
        var option = new Option<Uri?>("--otlp")
        {
            Description = "Also sends the metrics of /metrics to an OpenTelemetry collector, by OTLP over gRPC, once a minute.",
            HelpName = "URL",
            CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) ? url : null,
        };
        option.Validators.Add(static result =>
        {
            if (!Uri.TryCreate(result.Tokens.Count == 1 ? result.Tokens[0].Value : null, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            {
                result.AddError("--otlp takes the URL of a collector, such as http://127.0.0.1:4317.");
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

    /// <summary>Refuses values that aren't right.</summary>
    public static void Check<T>(Option<T> option, Func<T?, bool> isRight, string message) => option.Validators.Add(result =>
    {
        if (!TryRead(result, out T? value) || !isRight(value))
        {
            result.AddError(message);
        }
    });

    /// <summary>Checks what options come to together. Where one of them can't be read, that is told alone.</summary>
    public static void CheckTogether(Command command, Action<CommandResult> check) => command.Validators.Add(result =>
    {
        try
        {
            check(result);
        }
        catch (InvalidOperationException) // how the library says that an option's text is of another type
        {
        }
    });

    private static bool TryRead<T>(OptionResult result, out T? value)
    {
        try
        {
            value = result.GetValueOrDefault<T>();
            return true;
        }
        catch (InvalidOperationException) // how the library says that the text is no T
        {
            value = default;
            return false;
        }
    }

    private static string RangeMessage(string name, int max) => string.Create(CultureInfo.InvariantCulture, $"{name} takes a number from 1 to {max}.");

    private static bool TryReadCounts(string text, int max, out int[] list, out string wrong)
    {
        var items = text.Split(',');
        list = new int[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            wrong = items[i];
            if (!int.TryParse(wrong, NumberStyles.None, CultureInfo.InvariantCulture, out list[i]) || list[i] < 1 || list[i] > max || list.AsSpan(0, i).Contains(list[i]))
            {
                return false;
            }
        }
        wrong = "";
        return true;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens.Count == 1 ? result.Tokens[0].Value : null, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }
        result.AddError($"--url takes an address such as {DefaultUrl}.");
        return null;
    }
}
