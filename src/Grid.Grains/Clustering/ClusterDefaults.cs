using Orleans.Serialization;

namespace Grid.Grains.Clustering;

/// <summary>What silos and gateways of a cluster have in common.</summary>
public static class ClusterDefaults
{
    /// <summary>Fixed: grain state belongs to the service, whatever the cluster is called.</summary>
    public const string ServiceId = "grid";

    public const string ClusterId = "grid";

    /// <summary>The name of the storage of grains' small state.</summary>
    public const string GrainStorage = "grid";

    /// <summary>The database's, by the name that Orleans knows it by; the namespaces of its exceptions begin with it.</summary>
    internal const string Provider = "Npgsql";

    /// <summary>Lets Orleans' own errors carry those of the database that caused them: else they can't be sent, and who asked is told of a fault in the silo.</summary>
    internal static void AllowDatabaseErrors(ExceptionSerializationOptions options) => options.SupportedNamespacePrefixes.Add(Provider);
}
