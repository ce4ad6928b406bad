namespace Grid.Grains.Clustering;

/// <summary>What silos and gateways of a cluster have in common.</summary>
public static class ClusterDefaults
{
    /// <summary>Fixed: grain state belongs to the service, whatever the cluster is called.</summary>
    public const string ServiceId = "grid";

    public const string ClusterId = "grid";

    /// <summary>The name of the storage of grains' small state.</summary>
    public const string GrainStorage = "grid";
}
