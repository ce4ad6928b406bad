namespace Grid.Node.Hosting.Pods;

/// <summary>Why a silo can't run as a pod.</summary>
public enum PodFault
{
    /// <summary>The variables that tell pod and namespace aren't set.</summary>
    Unnamed,

    /// <summary>There is no configuration to reach the Kubernetes API with.</summary>
    Unconfigured,

    /// <summary>The API doesn't answer, or not as it should.</summary>
    Unreachable,

    /// <summary>The API refuses what the silo has to ask.</summary>
    Forbidden,

    /// <summary>There is no such pod.</summary>
    Missing,

    /// <summary>The pod's labels don't say which cluster its silo belongs to.</summary>
    Unlabelled,
}

/// <summary>A silo can't run as a pod.</summary>
/// <param name="detail">What was found: for people.</param>
public sealed class PodException(PodFault fault, string detail, Exception? inner = null) : Exception($"{fault}: {detail}", inner)
{
    public PodFault Fault { get; } = fault;

    public string Detail { get; } = detail;
}
