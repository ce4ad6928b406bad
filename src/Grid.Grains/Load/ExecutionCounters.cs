using Grid.Execution.Profiles;
using Grid.Execution.Waves;

namespace Grid.Grains.Load;

/// <summary>What executing blocks on this silo has come to since it started.</summary>
/// <remarks>Safe because one lock guards all figures: a block adds to them once.</remarks>
public sealed class ExecutionCounters
{
    private readonly Lock _lock = new();
    private readonly long[] _fallbacks = new long[Enum.GetValues<FallbackReason>().Length];
    private readonly long[] _accessLists = new long[Enum.GetValues<AccessListUse>().Length];
    private long _blocks, _transactions, _executions, _waves, _strands, _batches, _anchored, _unknown;
    private int _largestStrand;
    private double _idealWidth, _achievedWidth;
    private PredictionScore _score;

    /// <summary>Adds a block.</summary>
    /// <param name="achievedWidth">Lanes that were busy during its waves, on average.</param>
    public void Add(ExecutionReport report, double achievedWidth)
    {
        lock (_lock)
        {
            _blocks++;
            _transactions += report.Transactions;
            _executions += report.Executions;
            _waves += report.Waves;
            _strands += report.Strands;
            _batches += report.Batches;
            _anchored += report.Anchored;
            _unknown += report.Unknown;
            _largestStrand = report.LargestStrand;
            _idealWidth = report.IdealWidth;
            _achievedWidth = achievedWidth;
            _fallbacks[(int)report.Fallback]++;
            _accessLists[(int)report.AccessList]++;
        }
    }

    /// <summary>Adds predictions that were compared with what calls did.</summary>
    public void Add(PredictionScore score)
    {
        lock (_lock)
        {
            _score += score;
        }
    }

    public ExecutionFigures Snapshot(int profiles)
    {
        lock (_lock)
        {
            return new ExecutionFigures(
                _blocks, _transactions, _executions, _waves, _strands, _batches, _anchored, _unknown, _largestStrand, _idealWidth,
                _score.Right, _score.Partly, _score.Wrong, profiles,
                [.. Enum.GetValues<FallbackReason>().Where(reason => reason != FallbackReason.None)
                    .Select(reason => new FallbackCount(reason.ToString(), _fallbacks[(int)reason]))],
                _achievedWidth,
                [.. Enum.GetValues<AccessListUse>().Where(use => use != AccessListUse.None)
                    .Select(use => new AccessListCount(use.ToString(), _accessLists[(int)use]))]);
        }
    }
}

/// <summary>How blocks were executed on a silo since it started.</summary>
/// <param name="Executions">How often a transaction was executed.</param>
/// <param name="Strands">Groups of transactions that were tied by the plans.</param>
/// <param name="Batches">Pieces of work that lanes were given.</param>
/// <param name="Anchored">Of those, executed in a turn of an account's grain.</param>
/// <param name="UnknownCalls">Calls of which the planner knew nothing.</param>
/// <param name="LargestStrand">Transactions of the last block's strand with the most gas.</param>
/// <param name="IdealWidth">By the last block's plan: how many times as fast as one lane any number of lanes could be.</param>
/// <param name="PredictedRight">Calls compared with their prediction that accessed nothing else.</param>
/// <param name="PredictedPartly">Calls that accessed something else, too.</param>
/// <param name="PredictedWrong">Calls that accessed nothing of it, or had none.</param>
/// <param name="Profiles">Contracts whose profile is here.</param>
/// <param name="Fallbacks">Blocks that were executed as one strand, or the rest of them, by reason.</param>
/// <param name="AchievedWidth">Lanes that were busy during the last block's waves, on average.</param>
/// <param name="AccessLists">Blocks that came with an access list, by what became of it.</param>
[GenerateSerializer, Immutable, Alias("Grid.ExecutionFigures")]
public sealed record ExecutionFigures(
    [property: Id(0)] long Blocks,
    [property: Id(1)] long Transactions,
    [property: Id(2)] long Executions,
    [property: Id(3)] long Waves,
    [property: Id(4)] long Strands,
    [property: Id(5)] long Batches,
    [property: Id(6)] long Anchored,
    [property: Id(7)] long UnknownCalls,
    [property: Id(8)] int LargestStrand,
    [property: Id(9)] double IdealWidth,
    [property: Id(10)] long PredictedRight,
    [property: Id(11)] long PredictedPartly,
    [property: Id(12)] long PredictedWrong,
    [property: Id(13)] int Profiles,
    [property: Id(14)] FallbackCount[] Fallbacks,
    [property: Id(15)] double AchievedWidth,
    [property: Id(16)] AccessListCount[] AccessLists);

/// <summary>Blocks with one reason for a fallback.</summary>
[GenerateSerializer, Immutable, Alias("Grid.FallbackCount")]
public sealed record FallbackCount([property: Id(0)] string Reason, [property: Id(1)] long Blocks);

/// <summary>Blocks whose access list had one use.</summary>
[GenerateSerializer, Immutable, Alias("Grid.AccessListCount")]
public sealed record AccessListCount([property: Id(0)] string Use, [property: Id(1)] long Blocks);
