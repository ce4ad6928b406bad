using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Grid.EndToEnd;

/// <summary>What a process left behind.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error)
{
    public string All => Output + Error;
}

/// <summary>A started process whose output is collected. Disposing ends it.</summary>
/// <remarks>Safe because the builders are touched by the reader threads and by callers only under their own locks.</remarks>
internal sealed partial class RunningProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    /// <summary>SIGSTOP, which has another number on macOS.</summary>
    private static readonly int Stop = OperatingSystem.IsMacOS() ? 17 : 19;

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it starts; null for the folder of temporary files.</param>
    /// <param name="variables">Variables that its environment has, too.</param>
    public RunningProcess(string file, IEnumerable<string> arguments, string? folder = null, params KeyValuePair<string, string>[] variables)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.WorkingDirectory = folder ?? Path.GetTempPath();
        // A proxy of the machine's is not for 127.0.0.1, and colours are for people.
        start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        start.Environment["NO_COLOR"] = "1";
        start.Environment["FOUNDRY_DISABLE_NIGHTLY_WARNING"] = "1";
        // A process that runs for seconds does more of its work when its code isn't profiled for a better compilation.
        start.Environment["DOTNET_TieredPGO"] = "0";
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output => Read(_output);

    public string Error => Read(_error);

    /// <summary>Runs a program to its end.</summary>
    public static async Task<Outcome> RunAsync(string file, IEnumerable<string> arguments, TimeSpan timeout, string? folder = null)
    {
        await using var process = new RunningProcess(file, arguments, folder);
        return await process.WaitAsync(timeout);
    }

    /// <summary>Asks the process to end itself: SIGTERM.</summary>
    public void SendTerminate() => Assert.Equal(0, Kill(_process.Id, Terminate));

    /// <summary>Has the process stand still, with its connections open: SIGSTOP.</summary>
    public void Freeze() => Assert.Equal(0, Kill(_process.Id, Stop));

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <exception cref="TimeoutException">It still runs; the message has what it said so far.</exception>
    public async Task<Outcome> WaitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} didn't end within {timeout}. It said:\n{Output}{Error}");
        }
        return new Outcome(_process.ExitCode, Output, Error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
