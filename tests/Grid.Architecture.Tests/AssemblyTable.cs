using System.Reflection;

namespace Grid.Architecture.Tests;

/// <summary>The floors: which assembly may use which. What one may use, it may also reach through that.</summary>
internal static class AssemblyTable
{
    public static IReadOnlyDictionary<string, string[]> Uses { get; } = new Dictionary<string, string[]>
    {
        ["Grid.Primitives"] = [],
        ["Grid.Crypto"] = ["Grid.Primitives"],
        ["Grid.Evm"] = ["Grid.Crypto", "Grid.Primitives"],
        ["Grid.State"] = ["Grid.Crypto", "Grid.Primitives"],
        ["Grid.Chain"] = ["Grid.Evm", "Grid.State"],
        ["Grid.Execution"] = ["Grid.Chain", "Grid.State", "Grid.Evm"],
        ["Grid.Storage"] = ["Grid.Chain", "Grid.State"],
        ["Grid.Grains"] = ["Grid.Execution", "Grid.Storage"],
        ["Grid.Gateway"] = ["Grid.Grains", "Grid.Chain"],
        ["Grid.Node"] = ["Grid.Gateway", "Grid.Grains", "Grid.Client"],
        ["Grid.Client"] = [],
    };

    /// <summary>Below the grains nobody knows Orleans.</summary>
    public static IReadOnlyList<string> WithoutOrleans { get; } =
        ["Grid.Primitives", "Grid.Crypto", "Grid.Evm", "Grid.State", "Grid.Chain", "Grid.Execution", "Grid.Storage", "Grid.Client"];

    /// <summary>All that an assembly may see.</summary>
    public static HashSet<string> ReachOf(string assembly) =>
        [.. Uses[assembly], .. Uses[assembly].SelectMany(ReachOf)];

    /// <summary>The project's name; the executable is the one whose assembly is named otherwise.</summary>
    public static string ProjectOf(AssemblyName assembly) => assembly.Name == "grid" ? "Grid.Node" : assembly.Name!;

    /// <summary>Those that are built beside this test: all that the node consists of.</summary>
    public static IEnumerable<Assembly> Built() => Uses.Keys
        .Select(name => name == "Grid.Node" ? "grid" : name)
        .Where(name => File.Exists(Path.Combine(AppContext.BaseDirectory, name + ".dll")))
        .Select(Assembly.Load);
}
