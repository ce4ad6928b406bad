using System.CommandLine;
using System.Globalization;
using Grid.Node.Hosting.Limits;

namespace Grid.Node.Commands;

/// <summary>`grid limits`: what node, silos and gateways bound, and how to bound it otherwise.</summary>
public static class LimitsCommand
{
    public static Command Create()
    {
        var command = new Command("limits", "Lists the limits that --limits of node, silo and gateway sets, with their presets.");
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var width = LimitTable.All.Max(limit => limit.Name.Length);
            foreach (var limit in LimitTable.All)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{limit.Name.PadRight(width)}  {limit.Preset,10}  {limit.Meaning} ({limit.Min} to {limit.Max})"));
            }
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The option that sets limits. All roles take all of them, since they may share a file; each heeds its own.</summary>
    internal static Option<string> CreateOption()
    {
        var option = new Option<string>("--limits") { Description = "Sets limits: of pools, blocks, caches, requests and answers. \"grid limits\" lists them.", HelpName = "NAME=N[,NAME=N…]" };
        option.Validators.Add(result =>
        {
            if (!ChosenLimits.TryParse(result.GetValueOrDefault<string>(), out _, out var wrong))
            {
                result.AddError($"--limits: {wrong}");
            }
        });
        return option;
    }

    internal static ChosenLimits Of(ParseResult parsed, Option<string> option) => ChosenLimits.TryParse(parsed.GetValue(option), out var limits, out _) ? limits : ChosenLimits.None;
}
