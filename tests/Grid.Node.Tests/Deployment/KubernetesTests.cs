using Grid.Architecture.Tests;
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
        Assert.Equal(("false", "false"), (pod.Text("automountServiceAccountToken"), pod.Text("enableServiceLinks")));
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
        var silo = Workloads.Single(workload => OptionsOf(workload).Role == "silo");
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
