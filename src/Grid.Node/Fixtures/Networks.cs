using System.Globalization;
using System.Text.RegularExpressions;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// The chain that a fixture's `network` names: one fork from genesis on, or a transition such as "FrontierToHomesteadAt5" (at that block),
/// "OsakaToBPO1AtTime15k" (at that time), "ArrowGlacierToParisAtDiffC0000" (at that total difficulty, in hexadecimal).
/// </summary>
public static partial class Networks
{
    /// <summary>Null for a name that means nothing.</summary>
    public static ChainSpec? TryParse(string network, ulong chainId, IReadOnlyDictionary<Fork, BlobParameters>? blobSchedule)
    {
        if (ForkNames.TryParse(network, out var fork))
        {
            return ChainSpec.From(fork, chainId, blobSchedule);
        }
        var match = Transition().Match(network);
        if (!match.Success || !ForkNames.TryParse(match.Groups["from"].Value, out var from) || !ForkNames.TryParse(match.Groups["to"].Value, out var to) || from >= to)
        {
            return null;
        }
        var at = match.Groups["at"].Value;
        var activations = new Dictionary<Fork, ulong>();
        for (var f = Fork.Frontier; f <= from; f++)
        {
            activations[f] = 0;
        }
        if (match.Groups["unit"].Value == "Diff")
        {
            var difficulty = ulong.Parse(at, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            return new ChainSpec(chainId, activations, blobSchedule) { TerminalTotalDifficulty = difficulty };
        }
        var value = ulong.Parse(at.TrimEnd('k'), CultureInfo.InvariantCulture) * (at.EndsWith('k') ? 1_000UL : 1);
        for (var f = from + 1; f <= to; f++)
        {
            activations[f] = value;
        }
        return new ChainSpec(chainId, activations, blobSchedule)
        {
            TerminalTotalDifficulty = from >= Fork.Paris ? UInt256.Zero : null,
            DaoForkSupport = to == Fork.Dao,
        };
    }

    [GeneratedRegex("^(?<from>[A-Za-z0-9]+)To(?<to>[A-Za-z0-9]+)At(?<unit>Time|Diff)?(?<at>[0-9]+k?|[0-9A-F]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Transition();
}
