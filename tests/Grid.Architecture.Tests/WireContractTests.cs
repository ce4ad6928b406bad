using System.Reflection;
using Grid.Grains.Coordinator;
using Orleans;

namespace Grid.Architecture.Tests;

/// <summary>
/// What silos say to each other is written down in wire-contracts.txt, so that a change of it shows in review: during a
/// rolling update, silos of two versions talk.
/// </summary>
public sealed class WireContractTests
{
    private const string Regenerate = "GRID_WRITE_WIRE_CONTRACTS";

    private static readonly Assembly Grains = typeof(IBlockCoordinatorGrain).Assembly;

    [Fact]
    public void Wire_contracts_are_those_written_down()
    {
        var path = Repository.At("tests", "Grid.Architecture.Tests", "wire-contracts.txt");
        string[] actual = [.. WireContracts.Describe(Grains)];
        if (Environment.GetEnvironmentVariable(Regenerate) == "1")
        {
            File.WriteAllText(path, string.Join('\n', actual) + "\n");
        }
        var written = File.ReadAllLines(path);
        var gone = written.Except(actual).Select(line => $"- {line}");
        var added = actual.Except(written).Select(line => $"+ {line}");
        Assert.True(
            written.SequenceEqual(actual),
            $"The wire contracts differ from wire-contracts.txt. If that is meant (an id is never given a second meaning), write it anew with {Regenerate}=1 and commit it.\n"
            + string.Join('\n', gone.Concat(added)));
    }

    [Fact]
    public void Messages_have_aliases()
    {
        var without = WireContracts.Messages(Grains).Where(type => type.GetCustomAttribute<AliasAttribute>() is null).Select(type => type.FullName);
        Assert.Empty(without);
    }

    [Fact]
    public void Grain_interfaces_and_their_methods_have_aliases()
    {
        var interfaces = WireContracts.GrainInterfaces(Grains).ToArray();
        Assert.Empty(interfaces.Where(type => type.GetCustomAttribute<AliasAttribute>() is null).Select(type => type.FullName));
        Assert.Empty(interfaces.SelectMany(WireContracts.MethodsOf).Where(method => method.GetCustomAttribute<AliasAttribute>() is null).Select(method => $"{method.DeclaringType}.{method.Name}"));
    }

    [Fact]
    public void Aliases_are_unique()
    {
        var aliases = WireContracts.Messages(Grains).Concat(WireContracts.GrainInterfaces(Grains)).Select(type => type.GetCustomAttribute<AliasAttribute>()?.Alias).OfType<string>();
        Assert.Empty(aliases.GroupBy(alias => alias).Where(group => group.Count() > 1).Select(group => group.Key));
    }
}
