using Grid.Execution.Waves;

namespace Grid.Grains.Lanes.Guests;

/// <summary>
/// Decides which silo executes which batch of a wave: the heaviest first, each where it would be done first. As a rule that is where the state
/// is; a silo that has too much of it has others fetch what they need and help.
/// </summary>
internal static class WavePlacement
{
    /// <param name="wave">The heaviest first.</param>
    /// <param name="sites">Silos.</param>
    /// <param name="own">The asking one, from 0.</param>
    /// <param name="lanes">Lanes of each silo.</param>
    /// <returns>The silo of each piece of work.</returns>
    public static int[] Place(IReadOnlyList<LaneWork> wave, int sites, int own, int lanes, PlacementCosts costs)
    {
        // When each lane of each silo is done with what it has, in nanoseconds from the start of the wave.
        var done = new double[sites][];
        for (var site = 0; site < sites; site++)
        {
            done[site] = new double[lanes];
            Array.Fill(done[site], site == own ? 0 : costs.RoundTrip);
        }
        var places = new int[wave.Count];
        for (var i = 0; i < wave.Count; i++)
        {
            places[i] = own;
            if (wave[i] is not { Site: >= 0, Work: ISendable batch })
            {
                continue;
            }
            double count = batch.Members.Length;
            var execute = (count * costs.ExecuteTransaction) + (wave[i].Gas * costs.ExecuteGas);
            var best = double.MaxValue;
            for (var site = 0; site < sites; site++)
            {
                var end = done[site].Min() + TimeAt(site) + (site == own ? 0 : count * costs.Send);
                if (end < best || (end == best && site == own))
                {
                    (best, places[i]) = (end, site);
                }
            }
            Add(places[i], TimeAt(places[i]));
            if (places[i] != own)
            {
                Add(own, count * costs.Send);
            }

            double TimeAt(int site) => execute + (site == own ? 0 : count * costs.Host) + (site == wave[i].Site ? 0 : count * costs.Fetch);
        }
        return places;

        void Add(int site, double time)
        {
            var lane = Array.IndexOf(done[site], done[site].Min());
            done[site][lane] += time;
        }
    }
}
