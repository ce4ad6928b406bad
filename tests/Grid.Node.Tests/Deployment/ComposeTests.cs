using System.Text.RegularExpressions;
using Grid.Architecture.Tests;
using YamlDotNet.RepresentationModel;

namespace Grid.Node.Tests.Deployment;

/// <summary>docker-compose.yml fits the executable, the files that it mounts, and what Prometheus looks for.</summary>
public sealed partial class ComposeTests
{
    private static readonly YamlMappingNode Compose = Assert.Single(Yaml.Read("docker-compose.yml"));

    private static readonly Dictionary<string, YamlNode> Services = Compose.Entries("services").ToDictionary();

    private static GridContainer[] Grid { get; } =
    [
        .. Services.Where(service => service.Value.Find("build") is not null).Select(service => new GridContainer(
            service.Key, service.Value.Texts("command"), service.Value.Entries("environment").ToDictionary(x => x.Key, x => x.Value.ToString()))),
    ];

    [Fact]
    public void Containers_are_told_what_the_executable_takes()
    {
        Assert.Equal(["gateway", "gateway", "schema", "silo", "silo", "silo"], Grid.Select(container => container.Role).Order());
        Assert.All(Grid, container => container.CheckOptions());
    }

    [Fact]
    public void Silos_are_where_others_look_for_them()
    {
        var silos = Grid.Where(container => container.Role == "silo").ToArray();
        Assert.All(silos, silo => Assert.Equal($"{silo.Name}:11111", silo.Environment["GRID_SILO"]));
        Assert.All(Grid.Where(container => container.Role == "gateway"), gateway => Assert.Equal(
            silos.Select(silo => $"{silo.Name}:30000").Order(), gateway.Environment["GRID_SILOS"].Split(',').Order()));
        // Nobody else is in that network, so it may be trusted.
        Assert.Equal("true", Compose.Text("networks", "inside", "internal"));
        Assert.All(silos, silo => Assert.Equal(["inside"], Services[silo.Name].Texts("networks")));
    }

    [Fact]
    public void Secrets_come_from_the_environment_and_gateways_have_none()
    {
        var passwords = Services.Values.SelectMany(service => service.Entries("environment")).Where(x => x.Key.Contains("PASSWORD", StringComparison.Ordinal)).ToArray();
        Assert.Equal(4, passwords.Length);
        Assert.All(passwords, password => Assert.StartsWith("${", password.Value.ToString(), StringComparison.Ordinal));
        var databases = Grid.Where(container => container.Environment.ContainsKey("GRID_DATABASE")).ToArray();
        Assert.All(databases, container => Assert.Matches(@"Password=\$\{\w+\}$", container.Environment["GRID_DATABASE"]));
        Assert.DoesNotContain(databases, container => container.Role == "gateway");
        // Silos may read and write rows; only the schema's owner makes tables.
        Assert.All(databases, container => Assert.Contains(container.Role == "schema" ? "Username=grid_owner;" : "Username=grid_silo;", container.Environment["GRID_DATABASE"], StringComparison.Ordinal));
    }

    [Fact]
    public void Images_are_pinned_and_ports_are_on_loopback()
    {
        Assert.All(Services.Values.Where(service => service.Find("build") is null), service => Assert.Matches(@":v?\d+\.\d+", service.Text("image")));
        var ports = Services.Values.SelectMany(service => service.Texts("ports")).ToArray();
        Assert.All(ports, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
        Assert.Equal(ports.Length, ports.Select(port => port.Split(':')[1]).Distinct().Count());
        Assert.All(Services.Where(x => x.Key.StartsWith("gateway", StringComparison.Ordinal)), x => Assert.EndsWith($":{GridContainer.Port}", Assert.Single(x.Value.Texts("ports")), StringComparison.Ordinal));
    }

    [Fact]
    public void Mounted_files_are_there()
    {
        var mounted = Services.Values.SelectMany(service => service.Texts("volumes")).Where(volume => volume.StartsWith("./", StringComparison.Ordinal)).Select(volume => volume.Split(':')[0][2..]).ToArray();
        Assert.NotEmpty(mounted);
        Assert.All(mounted, path => Assert.True(Path.Exists(Repository.At(path)), path));
        Assert.Equal("deploy/Dockerfile", Compose.Text("x-grid", "build", "dockerfile"));
    }

    [Fact]
    public void Prometheus_looks_for_these_silos_and_gateways()
    {
        var jobs = ((YamlSequenceNode)Yaml.Read("deploy", "prometheus", "prometheus.yml")[0].Find("scrape_configs")!).Children;
        foreach (var job in jobs)
        {
            var role = job.Text("job_name")["grid-".Length..];
            var targets = ((YamlSequenceNode)job.Find("static_configs")!).SelectMany(config => config.Texts("targets"));
            Assert.Equal(Grid.Where(container => container.Role == role).Select(container => $"{container.Name}:{GridContainer.Port}").Order(), targets.Order());
        }
        Assert.Equal(2, jobs.Count);
    }

    [Fact]
    public void The_image_is_pinned_runs_as_nobody_and_says_how_it_is()
    {
        var file = File.ReadAllText(Repository.At("deploy", "Dockerfile"));
        var stages = Image().Matches(file).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(2, stages.Length);
        Assert.All(stages, image => Assert.EndsWith($":{Environment.Version.Major}.{Environment.Version.Minor}-noble", image, StringComparison.Ordinal));
        var last = file[file.LastIndexOf("\nFROM ", StringComparison.Ordinal)..];
        Assert.Contains("\nUSER $APP_UID\n", last, StringComparison.Ordinal);
        Assert.Contains("\nHEALTHCHECK ", last, StringComparison.Ordinal);
        Assert.Contains($"GRID_LISTEN=0.0.0.0:{GridContainer.Port}", last, StringComparison.Ordinal);
        Assert.Contains("\nENTRYPOINT [\"/app/grid\"]\n", last, StringComparison.Ordinal);
        // What is copied is there, and is let in by .dockerignore.
        var ignore = File.ReadAllLines(Repository.At(".dockerignore"));
        var copied = Copy().Matches(file).SelectMany(match => match.Groups[1].Value.Split(' ')[..^1]).ToArray();
        Assert.Contains("src", copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Repository.At(path)) && ignore.Contains($"!{path}"), path));
    }

    [GeneratedRegex("^FROM (\\S+)", RegexOptions.Multiline)]
    private static partial Regex Image();

    [GeneratedRegex("^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Copy();
}
