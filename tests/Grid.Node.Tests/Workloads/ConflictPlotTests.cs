using System.Xml.Linq;
using Grid.Node.Bench.Block.Conflicts;

namespace Grid.Node.Tests.Workloads;

public sealed class ConflictPlotTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_no_engine_counted_has_no_panel() => Assert.Equal(["speed-up over sequential"], LabelsOf(Point(0, null, null), Point(100, null, null)));

    [Fact]
    public void Counters_have_a_panel_each() =>
        Assert.Equal(
            ["speed-up over sequential", "waves", "re-executions per transaction"],
            LabelsOf(Point(0, 1, 1), Point(50, 2, 1.25), Point(100, null, null)));

    private static ConflictPoint Point(int conflict, double? waves, double? executions) =>
        new("erc20", 1, conflict, 100, 1, 2, SequentialMs: 10, GridMs: 5, Speedup: 2, waves, executions, null, Ok: true);

    /// <summary>The left axes' labels that the drawing has. It has one panel for each, of one height.</summary>
    private string[] LabelsOf(params ConflictPoint[] points)
    {
        var path = Path.Combine(_folder.Path, "plot.svg");
        ConflictPlot.Write(path, points);
        var svg = XDocument.Load(path).Root!;
        var texts = svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()).ToArray();
        Assert.Contains("erc20: 100 transactions, seed 1; 1 silo(s), 2 lane(s)", texts);
        Assert.Contains("conflict, % of transactions", texts);
        string[] labels = [.. ((string[])["speed-up over sequential", "waves", "re-executions per transaction"]).Where(texts.Contains)];
        Assert.Equal($"{320 * labels.Length}", svg.Attribute("height")!.Value);
        // Nothing is painted over all panels: each fills its own rectangle.
        var backgrounds = svg.Elements().Where(element => element.Name.LocalName == "rect" && element.Attribute("width")?.Value == "800");
        Assert.Equal(["320"], backgrounds.Select(element => element.Attribute("height")!.Value).Distinct());
        return labels;
    }
}
