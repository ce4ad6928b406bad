using System.IO.Compression;

namespace Grid.Grains.Hosting;

/// <summary>Genesis files as journals keep them: a million accounts are a hundred megabytes of text.</summary>
public static class GenesisCompression
{
    /// <summary>A genesis file beyond this isn't read back, in bytes.</summary>
    private const int BytesMax = 1 << 30;

    public static byte[] Compress(ReadOnlySpan<byte> json)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(json);
        }
        return compressed.ToArray();
    }

    /// <exception cref="InvalidDataException">Not what was compressed, or too long.</exception>
    public static byte[] Decompress(ReadOnlyMemory<byte> compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        using var json = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (gzip.Read(buffer) is var read and > 0)
        {
            if (json.Length + read > BytesMax)
            {
                throw new InvalidDataException($"A genesis file of more than {BytesMax} bytes isn't read.");
            }
            json.Write(buffer, 0, read);
        }
        return json.ToArray();
    }
}
