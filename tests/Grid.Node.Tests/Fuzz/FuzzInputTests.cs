using System.Text.Json;
using Grid.Node.Commands;
using Grid.Node.Fuzz;
using Grid.Node.Fuzz.Input;

namespace Grid.Node.Tests.Fuzz;

public sealed class FuzzInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_target_refuses_what_is_wrong_and_nothing_else_happens()
    {
        _folder.Add("fixtures/rlp.json", Fixtures.RlpTest);
        var run = await CommandRun.OfAsync(
            "fuzz", "input", "--seed", "7", "--cases", "3000", "--seconds", "60", "--lanes", "1", "--json", "--out", _folder.Path, "--fixtures",
                Path.Combine(_folder.Path, "fixtures"));
        Assert.True(run.ExitCode == ExitCode.Ok, run.Output + run.Error);
        using var line = JsonDocument.Parse(Assert.Single(run.Lines));
        Assert.Equal(3_000, line.RootElement.GetProperty("inputs").GetInt64());
        var counts = line.RootElement.GetProperty("inputs_by_target").EnumerateObject().ToArray();
        Assert.Equal(InputTargets.All.Select(target => target.Name).Order(StringComparer.Ordinal), counts.Select(count => count.Name));
        Assert.All(counts, count => Assert.True(count.Value.GetInt64() > 100));
        // Mutations leave enough of most inputs for the decoder to get somewhere.
        Assert.All(line.RootElement.GetProperty("accepted_by_target").EnumerateObject(), count => Assert.True(count.Value.GetInt64() > 0, count.Name));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.bin"));
    }

    [Fact]
    public void An_input_follows_from_its_seed_and_index()
    {
        var (first, second) = (new InputFuzzer(InputTargets.All, Options(), _ => { }), new InputFuzzer(InputTargets.All, Options(), _ => { }));
        for (ulong i = 0; i < 100; i++)
        {
            Assert.Equal(first.Make(i), second.Make(i), (a, b) => a.Target == b.Target && a.Input.AsSpan().SequenceEqual(b.Input));
        }
    }

    [Fact]
    public void An_exception_that_isnt_allowed_is_found_minimized_and_written()
    {
        var target = new InputTarget("planted", InputKind.Bytes, dice => dice.Bytes(32), bytes =>
        {
            if (bytes.AsSpan().IndexOf((byte)0x42) >= 0)
            {
                throw new IndexOutOfRangeException("planted");
            }
            throw new FormatException("refused");
        }, typeof(FormatException));
        var finding = Assert.Single(Run(target).Findings);
        Assert.Equal(("planted", nameof(IndexOutOfRangeException)), (finding.Target, finding.Kind));
        Assert.Equal([0x42], File.ReadAllBytes(finding.File));
        Assert.Equal(nameof(IndexOutOfRangeException), InputFuzzer.Check(target, File.ReadAllBytes(finding.File), out _)!.Value.Kind);
    }

    [Fact]
    public void Memory_beyond_the_limit_is_a_finding()
    {
        var target = new InputTarget("greedy", InputKind.Bytes, dice => dice.Bytes(8), bytes =>
            GC.KeepAlive(new byte[bytes.Length > 4 ? 2 << 20 : 1])) { AllocatedBytesMax = 1 << 20 };
        var finding = Assert.Single(Run(target).Findings);
        Assert.Equal("allocation", finding.Kind);
        Assert.Equal(5, new FileInfo(finding.File).Length);
    }

    [Fact]
    public void An_input_that_doesnt_end_is_a_finding_and_others_go_on()
    {
        using var never = new ManualResetEventSlim();
        var hung = 0;
        var target = new InputTarget("slow", InputKind.Bytes, dice => dice.Bytes(8), _ =>
        {
            if (Interlocked.Increment(ref hung) == 3)
            {
                never.Wait();
            }
        });
        var summary = Run(target, timeLimit: TimeSpan.FromMilliseconds(300));
        never.Set();
        Assert.Equal("hang", Assert.Single(summary.Findings).Kind);
        Assert.Equal(499, summary.Inputs["slow"]);
    }

    [Fact]
    public async Task A_saved_input_is_read_again()
    {
        var file = _folder.Add("input.bin", "not RLP");
        var run = await CommandRun.OfAsync("fuzz", "input", "--target", "rlp", "--file", file);
        Assert.Equal((ExitCode.Ok, "rlp: refused"), (run.ExitCode, run.Lines.Single()));
    }

    private InputOptions Options(TimeSpan? timeLimit = null) =>
        new(TimeSpan.FromSeconds(60), Seed: 3, Cases: 500, Lanes: 1, [], _folder.Path, timeLimit ?? TimeSpan.FromSeconds(30));

    private InputSummary Run(InputTarget target, TimeSpan? timeLimit = null) =>
        new InputFuzzer([target], Options(timeLimit), _ => { }).Run(TestContext.Current.CancellationToken);
}
