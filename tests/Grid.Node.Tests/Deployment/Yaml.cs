using Grid.Architecture.Tests;
using YamlDotNet.RepresentationModel;

namespace Grid.Node.Tests.Deployment;

/// <summary>YAML files of the repository, with the merge key "&lt;&lt;" as Compose has it: what a mapping says itself comes first.</summary>
internal static class Yaml
{
    private static readonly YamlScalarNode Merge = new("<<");

    public static YamlMappingNode[] Read(params string[] path)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(File.ReadAllText(Repository.At(path)));
        stream.Load(reader);
        return [.. stream.Documents.Select(document => (YamlMappingNode)document.RootNode)];
    }

    /// <summary>What is at the end of the keys; null where one is missing.</summary>
    public static YamlNode? Find(this YamlNode node, params string[] keys)
    {
        YamlNode? found = node;
        foreach (var key in keys)
        {
            found = (found as YamlMappingNode)?.Child(key);
        }
        return found;
    }

    public static string Text(this YamlNode node, params string[] keys) => node.Find(keys)?.ToString() ?? throw new KeyNotFoundException($"There is no {string.Join('.', keys)}.");

    public static string[] Texts(this YamlNode node, params string[] keys) => node.Find(keys) is YamlSequenceNode sequence ? [.. sequence.Select(item => item.ToString())] : [];

    public static IEnumerable<KeyValuePair<string, YamlNode>> Entries(this YamlNode node, params string[] keys) =>
        node.Find(keys) is YamlMappingNode mapping ? mapping.Keys().Distinct().Select(key => KeyValuePair.Create(key, mapping.Child(key)!)) : [];

    private static YamlNode? Child(this YamlMappingNode mapping, string key) =>
        mapping.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child
        : mapping.Children.TryGetValue(Merge, out var merged) ? ((YamlMappingNode)merged).Child(key)
        : null;

    private static IEnumerable<string> Keys(this YamlMappingNode mapping) =>
        mapping.Children.SelectMany(x => x.Key.Equals(Merge) ? ((YamlMappingNode)x.Value).Keys() : [x.Key.ToString()]);
}
