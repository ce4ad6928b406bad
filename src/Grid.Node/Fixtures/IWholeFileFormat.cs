using System.Text.Json;

namespace Grid.Node.Fixtures;

/// <summary>A kind of fixture that fills a file, so that its fields aren't names of cases. Stateless.</summary>
public interface IWholeFileFormat
{
    /// <summary>Whether the file is of this kind, told from its content; where that doesn't tell, from its name.</summary>
    bool Recognizes(string path, JsonElement root);

    IEnumerable<FixtureCase> Cases(string path, JsonElement root);
}
