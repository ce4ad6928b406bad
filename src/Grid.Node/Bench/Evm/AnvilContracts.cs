using System.Diagnostics;
using Grid.Primitives;

namespace Grid.Node.Bench.Evm;

/// <summary>The same cases through anvil's `eth_call`.</summary>
public sealed class AnvilContracts(AnvilProcess anvil, ContractCases cases)
{
    /// <summary>Large enough that no case's gas limit is cut.</summary>
    private const string GasLimit = "2000000000";

    private const int WarmUps = 2;

    public static Task<AnvilProcess> StartAsync(string executable, CancellationToken cancellation) =>
        AnvilProcess.StartAsync(executable, ["--gas-limit", GasLimit, "--hardfork", "osaka", "--accounts", "1", "--base-fee", "0", "--gas-price", "0"], cancellation);

    /// <summary>The median of the times in milliseconds, measured at the client.</summary>
    /// <exception cref="AnvilException">It refuses, or returns other data.</exception>
    public async Task<double> RunAsync(ContractCase contract, int runs, CancellationToken cancellation)
    {
        var address = cases.Address.ToString();
        await anvil.CallAsync("anvil_setCode", [address, Hex.Encode(contract.Code)], cancellation);
        object call = new
        {
            from = cases.Caller.ToString(), to = address, data = Hex.Encode(contract.CallData), gas = $"0x{contract.GasLimit:x}", gasPrice = "0x0",
        };
        var times = new double[runs];
        for (var i = -WarmUps; i < runs; i++)
        {
            var started = Stopwatch.GetTimestamp();
            var output = await anvil.CallAsync("eth_call", [call, "latest"], cancellation);
            var elapsedMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            if (output.GetString() != Hex.Encode(contract.Output))
            {
                throw new AnvilException($"anvil returns {output} for {contract.Name}.");
            }
            if (i >= 0)
            {
                times[i] = elapsedMs;
            }
        }
        return Sample.Median(times);
    }
}
