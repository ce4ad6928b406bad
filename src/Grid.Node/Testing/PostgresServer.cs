using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Grid.Testing;

/// <summary>
/// A PostgreSQL server of a test's or a torture's own, made from the installed programs: on 127.0.0.1, in a temporary folder, with a user that has a
/// password. It can be killed and started again; disposing kills it and removes the folder.
/// </summary>
/// <remarks>Safe because one caller at a time starts, kills and disposes; the reader threads only complete tasks and add to a locked list.</remarks>
public sealed partial class PostgresServer : IAsyncDisposable
{
    /// <summary>Why a test is skipped where there is no server.</summary>
    public const string Missing = "Needs PostgreSQL's server programs, 15 or later (Debian: apt-get install postgresql).";

    public const string User = "grid";

    private const int Interrupt = 2, Quit = 3, StartsMax = 3, LinesKept = 200, ConnectionsMax = 200;

    private static readonly TimeSpan StepTimeout = TimeSpan.FromSeconds(60);

    private static readonly string? Programs = FindPrograms();

    private readonly string _folder = Directory.CreateTempSubdirectory("grid-postgres-").FullName;
    private readonly Queue<string> _said = new();
    private readonly string[] _settings;
    private Process? _process;

    private PostgresServer(string[] settings) => _settings = settings;

    /// <summary>Whether this machine has the programs.</summary>
    public static bool IsInstalled => Programs is not null;

    public string Password { get; } = RandomNumberGenerator.GetHexString(24, lowercase: true);

    public int Port { get; private set; }

    /// <summary>In Npgsql's form, with the password.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=postgres;Username={User};Password={Password}";

    /// <summary>The postmaster's.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The server isn't running.");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Makes a cluster and starts a server over it.</summary>
    /// <param name="settings">"name=value" each, beyond those that every server has.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var server = new PostgresServer(settings);
        try
        {
            await server.InitializeAsync();
            for (var attempt = 1; ; attempt++)
            {
                server.Port = FreePort();
                try
                {
                    await server.StartAgainAsync();
                    return server;
                }
                catch (InvalidOperationException) when (attempt < StartsMax && server.Said().Contains("could not bind", StringComparison.Ordinal))
                {
                    // Somebody else took the port in between.
                }
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts over the same data, on the same port, and returns when the server takes connections.</summary>
    /// <exception cref="InvalidOperationException">It ended; the message has what it said.</exception>
    public async Task StartAgainAsync()
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"port={Port}", $"unix_socket_directories={_folder}", $"max_connections={ConnectionsMax}", "shared_buffers=32MB", "lc_messages=C", .. _settings,
        ];
        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = Start("postgres", ["-D", Data, .. settings.SelectMany(setting => new[] { "-c", setting })], line =>
        {
            if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                isReady.TrySetResult();
            }
        });
        var hasEnded = _process.WaitForExitAsync();
        if (await Task.WhenAny(isReady.Task, hasEnded, Task.Delay(StepTimeout)) != isReady.Task)
        {
            var outcome = hasEnded.IsCompleted ? "ended" : $"wasn't ready within {StepTimeout}";
            await KillAsync();
            throw new InvalidOperationException($"The server {outcome}. It said:\n{Said()}");
        }
    }

    /// <summary>Ends the server and all its processes in the middle of whatever they do: SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }

    /// <summary>Ends the server in good order; who is connected is told, and thrown out ("fast": SIGINT).</summary>
    public Task StopAsync() => StopAsync(Interrupt);

    /// <summary>Ends the server without writing anything; its next start recovers from its log ("immediate": SIGQUIT).</summary>
    public Task QuitAsync() => StopAsync(Quit);

    private async Task StopAsync(int signal)
    {
        if (Kill(ProcessId, signal) != 0)
        {
            throw new InvalidOperationException($"The server can't be told to stop: error {Marshal.GetLastPInvokeError()}.");
        }
        using var limit = new CancellationTokenSource(StepTimeout);
        await _process!.WaitForExitAsync(limit.Token);
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task InitializeAsync()
    {
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, Password);
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            // The user who runs the server makes its own folder here.
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        }
        using var process = Start(
            "initdb", ["-D", Data, "-U", User, "--auth=scram-sha-256", $"--pwfile={password}", "--encoding=UTF8", "--locale=C", "--data-checksums", "--no-sync"], _ => { });
        using var limit = new CancellationTokenSource(StepTimeout);
        await process.WaitForExitAsync(limit.Token);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"initdb failed. It said:\n{Said()}");
        }
    }

    /// <summary>Starts a program of PostgreSQL's, as another user where this one is root, which it refuses to be.</summary>
    private Process Start(string program, IEnumerable<string> arguments, Action<string> onLine)
    {
        string[] command = [Path.Combine(Programs ?? throw new InvalidOperationException(Missing), program), .. arguments];
        if (Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows())
        {
            var user = File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal)) ? "postgres" : "nobody";
            // It becomes the program: the process id stays.
            command = ["setpriv", $"--reuid={user}", $"--regid={GroupOf(user)}", "--clear-groups", "--", .. command];
        }
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _folder };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data, onLine);
        process.ErrorDataReceived += (_, line) => Keep(line.Data, onLine);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line, Action<string> onLine)
    {
        if (line is null)
        {
            return;
        }
        lock (_said)
        {
            _said.Enqueue(line);
            if (_said.Count > LinesKept)
            {
                _said.Dequeue();
            }
        }
        onLine(line);
    }

    private string Said()
    {
        lock (_said)
        {
            return string.Join('\n', _said);
        }
    }

    private static string GroupOf(string user) => File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == user)[3];

    /// <summary>Debian's and Red Hat's folders for each version, the newest first, and then the PATH.</summary>
    private static string? FindPrograms()
    {
        var versions = new[] { "/usr/lib/postgresql", "/usr" }.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateDirectories(folder))
            .Select(folder => (Folder: Path.Combine(folder, "bin"), Version: Path.GetFileName(folder).Replace("pgsql-", "", StringComparison.Ordinal)))
            .Where(x => int.TryParse(x.Version, out var version) && version >= 15)
            .OrderByDescending(x => int.Parse(x.Version, System.Globalization.CultureInfo.InvariantCulture))
            .Select(x => x.Folder);
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return versions.Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
