namespace Grid.Node.Torture;

/// <summary>What `grid torture` was asked for.</summary>
/// <param name="Rounds">How often the node is killed while it works.</param>
/// <param name="Seed">What is sent, and after how long the node is killed, follow from it.</param>
/// <param name="AtFaultPoints">Instead of by time, the node ends itself at each fault point, one after the other.</param>
/// <param name="Verifies">Whether the whole chain is executed again after each kill.</param>
internal sealed record TortureOptions(int Rounds, ulong Seed, bool AtFaultPoints, bool Verifies);

/// <summary>What came of it. Scripts read these names.</summary>
/// <param name="Kills">While it worked.</param>
/// <param name="EarlyKills">While it started.</param>
/// <param name="FaultPoints">Where it ended itself.</param>
/// <param name="Acknowledged">Transactions that it said it had.</param>
/// <param name="Resubmitted">Those that were sent again after they were acknowledged.</param>
/// <param name="Verified">How often the whole chain was executed again.</param>
/// <param name="Lost">What isn't as it must be; null for nothing.</param>
internal sealed record TortureResult(
    ulong Seed, int Rounds, int Kills, int EarlyKills, string[] FaultPoints, long Blocks, long Acknowledged, long Resubmitted, int Verified, double Seconds, string? Lost);

/// <summary>Something isn't as it must be after a crash.</summary>
internal class TortureException(string message) : Exception(message);

/// <summary>Something isn't there that was. In a cluster that may be another silo that hasn't heard of it yet; then it is asked for again.</summary>
internal sealed class TortureMissingException(string message) : TortureException(message);
