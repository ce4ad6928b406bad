using System.Globalization;
using System.Text.Json;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// One opened fixture file. Its cases read from the parsed text, which <see cref="Dispose"/> gives back; so memory is bounded by the
/// largest file times the files open at once.
/// </summary>
public sealed class FixtureFile : IDisposable
{
    /// <summary>Larger than any official file; beyond it a file is refused, not read.</summary>
    public const long MaxBytes = 64L << 20;

    /// <summary>What makes a file a fixture, by the end of its name.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".json", ".yaml"];

    private static readonly IWholeFileFormat[] WholeFileFormats =
    [
        new GenesisHashTestFormat(),
        new KzgTestFormat(),
        new RpcChainFormat(),
        new TraceTestFormat(),
    ];

    private static readonly IFixtureFormat[] Formats =
    [
        new StateTestFormat(),
        new TransactionTestFormat(),
        new TrieTestFormat(),
        new TrieOrderTestFormat(),
        new RlpTestFormat(),
        new EngineTestFormat(),
        new BlockchainTestFormat(),
        new VmTestFormat(),
        new PrecompileTestFormat(),
        new OpcodeTestFormat(),
        new DifficultyTestFormat(),
        new GenesisTestFormat(),
        new KeyTestFormat(),
        new SignedTransactionTestFormat(),
        new HexPrefixTestFormat(),
        new CryptoTestFormat(),
        new EarlyGenesisTestFormat(),
        new UnsupportedFormat("key store test: Grid keeps no keys", "json", "password"),
        new UnsupportedFormat("proof of work test: Grid doesn't verify seals", "header", "mixHash", "seed"),
    ];

    private readonly JsonDocument _document;
    private readonly string _path;

    private FixtureFile(JsonDocument document, string path)
    {
        _document = document;
        _path = path;
    }

    /// <exception cref="FixtureFormatException">Neither JSON nor YAML, or too large.</exception>
    /// <exception cref="IOException">Can't be read.</exception>
    public static FixtureFile Open(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MaxBytes)
        {
            throw new FixtureFormatException($"The file has {stream.Length} bytes; at most {MaxBytes} are read.");
        }
        return Parse(stream, path);
    }

    /// <param name="path">Says by its end whether it is JSON or YAML; formats may ask it, too.</param>
    /// <exception cref="FixtureFormatException">Not what its name says.</exception>
    public static FixtureFile Parse(Stream stream, string path)
    {
        if (path.EndsWith(".yaml", StringComparison.Ordinal))
        {
            return new FixtureFile(YamlDocument.Parse(stream), path);
        }
        try
        {
            var bytes = new byte[stream.Length - stream.Position];
            stream.ReadExactly(bytes);
            return JsonUnicode.IsValid(bytes)
                ? new FixtureFile(JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 2048 }), path)
                : throw new FixtureFormatException("Not JSON: its text isn't Unicode.");
        }
        catch (JsonException exception)
        {
            throw new FixtureFormatException($"Not JSON: {exception.Message}");
        }
    }

    public void Dispose() => _document.Dispose();

    public IEnumerable<FixtureCase> Cases()
    {
        var root = _document.RootElement;
        if (Array.Find(WholeFileFormats, format => format.Recognizes(_path, root)) is { } whole)
        {
            return whole.Cases(_path, root);
        }
        return root.ValueKind switch
        {
            JsonValueKind.Object => root.EnumerateObject().SelectMany(entry => CasesOf(entry.Name, entry.Value)),
            JsonValueKind.Array => root.EnumerateArray().SelectMany((entry, index) => CasesOf(NameOf(entry, index), entry)),
            _ => [Unknown(Path.GetFileName(_path))],
        };
    }

    private IEnumerable<FixtureCase> CasesOf(string name, JsonElement entry) => Array.Find(Formats, format => format.Recognizes(entry)) is { } format
        ? format.Cases(Path.GetFileName(_path), name, entry)
        : [Unknown(name)];

    /// <summary>An element of a list has its own name, or its place.</summary>
    private static string NameOf(JsonElement entry, int index) =>
        entry.ValueKind == JsonValueKind.Object && entry.OptionalField("Name") is { ValueKind: JsonValueKind.String } name
            ? name.GetString()!
            : index.ToString(CultureInfo.InvariantCulture);

    private static FixtureCase Unknown(string name) => new(name, "", () => CaseOutcome.Skipped("format not recognized"));
}
