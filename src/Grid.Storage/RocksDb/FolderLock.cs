using System.Diagnostics;
using System.Globalization;

namespace Grid.Storage.RocksDb;

/// <summary>
/// Keeps a data folder to one process. The lock is the operating system's, so it ends with the process however that ends; who holds
/// it is written beside it, because a locked file can't be read everywhere.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    public const string LockName = "grid.lock";
    public const string HolderName = "grid.holder";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <exception cref="StorageException">Somebody else has the folder, or it can't be written.</exception>
    public static FolderLock Take(string folder)
    {
        FileStream file;
        try
        {
            file = new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (IsTaken(error))
        {
            throw new StorageException(StorageError.Unavailable, $"{folder} is in use by {ReadHolder(folder)}", error);
        }
        try
        {
            File.WriteAllText(Path.Combine(folder, HolderName), Self());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw;
        }
        return new FolderLock(file);
    }

    public void Dispose() => _file.Dispose();

    private static string Self()
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"process {process.Id} ({process.ProcessName})");
    }

    private static string ReadHolder(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, HolderName)).Trim();
        }
        catch (IOException)
        {
            return "another process"; // it is about to write its name
        }
    }

    /// <summary>EWOULDBLOCK of Linux and of macOS, and ERROR_SHARING_VIOLATION.</summary>
    private static bool IsTaken(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020);
}
