using Orleans.Runtime;

namespace Grid.Grains.Pool;

/// <summary>
/// When a pool looks at the table of admitted transactions again. While silos come and go, another activation of the pool may go on for a moment, or for as long as
/// its silo is frozen and doesn't know that it was given up; what it admits then, this one doesn't hear of. So it looks soon after each change, less and less often,
/// and in a cluster once a minute. A silo that has been alone all the time shares the table with nobody but the one before it, whose last write may come after that one's
/// end: it looks for half a minute.
/// </summary>
/// <remarks>Safe because the pool's turns don't interleave.</remarks>
internal sealed class PoolLooks(TimeProvider time)
{
    /// <summary>How often to ask whether a look is due.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(2), Longest = TimeSpan.FromMinutes(1), LongestAlone = TimeSpan.FromSeconds(16);

    private SiloAddress[] _silos = [];
    private TimeSpan _wait = First;
    private long _last;
    private bool _wasAlone;

    /// <summary>The pool reads the table now.</summary>
    public void Begin(SiloAddress[] silos)
    {
        (_silos, _wait, _last) = (silos, First, time.GetTimestamp());
        _wasAlone = silos.Length == 1;
    }

    /// <summary>Whether it should look now; asked with the active silos of this moment.</summary>
    public bool IsDue(SiloAddress[] silos)
    {
        if (!silos.AsSpan().SequenceEqual(_silos))
        {
            (_silos, _wait, _last, _wasAlone) = (silos, First, time.GetTimestamp(), false);
            return false;
        }
        if ((_wasAlone && _wait > LongestAlone) || time.GetElapsedTime(_last) < _wait)
        {
            return false;
        }
        (_wait, _last) = (_wait * 2 < Longest ? _wait * 2 : Longest, time.GetTimestamp());
        return true;
    }
}
