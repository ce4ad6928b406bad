using Grid.Evm;

namespace Grid.Node.Fixtures;

/// <summary>What fixtures call the forks.</summary>
public static class ForkNames
{
    private static readonly Dictionary<string, Fork> ByName = new(StringComparer.Ordinal)
    {
        ["Frontier"] = Fork.Frontier,
        ["Homestead"] = Fork.Homestead,
        ["Dao"] = Fork.Dao,
        ["EIP150"] = Fork.TangerineWhistle,
        ["TangerineWhistle"] = Fork.TangerineWhistle,
        ["EIP158"] = Fork.SpuriousDragon,
        ["SpuriousDragon"] = Fork.SpuriousDragon,
        ["Byzantium"] = Fork.Byzantium,
        ["Constantinople"] = Fork.Constantinople,
        ["ConstantinopleFix"] = Fork.Petersburg,
        ["Petersburg"] = Fork.Petersburg,
        ["Istanbul"] = Fork.Istanbul,
        ["MuirGlacier"] = Fork.MuirGlacier,
        ["Berlin"] = Fork.Berlin,
        ["London"] = Fork.London,
        ["ArrowGlacier"] = Fork.ArrowGlacier,
        ["GrayGlacier"] = Fork.GrayGlacier,
        ["Merge"] = Fork.Paris,
        ["Paris"] = Fork.Paris,
        ["Shanghai"] = Fork.Shanghai,
        ["Cancun"] = Fork.Cancun,
        ["Prague"] = Fork.Prague,
        ["Osaka"] = Fork.Osaka,
        ["BPO1"] = Fork.Bpo1,
        ["BPO2"] = Fork.Bpo2,
        ["BPO3"] = Fork.Bpo3,
        ["BPO4"] = Fork.Bpo4,
        ["Amsterdam"] = Fork.Amsterdam,
    };

    // The last of several names.
    private static readonly Dictionary<Fork, string> ByFork = ByName.GroupBy(pair => pair.Value).ToDictionary(group => group.Key, group => group.Last().Key);

    /// <summary>Sorts forks as they followed each other; what is no fork's name comes last.</summary>
    public static int Order(string name) => ByName.TryGetValue(name, out var fork) ? (int)fork : int.MaxValue;

    /// <summary>The name that the newest fixtures use: the fork's own, but for the one that took Constantinople's place.</summary>
    public static string Of(Fork fork) => fork == Fork.Petersburg ? "ConstantinopleFix" : ByFork[fork];

    public static bool TryParse(string name, out Fork fork) => ByName.TryGetValue(name, out fork);
}
