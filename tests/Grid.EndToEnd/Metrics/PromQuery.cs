using System.Text.RegularExpressions;

namespace Grid.EndToEnd.Metrics;

/// <summary>The metrics and labels that a query in PromQL names. It reads as much of the language as our queries use.</summary>
internal sealed partial record PromQuery(IReadOnlySet<string> Metrics, IReadOnlySet<string> Labels)
{
    private static readonly HashSet<string> Words = ["and", "or", "unless", "by", "without", "on", "ignoring", "offset", "bool"];

    public static PromQuery Parse(string query)
    {
        var labels = new HashSet<string>();
        var rest = Matchers().Replace(query, matchers =>
        {
            labels.UnionWith(Matcher().Matches(matchers.Groups[1].Value).Select(matcher => matcher.Groups[1].Value));
            return "";
        });
        rest = Range().Replace(rest, "");
        rest = Grouping().Replace(rest, grouping =>
        {
            labels.UnionWith(grouping.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
            return "";
        });
        var metrics = Name().Matches(rest).Select(name => name.Value).Where(name => !Words.Contains(name));
        return new PromQuery(metrics.ToHashSet(), labels);
    }

    [GeneratedRegex(@"\{([^}]*)\}")]
    private static partial Regex Matchers();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    /// <summary>A name that isn't a function's.</summary>
    [GeneratedRegex(@"(?<![\w.])[a-zA-Z_:][a-zA-Z0-9_:]*\b(?!\s*\()")]
    private static partial Regex Name();
}
