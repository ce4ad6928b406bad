using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Grid.Architecture.Tests;

public sealed class AssemblyTests
{
    [Fact]
    public void Each_project_refers_only_to_floors_below_it()
    {
        var wrong = new List<string>();
        foreach (var path in Repository.Projects("src"))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var allowed = AssemblyTable.ReachOf(name);
            wrong.AddRange(References(path, "ProjectReference").Select(x => Path.GetFileNameWithoutExtension(x.Replace('\\', '/'))).Where(x => !allowed.Contains(x)).Select(x => $"{name} -> {x}"));
        }
        Assert.Empty(wrong);
    }

    [Fact]
    public void Each_assembly_uses_only_floors_below_it()
    {
        var built = AssemblyTable.Built().ToArray();
        Assert.Contains(built, x => x.GetName().Name == "grid");
        var wrong = built.SelectMany(assembly =>
        {
            var name = AssemblyTable.ProjectOf(assembly.GetName());
            var allowed = AssemblyTable.ReachOf(name);
            return assembly.GetReferencedAssemblies().Select(AssemblyTable.ProjectOf).Where(x => x.StartsWith("Grid.", StringComparison.Ordinal) && !allowed.Contains(x)).Select(x => $"{name} -> {x}");
        });
        Assert.Empty(wrong);
    }

    [Fact]
    public void Nobody_below_the_grains_knows_Orleans()
    {
        var wrong = Repository.Projects("src")
            .Where(path => AssemblyTable.WithoutOrleans.Contains(Path.GetFileNameWithoutExtension(path)))
            .SelectMany(path => References(path, "PackageReference").Where(x => x.Contains("Orleans", StringComparison.Ordinal)).Select(x => $"{path} -> {x}"));
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_assembly_stands_beyond_the_table()
    {
        var projects = Repository.Projects("src").ToArray();
        Assert.Empty(projects.Select(path => Path.GetFileNameWithoutExtension(path)).Except(AssemblyTable.Uses.Keys));
        // A project lies in the folder of its name, and has something to say.
        Assert.All(projects, path => Assert.Equal($"src/{Path.GetFileNameWithoutExtension(path)}/{Path.GetFileName(path)}", path));
        Assert.All(projects, path => Assert.NotEmpty(Repository.Files(Path.GetDirectoryName(path)!, "*.cs")));
    }

    [Fact]
    public void Tests_mirror_the_sources()
    {
        string[] own = ["Grid.Architecture.Tests", "Grid.EndToEnd", "Grid.Benchmarks", "Grid.Benchmarks.Transactions", "Grid.Testing"];
        var wrong = Repository.Projects("tests").Select(path => Path.GetFileNameWithoutExtension(path))
            .Where(name => !own.Contains(name) && !(name.EndsWith(".Tests", StringComparison.Ordinal) && AssemblyTable.Uses.ContainsKey(name[..^".Tests".Length])));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Repository.At("Grid.sln"));
        var listed = Regex.Matches(solution, "\"([^\"]+\\.csproj)\"").Select(match => match.Groups[1].Value.Replace('\\', '/')).Order(StringComparer.Ordinal);
        Assert.Equal(Repository.Projects("").Order(StringComparer.Ordinal), listed);
    }

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(Repository.At(project)).Descendants(kind).Select(x => (string)x.Attribute("Include")!);
}
