using Grid.Node.Fixtures;

namespace Grid.Node.Tests;

public sealed class ExpectedErrorsTests
{
    [Fact]
    public void Every_name_of_the_official_suites_is_in_the_table()
    {
        var folder = Environment.GetEnvironmentVariable("GRID_SHARED") ?? Path.Combine(Root(), "..", "shared");
        var list = Path.Combine(folder, "fixtures", "exceptions.txt");
        Assert.SkipUnless(File.Exists(list), "Needs the official fixtures: ../shared beside the repository, or the folder that GRID_SHARED names.");
        // A line: names between bars, a tab, and the suites that use them.
        var names = File.ReadLines(list).Where(line => line.Length > 0 && line[0] != '#').SelectMany(line => line.Split('\t')[0].Split('|')).ToHashSet();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(ExpectedErrors.Knows(name), name));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Grid.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No Grid.sln above {AppContext.BaseDirectory}.");
        }
        return folder.FullName;
    }
}
