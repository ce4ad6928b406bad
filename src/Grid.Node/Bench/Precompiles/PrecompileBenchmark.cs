using System.Diagnostics;
using Grid.Evm;
using Grid.Evm.Precompiles;
using Grid.Primitives;

namespace Grid.Node.Bench.Precompiles;

/// <summary>Times calls of precompiles on one thread, in processor time, as the interpreter makes them: price, room for the output, run.</summary>
public static class PrecompileBenchmark
{
    /// <summary>A case runs at least this long before it is timed, so that its code is compiled and optimized.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    /// <summary>Calls are timed in batches of about this length, so that the clock's own time doesn't count.</summary>
    private static readonly TimeSpan Batch = TimeSpan.FromMicroseconds(250);

    /// <summary>Before Berlin MODEXP is free for small operands (EIP-198 has no minimum), and there is nothing to divide by.</summary>
    private const Fork FirstFork = Fork.Berlin;

    public const Fork LastFork = Fork.Osaka;

    private static readonly Dictionary<Fork, PrecompileTable> Tables = Enum.GetValues<Fork>().Where(fork => fork <= LastFork).ToDictionary(fork => fork, PrecompileTable.Of);

    public static Precompile? Find(int address, Fork fork = LastFork) => Tables[fork].Find(Address.FromNumber((ulong)address));

    public static PrecompileResult Run(PrecompileCase call, int runs)
    {
        var fork = call.Fork ?? CheapestFork(call);
        var precompile = Find(call.Address, fork)!;
        var gas = precompile.GasCost(call.Input);
        var output = new byte[precompile.OutputLength(call.Input)];
        var isRight = true;
        var count = 0;
        var started = Now();
        do
        {
            isRight &= TryCall(precompile, call.Input, output, out var length) && output.AsSpan(0, length).SequenceEqual(call.Output);
            count++;
        }
        while (Now() - started < WarmUp);
        var batch = Math.Max(1, (int)(count * Batch / (Now() - started)));
        var times = new double[runs];
        for (var i = 0; i < times.Length; i++)
        {
            started = Now();
            for (var j = 0; j < batch; j++)
            {
                isRight &= TryCall(precompile, call.Input, output, out _);
            }
            times[i] = (Now() - started).TotalNanoseconds / batch;
        }
        var median = Sample.Median(times);
        return new PrecompileResult(
            call.Name, $"0x{call.Address:x2}", fork.ToString(), gas, Sample.Round(median), Sample.Round(gas * 1000 / median), isRight);
    }

    /// <summary>The output of a call under the last fork's rules, for inputs that are made of outputs.</summary>
    /// <exception cref="InvalidOperationException">The precompile refuses the input.</exception>
    public static byte[] Call(int address, params byte[][] input)
    {
        var precompile = Find(address)!;
        byte[] joined = [.. input.SelectMany(part => part)];
        var output = new byte[precompile.OutputLength(joined)];
        return precompile.TryRun(joined, output, out var length)
            ? output[..length]
            : throw new InvalidOperationException($"The precompile 0x{address:x2} refuses an input of the benchmark.");
    }

    /// <summary>The process's own time, so that what else the machine does doesn't count; Windows' clock of that is too coarse.</summary>
    private static TimeSpan Now() => OperatingSystem.IsWindows() ? Stopwatch.GetElapsedTime(0) : Environment.CpuUsage.TotalTime;

    private static bool TryCall(Precompile precompile, byte[] input, byte[] output, out int length)
    {
        length = 0;
        return precompile.GasCost(input) != long.MaxValue && precompile.OutputLength(input) == output.Length && precompile.TryRun(input, output, out length);
    }

    private static Fork CheapestFork(PrecompileCase call) =>
        Tables.Keys.Where(fork => fork >= FirstFork && Find(call.Address, fork) is not null)
            .OrderBy(fork => Find(call.Address, fork)!.GasCost(call.Input)).ThenByDescending(fork => fork).First();
}
