using System.Diagnostics;
using System.Globalization;

namespace Grid.Grains.Faults;

/// <summary>Ends this process without a word (SIGKILL) when a point is passed for the so-manieth time: for crash tests of the executable.</summary>
/// <param name="point">Where.</param>
/// <param name="count">At which pass; 1 is the first.</param>
public sealed class ProcessFault(FaultPoint point, long count) : IFaultPoints
{
    /// <summary>The environment variable that asks for it, as NAME:COUNT with the name of a <see cref="FaultPoint"/>.</summary>
    public const string Variable = "GRID_FAULT";

    public static readonly string Usage = $"{Variable} takes NAME:COUNT with one of {string.Join(", ", Enum.GetNames<FaultPoint>())}.";

    private long _passes;

    /// <summary>What the environment asks for; null for nothing.</summary>
    /// <returns>False when the variable is something else than NAME:COUNT.</returns>
    public static bool TryReadEnvironment(out ProcessFault? fault) => TryParse(Environment.GetEnvironmentVariable(Variable), out fault);

    /// <inheritdoc cref="TryReadEnvironment"/>
    public static bool TryParse(string? text, out ProcessFault? fault)
    {
        fault = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }
        var parts = text.Split(':');
        if (parts.Length != 2 || !Enum.GetNames<FaultPoint>().Contains(parts[0])
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            return false;
        }
        fault = new ProcessFault(Enum.Parse<FaultPoint>(parts[0]), count);
        return true;
    }

    public ValueTask ReachAsync(FaultPoint reached, ulong blockNumber)
    {
        if (reached == point && Interlocked.Increment(ref _passes) == count)
        {
            using var process = Process.GetCurrentProcess();
            process.Kill();
            // The signal may take a moment; nothing may happen after this point.
            Thread.Sleep(Timeout.Infinite);
        }
        return ValueTask.CompletedTask;
    }
}
