using System.Text.Json;

namespace Grid.Node.Bench;

/// <summary>How results are written: the names that scripts read, and nothing for what wasn't measured.</summary>
public static class BenchJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public static string Line<T>(T value) => JsonSerializer.Serialize(value, Options);
}

/// <summary>A file that isn't what the benchmark reads.</summary>
public sealed class BenchFileException(string path, string reason, Exception? cause = null) : Exception($"{path}: {reason}", cause);
