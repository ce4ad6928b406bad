using System.Diagnostics;

namespace Grid.Storage.Tests.RocksDb;

/// <summary>A file system of some MiB in memory; only root may make one. Disposing takes it away.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int SizeMiB = 40, BlockBytes = 64 * 1024;

    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast.dbtmp");

    /// <summary>Skips the test where one can't be made.</summary>
    public static SmallDisk Mount()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Needs root on Linux, to mount a small file system.");
        var path = Directory.CreateTempSubdirectory("grid-disk-").FullName;
        if (Run("mount", "-t", "tmpfs", "-o", $"size={SizeMiB}m", "grid-test", path) is { } why)
        {
            Directory.Delete(path);
            Assert.Skip($"Can't mount a small file system: {why}");
        }
        return new SmallDisk(path);
    }

    /// <summary>Leaves no room on it.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[BlockBytes];
        try
        {
            while (true)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Takes away what filled it.</summary>
    public void Free() => File.Delete(Ballast);

    /// <summary>
    /// Files can't be opened for writing until the result is disposed. A second mount lies over the first one, which is in use and
    /// can't become read-only itself.
    /// </summary>
    public IDisposable MakeReadOnly()
    {
        Assert.Null(Run("mount", "--bind", Path, Path));
        Assert.Null(Run("mount", "-o", "remount,ro,bind", Path));
        return new ReadOnly(this);
    }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        Directory.Delete(Path);
    }

    /// <summary>Null when it went well; otherwise what it said.</summary>
    private static string? Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error;
    }

    private sealed class ReadOnly(SmallDisk disk) : IDisposable
    {
        public void Dispose() => Assert.Null(Run("umount", disk.Path));
    }
}
