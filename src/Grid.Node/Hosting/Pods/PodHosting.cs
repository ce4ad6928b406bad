using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Hosting.Kubernetes;
using Orleans.Runtime;

namespace Grid.Node.Hosting.Pods;

/// <summary>Has a silo go by its pod: by its name, and dead when it is deleted.</summary>
internal static class PodHosting
{
    /// <remarks>Comes before the silo's own settings: what Orleans takes from variables (ORLEANS_CLUSTER_ID, POD_IP) gives way to those.</remarks>
    public static ISiloBuilder UsePod(this ISiloBuilder silo, SiloPod pod)
    {
        silo.UseKubernetesHosting(options => options.Configure(kubernetes =>
        {
            kubernetes.GetClientConfiguration = () => pod.Api;
            // Who made the pods restarts them and makes new ones: a silo needs no right to delete any.
            kubernetes.DeleteDefunctSiloPods = false;
        }));
        silo.ConfigureServices(services =>
        {
            services.Remove(services.Single(service => service.ImplementationType == typeof(KubernetesClusterAgent)));
            services.AddSingleton<LivingMembers>();
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider =>
                ActivatorUtilities.CreateInstance<KubernetesClusterAgent>(provider, provider.GetRequiredService<LivingMembers>()));
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, PodSuccession>();
        });
        return silo;
    }
}
