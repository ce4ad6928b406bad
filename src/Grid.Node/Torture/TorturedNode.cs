using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Grid.Grains.Faults;
using Grid.Node.Commands;

namespace Grid.Node.Torture;

/// <summary>This executable as a process of its own, to be killed at any moment. Disposing kills it.</summary>
/// <remarks>Safe because the lines are touched by the reader threads and by callers only under their lock.</remarks>
internal sealed partial class TorturedNode : IAsyncDisposable
{
    private const int LinesMax = 200, SignalTerminate = 15;

    /// <summary>How the lines begin that say where a node, a gateway or a silo listens.</summary>
    private static readonly string[] AddressLines = ["JSON-RPC", "Health"];

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly Process _process;
    private readonly Queue<string> _lines = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TorturedNode(Process process) => _process = process;

    /// <summary>The last that it said.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    /// <summary>Starts a command.</summary>
    /// <param name="fault">Where it ends itself, as NAME:COUNT; null for nowhere.</param>
    /// <param name="database">The connection string that its environment has; null for none.</param>
    /// <param name="core">The one processor that it may use; null for all.</param>
    public static TorturedNode Start(IEnumerable<string> arguments, string? fault = null, string? database = null, int? core = null)
    {
        var (file, first) = Executable();
        string[] command = [file, .. first, .. arguments];
        if (core is { } one)
        {
            // It becomes the program: the process id stays.
            command = ["taskset", "--cpu-list", one.ToString(CultureInfo.InvariantCulture), .. command];
        }
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["NO_COLOR"] = "1";
        start.Environment.Remove(ProcessFault.Variable);
        start.Environment.Remove(StorageOptions.DatabaseVariable);
        if (database is not null)
        {
            start.Environment[StorageOptions.DatabaseVariable] = database;
        }
        if (fault is not null)
        {
            start.Environment[ProcessFault.Variable] = fault;
        }
        var node = new TorturedNode(new Process { StartInfo = start });
        node._process.OutputDataReceived += (_, line) => node.Take(line.Data);
        node._process.ErrorDataReceived += (_, line) => node.Take(line.Data);
        node._process.Start();
        node._process.StandardInput.Close();
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return node;
    }

    public bool HasExited => _process.HasExited;

    public int ProcessId => _process.Id;

    /// <summary>Where it answers; null when it ended before it did.</summary>
    /// <exception cref="TortureException">It does neither in time.</exception>
    public async Task<TortureClient?> ReadyAsync(TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        TortureClient? client = null;
        while (Stopwatch.GetElapsedTime(started) < limit)
        {
            if (_process.HasExited)
            {
                client?.Dispose();
                return null;
            }
            if (client is null && _address.Task.IsCompletedSuccessfully)
            {
                client = new TortureClient(await _address.Task);
            }
            if (client is not null && await client.IsReadyAsync())
            {
                return client;
            }
            await Task.Delay(PollInterval);
        }
        client?.Dispose();
        throw new TortureException($"The node isn't ready after {limit.TotalSeconds} s. It said:\n{Output}");
    }

    /// <summary>The memory that it has now.</summary>
    public long WorkingSetBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>The most that it ever had, as the system counts it: nothing falls between two looks.</summary>
    public long PeakWorkingSetBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>SIGTERM.</summary>
    /// <exception cref="InvalidOperationException">It is gone.</exception>
    public void Terminate()
    {
        if (Kill(_process.Id, SignalTerminate) != 0)
        {
            throw new InvalidOperationException($"The process can't be told to end: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <summary>Its exit code; null when it hasn't ended in time.</summary>
    public async Task<int?> WaitAsync(TimeSpan limit)
    {
        using var cancellation = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(cancellation.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static (string File, string[] First) Executable()
    {
        var path = Environment.ProcessPath ?? throw new InvalidOperationException("This process has no path.");
        return Path.GetFileNameWithoutExtension(path) == "dotnet" ? (path, [Assembly.GetExecutingAssembly().Location]) : (path, []);
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }
        lock (_lines)
        {
            if (_lines.Count == LinesMax)
            {
                _lines.Dequeue();
            }
            _lines.Enqueue(line);
        }
        var trimmed = line.Trim();
        if (Array.Find(AddressLines, start => trimmed.StartsWith(start, StringComparison.Ordinal)) is { } start && Uri.TryCreate(trimmed[start.Length..].Trim(), UriKind.Absolute, out var address))
        {
            _address.TrySetResult(new Uri(address.GetLeftPart(UriPartial.Authority)));
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
