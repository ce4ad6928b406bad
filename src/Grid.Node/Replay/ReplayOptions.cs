using System.Text.RegularExpressions;

namespace Grid.Node.Replay;

/// <param name="Paths">Files, and folders whose fixture files are taken, at any depth.</param>
/// <param name="Lanes">Files run at once.</param>
/// <param name="Filter">Runs only cases whose "file :: name :: fork" it matches; null for all.</param>
/// <param name="SlowestCount">How many of the slowest files and cases are told.</param>
public sealed record ReplayOptions(IReadOnlyList<string> Paths, int Lanes, Regex? Filter, int SlowestCount = 0);
