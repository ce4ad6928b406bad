using System.Text.Json;
using System.Text.Json.Serialization;
using Grid.Primitives;

namespace Grid.Node.Bench.Evm;

/// <summary>The contract benchmarks of a file: where the code stands, who calls it, and the calls.</summary>
public sealed record ContractCases(Address Address, Address Caller, IReadOnlyList<ContractCase> Cases)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Reads the cases, and what to expect of them from `expected.json` in the same folder.</summary>
    /// <exception cref="BenchFileException">A file is missing, or not of this format.</exception>
    public static ContractCases Load(string path)
    {
        var file = Parse<CasesFile>(path);
        var expected = Parse<Dictionary<string, ExpectedEntry>>(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "expected.json"));
        try
        {
            return new ContractCases(Address.Parse(file.Address), Address.Parse(file.Caller), [.. file.Cases.Select(entry => ToCase(entry, expected))]);
        }
        catch (FormatException exception)
        {
            throw new BenchFileException(path, exception.Message, exception);
        }
        catch (KeyNotFoundException exception)
        {
            throw new BenchFileException(path, "expected.json lacks one of its cases", exception);
        }
    }

    private static ContractCase ToCase(CaseEntry entry, Dictionary<string, ExpectedEntry> expected)
    {
        var want = expected[entry.Name];
        return new ContractCase(
            entry.Name, Hex.Decode(entry.Code), Hex.Decode(entry.Calldata), entry.GasLimit, entry.Repeat, Hex.Decode(want.Output), want.GasUsed);
    }

    private static T Parse<T>(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(stream, Options) ?? throw new BenchFileException(path, "is empty");
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            throw new BenchFileException(path, exception.Message, exception);
        }
    }

    private sealed record CasesFile(
        [property: JsonRequired] string Address, [property: JsonRequired] string Caller, [property: JsonRequired] IReadOnlyList<CaseEntry> Cases);

    private sealed record CaseEntry(
        [property: JsonRequired] string Name, [property: JsonRequired] string Code, [property: JsonRequired] string Calldata,
        [property: JsonRequired] long GasLimit, int Repeat = 5);

    private sealed record ExpectedEntry([property: JsonRequired] string Output, [property: JsonRequired] long GasUsed);
}

/// <summary>One call, and what it must give.</summary>
/// <param name="GasLimit">Gas units of the message.</param>
/// <param name="Repeat">How often it is timed unless somebody says otherwise.</param>
/// <param name="Gas">Execution gas: no intrinsic gas, no refund.</param>
public sealed record ContractCase(string Name, byte[] Code, byte[] CallData, long GasLimit, int Repeat, byte[] Output, long Gas);
