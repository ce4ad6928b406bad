namespace Grid.Architecture.Tests;

/// <summary>The checked-out repository that this test was built from.</summary>
internal static class Repository
{
    private static readonly HashSet<string> MadeByTools = ["bin", "obj", "node_modules", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Paths from the root, with '/', of what people wrote: nothing that a build, a test or an editor leaves.</summary>
    public static IEnumerable<string> Files(string folder = "", string pattern = "*") =>
        Walk(new DirectoryInfo(At(folder)), pattern).Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public static IEnumerable<string> Projects(string folder) => Files(folder, "*.csproj");

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder, string pattern) =>
        folder.EnumerateFiles(pattern).Where(file => file.Name != ".git")
            .Concat(folder.EnumerateDirectories().Where(child => !IsMadeByTools(child)).SelectMany(child => Walk(child, pattern)));

    private static bool IsMadeByTools(DirectoryInfo folder) =>
        MadeByTools.Contains(folder.Name) || (folder.Name.StartsWith('.') && folder.Name is not ".ci");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Grid.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No Grid.sln above {AppContext.BaseDirectory}.");
        }
        return folder.FullName;
    }
}
