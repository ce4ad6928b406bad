using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// Difficulty tests: a parent, a block's number and time, and its difficulty. The newer files group cases by fork; of the older ones only the
/// name tells the fork, or the network whose forks count by the block's number.
/// </summary>
public sealed class DifficultyTestFormat : IFixtureFormat
{
    /// <summary>keccak of an empty RLP list, where older files have the ommers' hash and newer ones their number.</summary>
    private static readonly UInt256 NoOmmers = BlockHeader.EmptyOmmersHash.ToWord();

    public bool Recognizes(JsonElement entry) => entry.ValueKind == JsonValueKind.Object && (IsCase(entry) || Groups(entry).Any());

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        if (IsCase(entry))
        {
            var fork = ForkOf(fileName, entry);
            yield return new FixtureCase(name, fork.ToString(), () => Run(fork, entry));
            yield break;
        }
        foreach (var (group, fork) in Groups(entry))
        {
            foreach (var test in group.Value.Members())
            {
                yield return new FixtureCase(test.Name, group.Name, () => Run(fork, test.Value));
            }
        }
    }

    private static bool IsCase(JsonElement entry) => entry.TryGetProperty("currentDifficulty", out _) && entry.TryGetProperty("parentDifficulty", out _);

    private static IEnumerable<(JsonProperty Group, Fork Fork)> Groups(JsonElement entry)
    {
        foreach (var group in entry.Members())
        {
            if (ForkNames.TryParse(group.Name, out var fork) && group.Value.ValueKind == JsonValueKind.Object
                && group.Value.Members().Any(test => test.Value.ValueKind == JsonValueKind.Object && IsCase(test.Value)))
            {
                yield return (group, fork);
            }
        }
    }

    private static Fork ForkOf(string fileName, JsonElement entry)
    {
        var number = entry.Field("currentBlockNumber").Number();
        return fileName switch
        {
            // The files are older than the networks' later forks.
            _ when Has("Ropsten") => number >= 4_230_000 ? Fork.Constantinople : number >= 1_700_000 ? Fork.Byzantium : Fork.Homestead,
            _ when Has("MainNetwork") || fileName == "difficulty.json" =>
                number >= 4_370_000 ? Fork.Byzantium : number >= 1_150_000 ? Fork.Homestead : Fork.Frontier,
            _ when Has("Frontier") => Fork.Frontier,
            _ when Has("Homestead") => Fork.Homestead,
            _ when Has("Byzantium") => Fork.Byzantium,
            _ when Has("Constantinople") => Fork.Constantinople,
            _ when Has("EIP2384") => Fork.MuirGlacier,
            _ => throw new FixtureFormatException($"'{fileName}' doesn't tell the fork of its cases."),
        };

        bool Has(string part) => fileName.Contains(part, StringComparison.Ordinal);
    }

    private static CaseOutcome Run(Fork fork, JsonElement test)
    {
        var ommers = test.OptionalField("parentUncles")?.Word() ?? UInt256.Zero;
        var have = DifficultyRules.Next(
            fork, test.Field("parentDifficulty").Word(), test.Field("parentTimestamp").Number(), !ommers.IsZero && ommers != NoOmmers,
            test.Field("currentBlockNumber").Number(), test.Field("currentTimestamp").Number());
        var want = test.Field("currentDifficulty").Word();
        return have == want
            ? CaseOutcome.Passed
            : CaseOutcome.Failed("the difficulty differs", new Difference("block", "difficulty", have.ToHex(), want.ToHex()));
    }
}
