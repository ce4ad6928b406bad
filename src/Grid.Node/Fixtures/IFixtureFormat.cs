using System.Text.Json;

namespace Grid.Node.Fixtures;

/// <summary>One kind of fixture. Stateless.</summary>
public interface IFixtureFormat
{
    /// <summary>Whether an entry of a file is of this kind, told from its content.</summary>
    bool Recognizes(JsonElement entry);

    /// <summary>The cases of an entry.</summary>
    /// <param name="fileName">Without folders: trie tests say there whether keys are hashed.</param>
    IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry);
}
