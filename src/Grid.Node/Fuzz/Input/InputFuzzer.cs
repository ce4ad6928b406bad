using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace Grid.Node.Fuzz.Input;

/// <summary>How long and with what.</summary>
/// <param name="Fixtures">Files whose contents are seeds, too.</param>
/// <param name="Folder">Where findings are written.</param>
/// <param name="TimeLimit">Of one input.</param>
internal sealed record InputOptions(TimeSpan Time, ulong Seed, ulong? Cases, int Lanes, IReadOnlyList<string> Fixtures, string Folder,
    TimeSpan TimeLimit)
{
    /// <summary>Findings after which a run ends.</summary>
    public const int MaxFindings = 50;
}

/// <summary>An input that a target doesn't treat as it should.</summary>
/// <param name="Kind">The exception, "hang" or "allocation".</param>
internal sealed record InputFinding(string Target, ulong Case, string Kind, string Message, string File);

/// <param name="Inputs">By target.</param>
/// <param name="Accepted">Inputs that were read without an error, by target.</param>
internal sealed record InputSummary(
    IReadOnlyDictionary<string, long> Inputs, IReadOnlyDictionary<string, long> Accepted, IReadOnlyList<InputFinding> Findings, TimeSpan Elapsed);

/// <summary>
/// Mutates inputs and has targets read them, on several lanes, with a watch on time and memory. Safe because a lane has all of its own but the next
/// index, which is taken atomically, and what is found, which is under a lock. A lane whose input doesn't end is left alone, and another one takes its place.
/// </summary>
/// <param name="observe">Called for each finding, one at a time.</param>
internal sealed class InputFuzzer(IReadOnlyList<InputTarget> targets, InputOptions options, Action<InputFinding> observe)
{
    private const int GeneratedSeeds = 48, FixtureSeeds = 200, MaxSeedBytes = 256 << 10, MinimizeTriesMax = 2_000, MaxHangs = 4;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<InputFinding> _findings = [];
    private readonly HashSet<string> _kinds = [];
    private readonly long[] _inputs = new long[targets.Count];
    private readonly long[] _accepted = new long[targets.Count];
    private readonly Lazy<byte[][]>[] _seeds = [.. targets.Select(target => new Lazy<byte[][]>(() => MakeSeeds(target, options)))];
    private long _next;

    private sealed class Lane
    {
        public Thread? Thread { get; set; }

        public (int Target, ulong Index, byte[] Input)? Current { get; set; }

        public long Started { get; set; }
    }

    public InputSummary Run(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        Directory.CreateDirectory(options.Folder);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(options.Time);
        var lanes = Enumerable.Range(0, options.Lanes).Select(_ => StartLane(time)).ToList();
        for (var hangs = 0; lanes.Count > 0;)
        {
            lanes[0].Thread!.Join(WatchInterval);
            foreach (var lane in lanes.Where(IsOverTime).ToList())
            {
                ReportHang(lane);
                lanes.Remove(lane);
                if (++hangs < MaxHangs && !time.IsCancellationRequested)
                {
                    lanes.Add(StartLane(time));
                }
            }
            lanes.RemoveAll(lane => !lane.Thread!.IsAlive);
        }
        return new InputSummary(ByTarget(_inputs), ByTarget(_accepted), _findings, Stopwatch.GetElapsedTime(started));
    }

    /// <summary>The target and the input of an index.</summary>
    public (int Target, byte[] Input) Make(ulong index)
    {
        var dice = new Dice(options.Seed, index);
        var target = (int)(index % (ulong)targets.Count);
        var seeds = _seeds[target].Value;
        return (target, Mutator.Mutate(dice, targets[target].Kind, dice.Pick(seeds), () => dice.Pick(seeds)));
    }

    /// <summary>What is wrong with how a target reads an input: its kind, and words; null for nothing.</summary>
    public static (string Kind, string Message)? Check(InputTarget target, byte[] input, out bool accepted)
    {
        accepted = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
            accepted = true;
        }
        catch (Exception exception) when (!target.Allows(exception))
        {
            return (exception.GetType().Name, $"{exception.Message} {exception.StackTrace?.Split('\n', 2)[0].Trim()}");
        }
        catch (Exception exception) when (target.Allows(exception))
        {
            // It is refused, as it should be.
            accepted = false;
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var limit = target.AllocatedBytesMax + (target.AllocatedBytesPerByte * input.Length);
        return allocated > limit ? ("allocation", $"{allocated} bytes for an input of {input.Length}, and {limit} are allowed") : null;
    }

    private Lane StartLane(CancellationTokenSource time)
    {
        var lane = new Lane();
        lane.Thread = new Thread(() => RunLane(lane, time)) { IsBackground = true, Name = "fuzz input" };
        lane.Thread.Start();
        return lane;
    }

