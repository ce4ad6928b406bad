using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Grid.Primitives;

namespace Grid.Node.Bench.Block;

/// <summary>anvil's `evm_mine` of the same transactions over the same genesis: submission isn't timed.</summary>
public sealed class AnvilBlocks(BlockWorkload workload, string executable)
{
    private const int BatchSize = 50;

    /// <summary>Starts a new anvil; the time of its block in milliseconds, measured at the client.</summary>
    /// <exception cref="AnvilException">It refuses, or mines another block than the expected one.</exception>
    public async Task<double> MineAsync(int transactions, CancellationToken cancellation)
    {
        using var genesis = GenesisFile.Of(workload);
        string[] arguments =
        [
            "--init", genesis.Path, "--order", "fifo", "--no-mining", "--accounts", "0", "--hardfork", "osaka",
            "--gas-limit", workload.Attributes.GasLimit.ToString(CultureInfo.InvariantCulture),
            "--chain-id", workload.Genesis.Spec.ChainId.ToString(CultureInfo.InvariantCulture),
            "--disable-default-create2-deployer", "--disable-pool-balance-checks",
        ];
        await using var anvil = await AnvilProcess.StartAsync(executable, arguments, cancellation);
        await anvil.CallAsync("anvil_setCoinbase", [workload.Attributes.Beneficiary.ToString()], cancellation);
        await anvil.CallAsync("evm_setNextBlockTimestamp", [workload.Attributes.Timestamp], cancellation);
        var parent = workload.Genesis.ToHeader(default);
        var baseFee = Chain.BaseFeeRules.Next(parent, workload.Genesis.Fork) ?? default;
        await anvil.CallAsync("anvil_setNextBlockBaseFeePerGas", [baseFee.ToHex()], cancellation);
        foreach (var batch in workload.Transactions.Take(transactions).Chunk(BatchSize))
        {
            await anvil.BatchAsync("eth_sendRawTransaction", batch.Select(raw => new object?[] { Hex.Encode(raw) }), cancellation);
        }
        var started = Stopwatch.GetTimestamp();
        await anvil.CallAsync("evm_mine", [], cancellation);
        var elapsedMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        Check(await anvil.CallAsync("eth_getBlockByNumber", ["0x1", false], cancellation), transactions);
        return elapsedMs;
    }

    private void Check(JsonElement block, int transactions)
    {
        var mined = block.GetProperty("transactions").GetArrayLength();
        if (mined != transactions)
        {
            throw new AnvilException($"anvil mined {mined} of {transactions} transactions.");
        }
        var receiptsRoot = block.GetProperty("receiptsRoot").GetString();
        if (workload.ExpectedOf(transactions) is { } expected && expected.ReceiptsRoot != receiptsRoot)
        {
            throw new AnvilException($"anvil's receipts root is {receiptsRoot}, and {expected.ReceiptsRoot} is expected.");
        }
    }
}
