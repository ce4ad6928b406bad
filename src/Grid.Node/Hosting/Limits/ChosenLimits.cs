using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Grid.Gateway;
using Grid.Grains;
using Grid.Storage.Postgres;

namespace Grid.Node.Hosting.Limits;

/// <summary>The limits that a user chose; the others keep their presets, or what --memory makes of them.</summary>
public sealed class ChosenLimits
{
    private readonly Dictionary<string, long> _values;

    private ChosenLimits(Dictionary<string, long> values) => _values = values;

    public static ChosenLimits None { get; } = new([]);

    /// <param name="text">NAME=N, several with commas in between; nothing for none.</param>
    /// <param name="wrong">What is wrong with it, for people.</param>
    public static bool TryParse(string? text, out ChosenLimits limits, [NotNullWhen(false)] out string? wrong)
    {
        (limits, wrong) = (None, null);
        var values = new Dictionary<string, long>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2, StringSplitOptions.TrimEntries);
            if (LimitTable.All.FirstOrDefault(x => x.Name == pair[0]) is not { } limit)
            {
                wrong = $"there is no limit '{pair[0]}'; \"grid limits\" lists them.";
            }
            else if (pair.Length < 2 || !long.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < limit.Min || value > limit.Max)
            {
                wrong = string.Create(CultureInfo.InvariantCulture, $"{limit.Name} takes a number from {limit.Min} to {limit.Max}, as {limit.Name}={limit.Preset}.");
            }
            else if (!values.TryAdd(limit.Name, value))
            {
                wrong = $"{limit.Name} is set twice.";
            }
            if (wrong is not null)
            {
                return false;
            }
        }
        limits = new ChosenLimits(values);
        return true;
    }

    public GridOptions Apply(GridOptions options) => Apply(LimitTable.Chain, options);

    public GatewayOptions Apply(GatewayOptions options) => Apply(LimitTable.Gateway, options);

    public PostgresOptions Apply(PostgresOptions options) => Apply(LimitTable.Database, options);

    private TOptions Apply<TOptions>(IEnumerable<Limit<TOptions>> limits, TOptions options) =>
        limits.Aggregate(options, (result, limit) => _values.TryGetValue(limit.Name, out var value) ? limit.With(result, value) : result);
}
