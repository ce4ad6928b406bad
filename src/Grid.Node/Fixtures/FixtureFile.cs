using System.Text.Json;

namespace Grid.Node.Fixtures;

/// <summary>
/// One opened fixture file. Its cases read from the parsed text, which <see cref="Dispose"/> gives back; so memory is bounded by the
/// largest file times the files open at once.
/// </summary>
public sealed class FixtureFile : IDisposable
{
    /// <summary>Larger than any official file; beyond it a file is refused, not read.</summary>
    public const long MaxBytes = 64L << 20;

    private static readonly IFixtureFormat[] Formats =
    [
        new StateTestFormat(),
        new TransactionTestFormat(),
        new TrieTestFormat(),
        new RlpTestFormat(),
        new EngineTestFormat(),
        new BlockchainTestFormat(),
        new UnsupportedFormat("VM test", "exec", "pre"),
        new UnsupportedFormat("difficulty test", "currentDifficulty", "parentDifficulty"),
    ];

    private readonly JsonDocument _document;
    private readonly string _name;

    private FixtureFile(JsonDocument document, string name)
    {
        _document = document;
        _name = name;
    }

    /// <exception cref="FixtureFormatException">Not JSON, or too large.</exception>
    /// <exception cref="IOException">Can't be read.</exception>
    public static FixtureFile Open(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxBytes)
        {
            throw new FixtureFormatException($"The file has {stream.Length} bytes; at most {MaxBytes} are read.");
        }
        return Parse(stream, Path.GetFileName(path));
    }

    /// <exception cref="FixtureFormatException">Not JSON.</exception>
    public static FixtureFile Parse(Stream stream, string name)
    {
        try
        {
            return new FixtureFile(JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 2048 }), name);
        }
        catch (JsonException exception)
        {
            throw new FixtureFormatException($"Not JSON: {exception.Message}");
        }
    }

    public void Dispose() => _document.Dispose();

    public IEnumerable<FixtureCase> Cases()
    {
        if (_document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return [Unknown(_name)];
        }
        return _document.RootElement.EnumerateObject().SelectMany(entry => Array.Find(Formats, format => format.Recognizes(entry.Value)) is { } format
            ? format.Cases(_name, entry.Name, entry.Value)
            : [Unknown(entry.Name)]);
    }

    private static FixtureCase Unknown(string name) => new(name, "", () => CaseOutcome.Skipped("format not recognized"));
}
