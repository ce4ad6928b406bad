namespace Grid.EndToEnd;

/// <summary>Where the built node, the clients and the machine's tools are.</summary>
internal static class Installation
{
    /// <summary>The repository's root, with the configuration and framework that this test was built for.</summary>
    private static readonly (string Root, string Output) Built = Find();

    /// <summary>The repository.</summary>
    public static string Root => Built.Root;

    public static string Node => Path.Combine(Built.Root, "src", "Grid.Node", "bin", Built.Output, OperatingSystem.IsWindows() ? "grid.exe" : "grid");

    public static string Clients => Path.Combine(Built.Root, "tests", "Grid.EndToEnd", "clients");

    public static string? NodeJs { get; } = OnPath("node");

    public static string? Chromium { get; } = Environment.GetEnvironmentVariable("CHROMIUM") ?? OnPath("chromium") ?? OnPath("chromium-browser") ?? OnPath("google-chrome");

    /// <summary>Foundry's cast: of the npm package for Linux on x86-64, or the machine's own.</summary>
    public static string? Cast
    {
        get
        {
            var installed = Path.Combine(Clients, "node_modules", "@foundry-rs", "cast-linux-amd64", "bin", "cast");
            return File.Exists(installed) ? installed : OnPath("cast");
        }
    }

    /// <summary>Skips the test where Node.js or the clients' packages are missing.</summary>
    public static void RequireClients()
    {
        Assert.SkipWhen(NodeJs is null, "Needs Node.js 20 or later on the PATH.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Clients, "node_modules")), "Needs the npm packages: run 'npm ci --ignore-scripts' in tests/Grid.EndToEnd/clients.");
    }

    /// <summary>Skips the test where cast is missing, too.</summary>
    public static void RequireCast()
    {
        RequireClients();
        Assert.SkipWhen(Cast is null, "Needs Foundry's cast: on Linux on x86-64 it comes with 'npm ci' in tests/Grid.EndToEnd/clients, elsewhere put it on the PATH.");
    }

    /// <summary>Skips the test where Chromium is missing, too.</summary>
    public static void RequireBrowser()
    {
        RequireClients();
        Assert.SkipWhen(Chromium is null, "Needs Chromium on the PATH (Debian: apt-get install chromium), or its path in the variable CHROMIUM.");
    }

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") })
            .FirstOrDefault(File.Exists);

    private static (string Root, string Output) Find()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = output;
        while (!File.Exists(Path.Combine(folder.FullName, "Grid.sln")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No Grid.sln above {AppContext.BaseDirectory}.");
        }
        return (folder.FullName, Path.Combine(output.Parent!.Name, output.Name));
    }
}
