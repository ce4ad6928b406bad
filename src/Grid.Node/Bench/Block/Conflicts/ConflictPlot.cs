using ScottPlot;
using SkiaSharp;

namespace Grid.Node.Bench.Block.Conflicts;

/// <summary>Draws a sweep as SVG, in panels above each other: speed-up and, where the engine counts them, waves and re-executions.</summary>
internal static class ConflictPlot
{
    /// <summary>In pixels.</summary>
    private const int Width = 800, PanelHeight = 320;

    /// <summary>So that the marks at 0 and 100 % are whole; in percent.</summary>
    private const double AxisMargin = 2;

    /// <summary>How far an axis goes beyond the highest value.</summary>
    private const double Headroom = 1.1;

    /// <summary>At least one point.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(string path, IReadOnlyList<ConflictPoint> points)
    {
        var first = points[0];
        var panels = new List<Plot>
        {
            Panel(
                $"{first.Workload}: {first.Transactions} transactions, seed {first.Seed}; {first.Silos} silo(s), {first.Lanes} lane(s)",
                "speed-up over sequential", points, point => point.Speedup, reference: 1),
        };
        if (points.Any(point => point.Waves is not null))
        {
            panels.Add(Panel("", "waves", points, point => point.Waves));
        }
        if (points.Any(point => point.ExecutionsPerTransaction is not null))
        {
            panels.Add(Panel("", "re-executions per transaction", points, point => point.ExecutionsPerTransaction - 1));
        }
        panels[^1].Axes.Bottom.Label.Text = "conflict, % of transactions";
        Render(path, panels);
    }

    /// <param name="reference">A value that is marked by a line.</param>
    private static Plot Panel(string title, string label, IReadOnlyList<ConflictPoint> points, Func<ConflictPoint, double?> valueOf, double? reference = null)
    {
        var known = points.Where(point => valueOf(point) is not null).OrderBy(point => point.Conflict).ToArray();
        var values = Array.ConvertAll(known, point => valueOf(point)!.Value);
        var plot = new Plot();
        plot.Add.Scatter(Array.ConvertAll(known, point => (double)point.Conflict), values);
        if (reference is { } y)
        {
            plot.Add.HorizontalLine(y, 1, Colors.Gray, LinePattern.Dashed);
        }
        plot.Title(title);
        plot.Axes.Left.Label.Text = label;
        plot.Axes.SetLimits(-AxisMargin, 100 + AxisMargin, 0, Math.Max(values.Max(), reference ?? 1) * Headroom);
        return plot;
    }

    private static void Render(string path, List<Plot> panels)
    {
        using var file = File.Create(path);
        // Skia writes the end of the document when the canvas goes, before the file does.
        using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, PanelHeight * panels.Count), file);
        for (var i = 0; i < panels.Count; i++)
        {
            using var panel = panels[i];
            // Otherwise each would wipe out those before.
            panel.RenderManager.ClearCanvasBeforeEachRender = false;
            panel.Render(canvas, new PixelRect(0, Width, (i + 1) * PanelHeight, i * PanelHeight));
        }
    }
}
