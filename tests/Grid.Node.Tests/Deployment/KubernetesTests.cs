using Grid.Architecture.Tests;
using Grid.Grains.Clustering;
using Orleans.Hosting.Kubernetes;
using YamlDotNet.RepresentationModel;

namespace Grid.Node.Tests.Deployment;

/// <summary>The manifests of deploy/kubernetes fit the executable and each other.</summary>
public sealed class KubernetesTests
{
    private static readonly YamlMappingNode Kustomization = Yaml.Read("deploy", "kubernetes", "kustomization.yaml")[0];

    private static readonly YamlMappingNode[] Manifests = [.. Kustomization.Texts("resources").SelectMany(file => Yaml.Read("deploy", "kubernetes", file))];

    private static YamlMappingNode[] Workloads { get; } = [.. Manifests.Where(manifest => manifest.Find("spec", "template") is not null)];

    [Fact]
    public void Every_manifest_is_listed() => Assert.Equal(
        Repository.Files("deploy/kubernetes", "*.yaml").Select(path => Path.GetFileName(path)!).Where(name => name != "kustomization.yaml").Order(),
        Kustomization.Texts("resources").Order());

    [Fact]
    public void Containers_are_told_what_the_executable_takes()
    {
        Assert.Equal(["gateway", "schema", "silo"], Workloads.Select(workload => OptionsOf(workload).Role).Order());
        Assert.All(Workloads, workload => OptionsOf(workload).CheckOptions());
        Assert.All(Workloads, workload => Assert.Equal(Kustomization.Find("images") is YamlSequenceNode images ? Assert.Single(images).Text("name") : "", ContainerOf(workload).Text("image")));
    }

    [Fact]
    public void Only_silos_and_the_schema_have_a_secret_and_none_is_here()
    {
        foreach (var workload in Workloads)
        {
            var secrets = VariablesOf(workload).Where(variable => variable.Find("valueFrom", "secretKeyRef") is not null).Select(variable => variable.Text("valueFrom", "secretKeyRef", "key"));
            Assert.Equal(OptionsOf(workload).Role switch { "silo" => ["silo"], "schema" => ["owner"], _ => [] }, secrets);
        }
        Assert.DoesNotContain(Manifests, manifest => manifest.Text("kind") == "Secret");
    }

    [Fact]
    public void Containers_run_as_nobody_on_a_file_system_that_they_cannot_write() => Assert.All(Workloads, workload =>
    {
        var pod = workload.Find("spec", "template", "spec")!;
        Assert.Equal("true", pod.Text("securityContext", "runAsNonRoot"));
        // Only silos ask the Kubernetes API.
        Assert.Equal((OptionsOf(workload).Role == "silo" ? "true" : "false", "false"), (pod.Text("automountServiceAccountToken"), pod.Text("enableServiceLinks")));
        Assert.Equal(OptionsOf(workload).Role == "silo", pod.Find("serviceAccountName") is not null);
        var security = ContainerOf(workload).Find("securityContext")!;
        Assert.Equal(("false", "true"), (security.Text("allowPrivilegeEscalation"), security.Text("readOnlyRootFilesystem")));
        Assert.Equal(["ALL"], security.Texts("capabilities", "drop"));
        Assert.NotNull(ContainerOf(workload).Find("resources", "limits", "memory"));
    });

    [Fact]
    public void What_serves_is_probed_disrupted_one_by_one_and_scaled()
    {
        foreach (var workload in Workloads.Where(workload => workload.Text("kind") != "Job"))
        {
            var (name, label) = (workload.Text("metadata", "name"), workload.Text("spec", "selector", "matchLabels", "app"));
            Assert.Equal(label, workload.Text("spec", "template", "metadata", "labels", "app"));
            var container = ContainerOf(workload);
            Assert.Equal(("/health/ready", "/health/live"), (container.Text("readinessProbe", "httpGet", "path"), container.Text("livenessProbe", "httpGet", "path")));
            Assert.Equal(GridContainer.Port, PortsOf(workload)["http"]);
            Assert.Equal("1", Assert.Single(Manifests, x => x.Text("kind") == "PodDisruptionBudget" && x.Text("spec", "selector", "matchLabels", "app") == label).Text("spec", "maxUnavailable"));
            var scaler = Assert.Single(Manifests, x => x.Text("kind") == "HorizontalPodAutoscaler" && x.Text("spec", "scaleTargetRef", "name") == name);
            Assert.Equal(workload.Text("kind"), scaler.Text("spec", "scaleTargetRef", "kind"));
            var service = Assert.Single(Manifests, x => x.Text("kind") == "Service" && x.Text("spec", "selector", "app") == label);
            Assert.Superset(((YamlSequenceNode)service.Find("spec", "ports")!).Select(port => int.Parse(port.Text("port"))).ToHashSet(), PortsOf(workload).Values.ToHashSet());
        }
    }

