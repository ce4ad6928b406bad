namespace Grid.EndToEnd;

/// <summary>The pages in Chromium: no error, nothing from other hosts, nothing to scroll sideways, and the head moves.</summary>
public sealed class BrowserTests(InstantNode instant) : IClassFixture<InstantNode>
{
    private const string Pictures = "GRID_SCREENSHOTS";

    /// <summary>Leave pictures in a folder by setting its path in the variable GRID_SCREENSHOTS.</summary>
    [Theory]
    [InlineData("/dashboard", 1280)]
    [InlineData("/dashboard", 390)]
    [InlineData("/docs", 1280)]
    [InlineData("/docs", 390)]
    [InlineData("/orleans/", 1280)]
    [InlineData("/orleans/", 390)]
    public async Task Page_is_in_order(string path, int width)
    {
        Installation.RequireBrowser();
        var kept = Environment.GetEnvironmentVariable(Pictures);
        var folder = kept ?? Directory.CreateTempSubdirectory("grid-pages-").FullName;
        var picture = Path.Combine(folder, $"{path.Trim('/')}-{width}.png");
        await JavaScriptClient.RunScriptAsync("browser.mjs", instant.Node.Url, Installation.Chromium!, path, $"{width}", picture);
        Assert.True(File.Exists(picture));
        if (kept is null)
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
