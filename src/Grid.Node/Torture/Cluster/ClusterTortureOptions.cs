namespace Grid.Node.Torture.Cluster;

/// <summary>What `grid torture --cluster` was asked for.</summary>
/// <param name="Rounds">How often something is killed while all works.</param>
/// <param name="Seed">What is sent, and what is killed after how long, follow from it.</param>
/// <param name="Verifies">Whether the whole chain is executed again after each round.</param>
internal sealed record ClusterTortureOptions(int Rounds, ulong Seed, int Silos, int Gateways, bool Verifies);

/// <summary>What a round kills.</summary>
internal enum Victim
{
    /// <summary>Any silo.</summary>
    Silo,

    /// <summary>The silo that has the coordinator.</summary>
    CoordinatorSilo,

    /// <summary>A gateway.</summary>
    Gateway,

    /// <summary>PostgreSQL, all its processes.</summary>
    Database,
}

/// <summary>What came of it. Scripts read these names.</summary>
/// <param name="Rounds">That were finished.</param>
/// <param name="EarlyKills">Silos that were killed while they started, beyond the others.</param>
/// <param name="Acknowledged">Transactions that a gateway said to have.</param>
/// <param name="Resubmitted">Those that were sent again after they were acknowledged.</param>
/// <param name="Retried">Answers that said "not now, ask again".</param>
/// <param name="Verified">How often the whole chain was executed again.</param>
/// <param name="ResumeMedianSeconds">From a silo's kill to the second block after it.</param>
/// <param name="DatabaseResumeMaxSeconds">The same from when the database is back, at most.</param>
/// <param name="Lost">What isn't as it must be; null for nothing.</param>
internal sealed record ClusterTortureResult(
    ulong Seed, int Rounds, int Silos, int Gateways, int SiloKills, int CoordinatorSiloKills, int GatewayKills, int DatabaseKills, int EarlyKills, long Blocks, long Acknowledged, long Resubmitted,
    long Retried, int Verified, double ResumeMedianSeconds, double ResumeMaxSeconds, double DatabaseResumeMaxSeconds, double Seconds, string? Lost);
