using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;

namespace Grid.Storage;

/// <summary>
/// A folder's files as one tar archive: their contents, and last, under the name SHA256SUMS, a line for each in the form that sha256sum(1) checks.
/// An archive that ends early or that was changed is told by them.
/// </summary>
public static class BackupArchive
{
    private const string SumsName = "SHA256SUMS", UnfinishedSuffix = ".restoring";

    /// <summary>Limits of an archive that is read: files, and bytes of their list.</summary>
    private const int FilesMax = 1_000_000, SumsBytesMax = 200_000_000;

    private const int BufferBytes = 1 << 20;

    /// <summary>Writes the files of a folder, which nobody changes meanwhile; what is in folders below it is left out.</summary>
    public static async Task WriteAsync(string folder, Stream output, CancellationToken cancellation)
    {
        await using var tar = new TarWriter(output, TarEntryFormat.Pax, leaveOpen: true);
        var sums = new StringBuilder();
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            await using var file = OpenRead(path);
            var sum = await SHA256.HashDataAsync(file, cancellation);
            file.Position = 0;
            var name = Path.GetFileName(path);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = file }, cancellation);
            sums.Append(Convert.ToHexStringLower(sum)).Append("  ").Append(name).Append('\n');
        }
        using var list = new MemoryStream(Encoding.UTF8.GetBytes(sums.ToString()));
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, SumsName) { DataStream = list }, cancellation);
    }

    /// <summary>Reads an archive to its end, and compares the checksums.</summary>
    /// <exception cref="StorageException">Corrupt: it isn't whole, or not a backup.</exception>
    public static Task VerifyAsync(Stream input, CancellationToken cancellation) => ReadAsync(input, null, cancellation);

    /// <summary>Unpacks an archive into a folder, which is made, or must be empty. Where it fails, nothing is left in it.</summary>
    /// <exception cref="StorageException">Corrupt: it isn't whole, or not a backup. Incompatible: the folder holds something.</exception>
    public static async Task RestoreAsync(Stream input, string folder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        if (Directory.EnumerateFileSystemEntries(folder).FirstOrDefault() is { } found)
        {
            throw new StorageException(StorageError.Incompatible, $"{folder} isn't empty: it holds {Path.GetFileName(found)}");
        }
        try
        {
            await ReadAsync(input, folder, cancellation);
            // The file by which a database is known comes last: interrupted before, the folder is refused as no data folder.
            var paths = Directory.GetFiles(folder, "*" + UnfinishedSuffix).Select(path => path[..^UnfinishedSuffix.Length]);
            foreach (var path in paths.OrderBy(path => Path.GetFileName(path) == "CURRENT"))
            {
                File.Move(path + UnfinishedSuffix, path);
            }
        }
        catch
        {
            foreach (var path in Directory.EnumerateFiles(folder))
            {
                File.Delete(path);
            }
            throw;
        }
    }

    private static async Task ReadAsync(Stream input, string? folder, CancellationToken cancellation)
    {
        try
        {
            var sums = new Dictionary<string, string>();
            await using var tar = new TarReader(input, leaveOpen: true);
            while (await tar.GetNextEntryAsync(copyData: false, cancellation) is { } entry)
            {
                if (entry.EntryType != TarEntryType.RegularFile || entry.Name != Path.GetFileName(entry.Name) || entry.Name is "" or "." or ".." || sums.Count == FilesMax)
                {
                    throw Damaged($"it holds '{entry.Name}', which no backup has");
                }
                if (entry.Name == SumsName)
                {
                    Compare(await ReadListAsync(entry, cancellation), sums);
                    return;
                }
                if (!sums.TryAdd(entry.Name, await CopyAsync(entry, folder, cancellation)))
                {
                    throw Damaged($"it holds {entry.Name} twice");
                }
            }
            throw Damaged("it ends before its checksums");
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or EndOfStreamException or ArgumentException)
        {
            throw Damaged(error.Message);
        }
    }

    /// <summary>Returns the checksum of what was copied.</summary>
    private static async Task<string> CopyAsync(TarEntry entry, string? folder, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var output = folder is null
            ? null
            : new FileStream(Path.Combine(folder, entry.Name + UnfinishedSuffix), FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
        var buffer = new byte[BufferBytes];
        while (entry.DataStream is { } data && await data.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            hash.AppendData(buffer, 0, count);
            if (output is not null)
            {
                await output.WriteAsync(buffer.AsMemory(0, count), cancellation);
            }
        }
        output?.Flush(flushToDisk: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<string[]> ReadListAsync(TarEntry entry, CancellationToken cancellation)
    {
        if (entry.Length > SumsBytesMax)
        {
            throw Damaged("the list of its checksums is too long");
        }
        using var reader = new StreamReader(entry.DataStream ?? Stream.Null, Encoding.UTF8);
        return (await reader.ReadToEndAsync(cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Compare(string[] lines, Dictionary<string, string> found)
    {
        foreach (var line in lines)
        {
            var name = line.Length > 66 ? line[66..] : "";
            if (!found.Remove(name, out var sum) || line != $"{sum}  {name}")
            {
                throw Damaged($"the checksum of {name} is another one");
            }
        }
        if (found.Count > 0)
        {
            throw Damaged($"{found.Keys.First()} has no checksum");
        }
    }

    private static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferBytes, FileOptions.Asynchronous);

    private static StorageException Damaged(string why) => new(StorageError.Corrupt, $"the backup can't be used: {why}");
}