    private void RunLane(Lane lane, CancellationTokenSource time)
    {
        using var blackBox = new BlackBox(options.Folder);
        while (!time.IsCancellationRequested)
        {
            var index = (ulong)Interlocked.Increment(ref _next) - 1;
            if (index >= (options.Cases ?? ulong.MaxValue))
            {
                return;
            }
            var (target, input) = Make(index);
            blackBox.Write(targets[target].Name, input);
            lane.Started = Stopwatch.GetTimestamp();
            lane.Current = (target, index, input);
            var wrong = Check(targets[target], input, out var accepted);
            lock (_lock)
            {
                if (lane.Current is null)
                {
                    // It was given up, and reported.
                    return;
                }
                lane.Current = null;
                _inputs[target]++;
                _accepted[target] += accepted ? 1 : 0;
            }
            if (wrong is { } found)
            {
                Report(targets[target], index, input, found.Kind, found.Message, time);
            }
        }
    }

    private bool IsOverTime(Lane lane)
    {
        lock (_lock)
        {
            return lane.Current is not null && Stopwatch.GetElapsedTime(lane.Started) > options.TimeLimit;
        }
    }

    private void ReportHang(Lane lane)
    {
        (int Target, ulong Index, byte[] Input) current;
        lock (_lock)
        {
            if (lane.Current is not { } running)
            {
                return;
            }
            (current, lane.Current) = (running, null);
        }
        Add(targets[current.Target], current.Index, current.Input, "hang", $"more than {options.TimeLimit.TotalSeconds:F0} s");
    }

    private void Report(InputTarget target, ulong index, byte[] input, string kind, string message, CancellationTokenSource time)
    {
        lock (_lock)
        {
            // One of a kind and place.
            if (!_kinds.Add($"{target.Name} {kind} {(kind == "allocation" ? "" : message)}"))
            {
                return;
            }
            if (_findings.Count >= InputOptions.MaxFindings)
            {
                time.Cancel();
                return;
            }
        }
        Add(target, index, Minimize(target, input, kind), kind, message);
    }

    private void Add(InputTarget target, ulong index, byte[] input, string kind, string message)
    {
        var file = Path.Combine(options.Folder, $"fuzz-input-{target.Name.Replace(' ', '-')}-{options.Seed}-{index}.bin");
        File.WriteAllBytes(file, input);
        var finding = new InputFinding(target.Name, index, kind, message, file);
        lock (_lock)
        {
            _findings.Add(finding);
            observe(finding);
        }
    }

    /// <summary>Pieces go that it fails alike without: halves first, single bytes last.</summary>
    public static byte[] Minimize(InputTarget target, byte[] input, string kind)
    {
        var tries = 0;
        for (var chunk = input.Length / 2; chunk > 0 && tries < MinimizeTriesMax; chunk /= 2)
        {
            for (var start = 0; start + chunk <= input.Length && tries < MinimizeTriesMax; tries++)
            {
                byte[] shorter = [.. input[..start], .. input[(start + chunk)..]];
                if (Check(target, shorter, out _) is { } found && found.Kind == kind)
                {
                    input = shorter;
                }
                else
                {
                    start += chunk;
                }
            }
        }
        return input;
    }

    private SortedDictionary<string, long> ByTarget(long[] counts) =>
        new(targets.Select((target, i) => (target.Name, Count: counts[i])).ToDictionary(pair => pair.Name, pair => pair.Count), StringComparer.Ordinal);

    private static byte[][] MakeSeeds(InputTarget target, InputOptions options)
    {
        var seeds = new List<byte[]>();
        for (var i = 0; i < GeneratedSeeds; i++)
        {
            seeds.Add(target.Seed(new Dice(options.Seed, ulong.MaxValue - (ulong)i)));
        }
        if (target.TakesFixture is { } takes)
        {
            var files = options.Fixtures.Where(path => takes(path)
                && new FileInfo(path).Length <= MaxSeedBytes).Order(StringComparer.Ordinal).ToArray();
            // Evenly from all folders.
            var step = Math.Max(1, files.Length / FixtureSeeds);
            seeds.AddRange(files.Where((_, i) => i % step == 0).Select(File.ReadAllBytes));
        }
        return [.. seeds];
    }

    /// <summary>Keeps the input at hand in a mapped file, which is there after a crash that nothing catches, as an overflow of the stack.</summary>
    private sealed class BlackBox : IDisposable
    {
        private const int Capacity = 2 << 20;

        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;

        public BlackBox(string folder)
        {
            // Gone with its handle, whenever a lane that was given up lets go of it.
            var stream = new FileStream(Path.Combine(folder, $"fuzz-input-running-{Guid.NewGuid():N}.bin"), new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Read, Options = FileOptions.DeleteOnClose,
            });
            _file = MemoryMappedFile.CreateFromFile(stream, null, Capacity, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor();
        }

        /// <summary>The length of the name and the name, the length of the input and the input.</summary>
        public void Write(string target, byte[] input)
        {
            _view.Write(0, target.Length);
            _view.WriteArray(4, System.Text.Encoding.ASCII.GetBytes(target), 0, target.Length);
            _view.Write(4 + target.Length, input.Length);
            _view.WriteArray(8 + target.Length, input, 0, input.Length);
        }

        public void Dispose()
        {
            _view.Dispose();
            _file.Dispose();
        }
    }
}
