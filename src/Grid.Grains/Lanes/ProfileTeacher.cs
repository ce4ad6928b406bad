using Grid.Execution.Profiles;
using Grid.Grains.Accounts;
using Grid.Grains.Load;
using Microsoft.Extensions.Logging;

namespace Grid.Grains.Lanes;

/// <summary>
/// Shows the grains of called contracts what some of a block's calls accessed, beside the blocks that follow. The grains learn and publish
/// their profiles on this silo. One block's lesson at a time: while one is going on, others are left out.
/// </summary>
/// <remarks>Safe because the flag is taken atomically, and a contract's grain learns in turns of its own.</remarks>
public sealed partial class ProfileTeacher(IGrainFactory grains, ProfileTable profiles, ExecutionCounters counters, ILogger<ProfileTeacher> logger)
{
    private int _isTeaching;

    /// <summary>Begins; returns at once.</summary>
    public void Teach(List<CallObservation> calls)
    {
        if (calls.Count > 0 && Interlocked.Exchange(ref _isTeaching, 1) == 0)
        {
            _ = TeachAsync(calls);
        }
    }

    private async Task TeachAsync(List<CallObservation> calls)
    {
        try
        {
            await Task.WhenAll(calls.GroupBy(call => call.Contract).Select(async group =>
            {
                CallObservation[] lesson = [.. group];
                var outcome = await grains.GetGrain<IAccountGrain>(group.Key.ToString()).Learn(new CallLesson(lesson));
                // A grain on another silo can't be shown anything: what is learned of it stays here.
                counters.Add(outcome.Score ?? profiles.Learn(lesson));
            }));
        }
        catch (Exception error) // the boundary of work that nobody awaits: blocks go on without the lesson
        {
            LogFailed(error);
        }
        finally
        {
            Volatile.Write(ref _isTeaching, 0);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Profiles weren't updated")]
    private partial void LogFailed(Exception error);
}

/// <summary>Calls of one contract to learn from. Passed within a silo.</summary>
[GenerateSerializer, Immutable, Alias("Grid.CallLesson")]
public sealed class CallLesson(CallObservation[] calls)
{
    [NonSerialized] private readonly CallObservation[]? _calls = calls;

    /// <summary>Null where the grain is on another silo than the caller.</summary>
    public CallObservation[]? Calls => _calls;
}

/// <summary>How good the contract's profile was for the calls; null where the grain was shown nothing. Passed within a silo.</summary>
[GenerateSerializer, Immutable, Alias("Grid.LessonOutcome")]
public sealed class LessonOutcome(PredictionScore? score)
{
    [NonSerialized] private readonly PredictionScore? _score = score;

    public PredictionScore? Score => _score;
}
