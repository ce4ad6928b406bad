using System.Diagnostics;

namespace Grid.Evm.Tests;

/// <summary>Official fixtures, where they are at hand: beside the repository (../shared), or where GRID_SHARED says.</summary>
internal static class SharedFixtures
{
    private static readonly Lazy<string?> Folder = new(Unpack);

    /// <summary>The path of a file, or skips the test where there are no fixtures.</summary>
    public static string Require(params string[] parts)
    {
        Assert.SkipWhen(Folder.Value is null, "Needs the official fixtures: ../shared beside the repository, or the folder that GRID_SHARED names.");
        return Path.Combine([Folder.Value, .. parts]);
    }

    /// <summary>The script unpacks once, and prints the folder from then on.</summary>
    private static string? Unpack()
    {
        var script = Path.Combine(Environment.GetEnvironmentVariable("GRID_SHARED") ?? Path.Combine(Root(), "..", "shared"), "fixtures", "unpack");
        if (OperatingSystem.IsWindows() || !File.Exists(script))
        {
            return null;
        }
        using var process = Process.Start(new ProcessStartInfo(script) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{script} ended with {process.ExitCode}.");
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
