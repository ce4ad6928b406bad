using Grid.Execution.Waves;

namespace Grid.Grains.Lanes.Guests;

/// <summary>
/// Decides which silo executes which batch of a wave: each where its state is, unless that silo is the bottleneck. Then others, which have to be sent or
/// to fetch what they need, take batches from it as long as the wave is done sooner.
/// </summary>
internal sealed class WavePlacement
{
    private readonly IReadOnlyList<LaneWork> _wave;
    private readonly PlacementCosts _costs;
    private readonly int _own;
    private readonly int _lanes;
    private readonly int[] _places;

    // What each silo has to do, in nanoseconds of a processor.
    private readonly double[] _loads;

    private WavePlacement(IReadOnlyList<LaneWork> wave, int sites, int own, int lanes, PlacementCosts costs)
    {
        (_wave, _own, _lanes, _costs) = (wave, own, lanes, costs);
        _places = new int[wave.Count];
        _loads = new double[sites];
        for (var i = 0; i < wave.Count; i++)
        {
            _places[i] = wave[i] is { Site: >= 0, Work: ISendable } ? wave[i].Site : own;
            Add(i, _places[i], 1);
        }
    }

    /// <param name="sites">Silos.</param>
    /// <param name="own">The asking one, from 0.</param>
    /// <param name="lanes">Lanes of each silo.</param>
    /// <returns>The silo of each piece of work.</returns>
    public static int[] Place(IReadOnlyList<LaneWork> wave, int sites, int own, int lanes, PlacementCosts costs)
    {
        var placement = new WavePlacement(wave, sites, own, lanes, costs);
        // Each piece of work moves once at most, as a rule.
        for (var moves = 0; moves < wave.Count * 2 && placement.TryMove(); moves++)
        {
        }
        return placement._places;
    }

    /// <summary>Makes the one move that shortens the wave most; false where none does.</summary>
    private bool TryMove()
    {
        var end = End();
        var (best, work, target) = (end, -1, -1);
        for (var i = 0; i < _wave.Count; i++)
        {
            if (_wave[i] is not { Site: >= 0, Work: ISendable } || TimeOf(_places[i]) < end)
            {
                continue;
            }
            var from = _places[i];
            for (var to = 0; to < _loads.Length; to++)
            {
                if (to == from)
                {
                    continue;
                }
                Move(i, to);
                var then = End();
                Move(i, from);
                // Rounding must not look like a gain.
                if (then < best * 0.999)
                {
                    (best, work, target) = (then, i, to);
                }
            }
        }
        if (work >= 0)
        {
            Move(work, target);
        }
        return work >= 0;
    }

    private void Move(int work, int to)
    {
        Add(work, _places[work], -1);
        _places[work] = to;
        Add(work, to, 1);
    }

    private void Add(int work, int site, int sign)
    {
        if (_wave[work].Work is not ISendable batch)
        {
            return;
        }
        var (count, gas) = ((double)batch.Members.Length, (double)_wave[work].Gas);
        var time = (count * _costs.ExecuteTransaction) + (gas * _costs.ExecuteGas);
        if (site != _own)
        {
            time += count * _costs.Host;
            _loads[_own] += sign * count * _costs.Send;
        }
        if (site != _wave[work].Site)
        {
            time += (count * _costs.FetchTransaction) + (gas * _costs.FetchGas);
            if (_wave[work].Site == _own)
            {
                _loads[_own] += sign * ((count * _costs.ShipTransaction) + (gas * _costs.ShipGas));
            }
        }
        _loads[site] += sign * time;
    }

    /// <summary>When the wave is done, in nanoseconds from its start.</summary>
    private double End()
    {
        var end = 0.0;
        for (var site = 0; site < _loads.Length; site++)
        {
            end = Math.Max(end, TimeOf(site));
        }
        return end;
    }

    private double TimeOf(int site) => (_loads[site] / _lanes) + (site == _own || _loads[site] < 1 ? 0 : _costs.RoundTrip);
}