    [Fact]
    public void Silos_let_only_silos_and_gateways_in()
    {
        var silo = Silo;
        var gateway = Workloads.Single(workload => OptionsOf(workload).Role == "gateway");
        var policy = Assert.Single(Manifests, x => x.Text("kind") == "NetworkPolicy" && x.Text("spec", "podSelector", "matchLabels", "app") == "grid-silo");
        var rules = ((YamlSequenceNode)policy.Find("spec", "ingress")!).Select(rule => (
            Port: int.Parse(Assert.Single((YamlSequenceNode)rule.Find("ports")!).Text("port")),
            From: rule.Find("from") is YamlSequenceNode from ? Assert.Single(from).Text("podSelector", "matchLabels", "app") : null)).ToArray();
        Assert.Equal([(11_111, "grid-silo"), (30_000, "grid-gateway"), (GridContainer.Port, null)], rules);
        Assert.Equal(rules.Select(rule => rule.Port).Order(), PortsOf(silo).Values.Order());
        // A gateway finds silos by the name of their service, which has no address of its own.
        var service = Assert.Single(Manifests, x => x.Text("metadata", "name") == silo.Text("spec", "serviceName"));
        Assert.Equal("None", service.Text("spec", "clusterIP"));
        Assert.Equal($"{service.Text("metadata", "name")}:{PortsOf(silo)["gateways"]}", OptionsOf(gateway).Environment["GRID_SILOS"]);
    }

    [Fact]
    public void Silos_may_look_at_pods_and_do_nothing_else()
    {
        var account = Assert.Single(Manifests, x => x.Text("kind") == "ServiceAccount");
        Assert.Equal(account.Text("metadata", "name"), Silo.Text("spec", "template", "spec", "serviceAccountName"));
        var role = Assert.Single(Manifests, x => x.Text("kind") is "Role" or "ClusterRole");
        Assert.Equal("Role", role.Text("kind"));
        var rule = Assert.Single((YamlSequenceNode)role.Find("rules")!);
        Assert.Equal([""], rule.Texts("apiGroups"));
        Assert.Equal(["pods"], rule.Texts("resources"));
        Assert.Equal(["get", "list", "watch"], rule.Texts("verbs"));
        var binding = Assert.Single(Manifests, x => x.Text("kind") is "RoleBinding" or "ClusterRoleBinding");
        Assert.Equal(("Role", role.Text("metadata", "name")), (binding.Text("roleRef", "kind"), binding.Text("roleRef", "name")));
        var subject = Assert.Single((YamlSequenceNode)binding.Find("subjects")!);
        Assert.Equal(("ServiceAccount", account.Text("metadata", "name")), (subject.Text("kind"), subject.Text("name")));
        // Kustomize changes a subject's namespace where it is that of the account.
        var space = Kustomization.Text("namespace");
        Assert.All([account.Text("metadata", "namespace"), subject.Text("namespace"), role.Text("metadata", "namespace"), binding.Text("metadata", "namespace")], x => Assert.Equal(space, x));
    }

    [Fact]
    public void Silos_go_by_their_pods()
    {
        var options = OptionsOf(Silo);
        Assert.Equal("true", options.Environment["GRID_KUBERNETES"]);
        Assert.False(options.Environment.ContainsKey("GRID_CLUSTER"));
        var labels = Silo.Find("spec", "template", "metadata", "labels")!;
        Assert.Equal(
            (ClusterDefaults.ServiceId, ClusterDefaults.ClusterId), (labels.Text(KubernetesHostingOptions.ServiceIdLabel), labels.Text(KubernetesHostingOptions.ClusterIdLabel)));
        var fields = VariablesOf(Silo).Where(variable => variable.Find("valueFrom", "fieldRef") is not null)
            .ToDictionary(variable => variable.Text("name"), variable => variable.Text("valueFrom", "fieldRef", "fieldPath"));
        Assert.Equal(
            new Dictionary<string, string>
            {
                [KubernetesHostingOptions.PodNameEnvironmentVariable] = "metadata.name",
                [KubernetesHostingOptions.PodNamespaceEnvironmentVariable] = "metadata.namespace",
                [KubernetesHostingOptions.PodIPEnvironmentVariable] = "status.podIP",
            },
            fields);
    }

    private static YamlMappingNode Silo => Workloads.Single(workload => OptionsOf(workload).Role == "silo");

    private static YamlNode ContainerOf(YamlMappingNode workload) => Assert.Single((YamlSequenceNode)workload.Find("spec", "template", "spec", "containers")!);

    private static IEnumerable<YamlNode> VariablesOf(YamlMappingNode workload) => (YamlSequenceNode)ContainerOf(workload).Find("env")!;

    private static Dictionary<string, int> PortsOf(YamlMappingNode workload) =>
        ((YamlSequenceNode)ContainerOf(workload).Find("ports")!).ToDictionary(port => port.Text("name"), port => int.Parse(port.Text("containerPort")));

    /// <summary>With an address and a secret such as they will have in the cluster.</summary>
    private static GridContainer OptionsOf(YamlMappingNode workload) => new(
        workload.Text("metadata", "name"),
        ContainerOf(workload).Texts("args"),
        VariablesOf(workload).ToDictionary(variable => variable.Text("name"), variable => variable.Find("value")?.ToString().Replace("$(POD_IP)", "10.1.2.3", StringComparison.Ordinal) ?? "Host=db"));
}
