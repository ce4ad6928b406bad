using System.Globalization;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>Text that describes no workload; the message says what would.</summary>
internal sealed class WorkloadSyntaxException(string message) : FormatException(message);

/// <summary>What is to be generated: `KIND` or `KIND:PARAMETER=VALUE,PARAMETER=VALUE`. Immutable.</summary>
internal sealed record WorkloadDescription(IWorkloadKind Kind, WorkloadValues Values)
{
    /// <summary>Whether the text begins with a kind's name: what names no kind names a file.</summary>
    public static bool IsMeant(string text) => WorkloadKinds.Find(KindOf(text)) is not null;

    /// <exception cref="WorkloadSyntaxException">There is no such kind or parameter, or a value isn't in its range.</exception>
    public static WorkloadDescription Parse(string text)
    {
        var name = KindOf(text);
        var kind = WorkloadKinds.Find(name)
            ?? throw new WorkloadSyntaxException($"There is no kind of workload '{name}'; there are {string.Join(", ", WorkloadKinds.All.Select(x => x.Name))}.");
        var values = new Dictionary<string, double>();
        var list = text.Length > name.Length ? text[(name.Length + 1)..].Split(',') : [];
        foreach (var item in list)
        {
            var (parameter, value) = ParseItem(kind, item);
            if (!values.TryAdd(parameter.Name, value))
            {
                throw new WorkloadSyntaxException($"{kind.Name}: {parameter.Name} is given twice.");
            }
        }
        return new WorkloadDescription(kind, new WorkloadValues(kind, values));
    }

    /// <summary>The same with another share of conflicts, in percent.</summary>
    public WorkloadDescription WithConflict(int percent) => this with { Values = Values.With(WorkloadParameter.ConflictName, percent) };

    /// <summary>The kind with what was given, in the order of its parameters: the workload's name in results.</summary>
    public override string ToString()
    {
        var given = Kind.Parameters.Where(parameter => Values.IsGiven(parameter.Name)).Select(parameter => string.Create(
            CultureInfo.InvariantCulture, $"{parameter.Name}={Values.Number(parameter.Name)}"));
        var list = string.Join(',', given);
        return list.Length == 0 ? Kind.Name : $"{Kind.Name}:{list}";
    }

    private static string KindOf(string text) => text.Split(':', 2)[0];

    private static (WorkloadParameter Parameter, double Value) ParseItem(IWorkloadKind kind, string item)
    {
        var parts = item.Split('=', 2);
        var parameter = kind.Parameters.FirstOrDefault(x => x.Name == parts[0])
            ?? throw new WorkloadSyntaxException($"{kind.Name} has no parameter '{parts[0]}'; it has {string.Join(", ", kind.Parameters.Select(x => x.Name))}.");
        if (parts.Length == 1)
        {
            throw new WorkloadSyntaxException(string.Create(CultureInfo.InvariantCulture, $"{kind.Name}: {item} has no value; write {item}={parameter.Preset}."));
        }
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        var isNumber = double.TryParse(parts[1], Style, CultureInfo.InvariantCulture, out var value);
        return isNumber && value >= parameter.Min && value <= parameter.Max && !(parameter.IsWhole && value != Math.Floor(value))
            ? (parameter, value)
            : throw new WorkloadSyntaxException(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind.Name}: {parameter.Name} takes a {(parameter.IsWhole ? "whole number" : "number")} from {parameter.Min} to {parameter.Max}, not '{parts[1]}'."));
    }
}

/// <summary>What a kind's parameters are: what was given, and the presets of the rest. Immutable.</summary>
internal sealed class WorkloadValues(IWorkloadKind kind, IReadOnlyDictionary<string, double> given)
{
    /// <summary>In percent of the transactions.</summary>
    public int ConflictPercent => Whole(WorkloadParameter.ConflictName);

    public bool IsGiven(string name) => given.ContainsKey(name);

    public double Number(string name) => given.TryGetValue(name, out var value) ? value : kind.Parameters.First(parameter => parameter.Name == name).Preset;

    public int Whole(string name) => (int)Number(name);

    public WorkloadValues With(string name, double value) => new(kind, new Dictionary<string, double>(given) { [name] = value });
}
