using System.Text.RegularExpressions;
using Grid.Node.Fixtures;

namespace Grid.Node.Replay;

/// <param name="Paths">Files, and folders whose fixture files are taken, at any depth.</param>
/// <param name="FilesAtOnce">Files run at once.</param>
/// <param name="Filter">Runs only cases whose "file :: name :: fork" it matches; null for all.</param>
public sealed record ReplayOptions(IReadOnlyList<string> Paths, int FilesAtOnce, Regex? Filter)
{
    /// <summary>How many of the slowest files and cases are told.</summary>
    public int SlowestCount { get; init; }

    /// <summary>Of the files in the order of their paths every one of so many is run: the first, and on.</summary>
    public int Every { get; init; } = 1;

    /// <summary>Who keeps the chains and executes their blocks.</summary>
    public IChainEngine Engine { get; init; } = new LibraryChains();
}
