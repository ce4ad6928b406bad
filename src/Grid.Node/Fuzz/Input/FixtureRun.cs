using System.Text.Json;
using Grid.Chain;
using Grid.Node.Fixtures;

namespace Grid.Node.Fuzz.Input;

/// <summary>
/// Reads bytes as a fixture file, and runs its cases where that can't take long: a wrong number in a fixture may ask for any amount of gas.
/// </summary>
internal static class FixtureRun
{
    private const int MaxCases = 64;

    private const ulong MaxGas = 3_000_000;

    public static void Run(byte[] input)
    {
        using var stream = new MemoryStream(input, writable: false);
        using var file = FixtureFile.Parse(stream, "input.json");
        var runs = IsCheap(input);
        var engine = new LibraryChains();
        foreach (var fixture in file.Cases().Take(MaxCases))
        {
            if (runs)
            {
                fixture.Run(engine);
            }
        }
    }

    public static void RunYaml(byte[] input)
    {
        using var stream = new MemoryStream(input, writable: false);
        using var file = FixtureFile.Parse(stream, "input.yaml");
        var engine = new LibraryChains();
        foreach (var fixture in file.Cases().Take(MaxCases))
        {
            fixture.Run(engine);
        }
    }

    /// <summary>Whether nothing in it is executed but state tests with little gas.</summary>
    private static bool IsCheap(byte[] input)
    {
        using var document = JsonDocument.Parse(input, new JsonDocumentOptions { MaxDepth = 2048 });
        return document.RootElement.ValueKind == JsonValueKind.Object && !document.RootElement.TryGetProperty("genesis", out _)
            && document.RootElement.EnumerateObject().All(entry => IsCheap(entry.Value));
    }

    private static bool IsCheap(JsonElement entry)
    {
        if (entry.ValueKind != JsonValueKind.Object || entry.TryGetProperty("blocks", out _) || entry.TryGetProperty("engineNewPayloads", out _)
            || entry.TryGetProperty("exec", out _))
        {
            return entry.ValueKind != JsonValueKind.Object;
        }
        if (!entry.TryGetProperty("post", out var post) || post.ValueKind != JsonValueKind.Object)
        {
            return true;
        }
        return post.EnumerateObject().All(fork => fork.Value.ValueKind == JsonValueKind.Array && fork.Value.EnumerateArray().All(HasLittleGas));
    }

    private static bool HasLittleGas(JsonElement variant) =>
        variant.ValueKind == JsonValueKind.Object && variant.TryGetProperty("txbytes", out var bytes) && bytes.ValueKind == JsonValueKind.String
        && Primitives.Hex.TryDecode(bytes.GetString(), out var decoded) && (!Transaction.TryDecode(decoded, out var transaction, out _)
            || transaction.GasLimit <= MaxGas);
}
