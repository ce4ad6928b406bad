using System.Net;
using Grid.Grains.Clustering;
using k8s;
using k8s.Autorest;
using k8s.Exceptions;
using Orleans.Hosting.Kubernetes;
using YamlDotNet.Core;

namespace Grid.Node.Hosting.Pods;

/// <summary>The pod that this process runs in.</summary>
/// <param name="Namespace">Where it is, with all pods of its cluster.</param>
/// <param name="Name">What its silo is called.</param>
/// <param name="Api">How the Kubernetes API is reached.</param>
public sealed record SiloPod(string Namespace, string Name, KubernetesClientConfiguration Api)
{
    /// <summary>Where a file tells the API's address; without it the pod's service account does.</summary>
    private const string ConfigVariable = "KUBECONFIG";

    /// <summary>From the variables that Orleans reads, too.</summary>
    /// <exception cref="PodException">There are none, or no way to the API.</exception>
    public static SiloPod Find()
    {
        var (name, space) = (Read(KubernetesHostingOptions.PodNameEnvironmentVariable), Read(KubernetesHostingOptions.PodNamespaceEnvironmentVariable));
        if (name is null || space is null)
        {
            throw new PodException(PodFault.Unnamed, $"{KubernetesHostingOptions.PodNameEnvironmentVariable}, {KubernetesHostingOptions.PodNamespaceEnvironmentVariable}");
        }
        try
        {
            var api = Read(ConfigVariable) is { } file ? KubernetesClientConfiguration.BuildConfigFromConfigFile(new FileInfo(file)) : KubernetesClientConfiguration.InClusterConfig();
            return new SiloPod(space, name, api);
        }
        catch (Exception error) when (error is KubeConfigException or YamlException or IOException or UnauthorizedAccessException)
        {
            throw new PodException(PodFault.Unconfigured, error.Message, error);
        }
    }

    /// <summary>
    /// Asks what Orleans' agent will ask. It asks again without a pause where it is forbidden to, and changes the pod's labels, which takes a further right,
    /// where they aren't what it looks for: so both are found out before.
    /// </summary>
    /// <exception cref="PodException">The silo can't run so.</exception>
    public async Task CheckAsync(string clusterId, CancellationToken cancellation)
    {
        var labels = new Dictionary<string, string> { [KubernetesHostingOptions.ServiceIdLabel] = ClusterDefaults.ServiceId, [KubernetesHostingOptions.ClusterIdLabel] = clusterId };
        var wanted = string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
        try
        {
            using var client = new k8s.Kubernetes(Api);
            var pod = await client.CoreV1.ReadNamespacedPodAsync(Name, Namespace, cancellationToken: cancellation);
            if (labels.Any(label => pod.Metadata?.Labels is not { } own || !own.TryGetValue(label.Key, out var value) || value != label.Value))
            {
                throw new PodException(PodFault.Unlabelled, wanted);
            }
            await client.CoreV1.ListNamespacedPodAsync(Namespace, labelSelector: wanted, limit: 1, cancellationToken: cancellation);
        }
        catch (HttpOperationException error)
        {
            var fault = error.Response?.StatusCode switch
            {
                HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => PodFault.Forbidden,
                HttpStatusCode.NotFound => PodFault.Missing,
                _ => PodFault.Unreachable,
            };
            throw new PodException(fault, $"{Api.Host}: {error.Message}", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new PodException(PodFault.Unreachable, $"{Api.Host}: {error.Message}", error);
        }
    }

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;
}
