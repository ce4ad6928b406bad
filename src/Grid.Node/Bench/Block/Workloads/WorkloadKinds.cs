using System.Globalization;
using System.Text;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>The kinds that there are. A kind is a file in this folder and a line here.</summary>
internal static class WorkloadKinds
{
    public static IReadOnlyList<IWorkloadKind> All { get; } =
        [new TransfersKind(), new Erc20Kind(), new SwapsKind(), new MintKind(), new ChainKind(), new MixKind(), new ComputeKind()];

    public static IWorkloadKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>What a person must know to choose: a paragraph for each kind.</summary>
    public static string Help()
    {
        var text = new StringBuilder();
        foreach (var kind in All)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{kind.Name} ({kind.Transactions} transactions): {kind.Summary} {kind.Conflict}");
            foreach (var parameter in kind.Parameters.Skip(1))
            {
                text.Append(CultureInfo.InvariantCulture, $" {parameter.Name}={parameter.Preset}: {parameter.Description} ({parameter.Min} to {parameter.Max}).");
            }
        }
        return text.ToString();
    }
}
