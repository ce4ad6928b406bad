using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Gateway.Json;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.JsonRpc.Methods;

/// <summary>What gas costs (execution-apis, eth/fee_market.yaml).</summary>
internal static class FeeMethods
{
    private const ulong BlocksMax = 1_024;
    private const int PercentilesMax = 100;

    private sealed record FeeHistoryRow(UInt256 BaseFee, double GasUsedRatio, UInt256 BlobBaseFee, double BlobGasUsedRatio, UInt256[]? Rewards);

    public static async ValueTask<RpcAnswer> GasPrice(RpcContext context, RpcParameters parameters)
    {
        var info = await context.Grid.Reader.GetChainInfo();
        return RpcAnswer.Quantity(info.NextBaseFeePerGas + context.Options.SuggestedPriorityFeePerGas);
    }

    public static ValueTask<RpcAnswer> MaxPriorityFeePerGas(RpcContext context, RpcParameters parameters) =>
        new(RpcAnswer.Quantity(context.Options.SuggestedPriorityFeePerGas));

    public static async ValueTask<RpcAnswer> BlobBaseFee(RpcContext context, RpcParameters parameters) =>
        RpcAnswer.Quantity((await context.Grid.Reader.GetChainInfo()).NextBlobBaseFee);

    public static async ValueTask<RpcAnswer> BaseFee(RpcContext context, RpcParameters parameters) =>
        RpcAnswer.Quantity((await context.Grid.Reader.GetChainInfo()).NextBaseFeePerGas);

    public static async ValueTask<RpcAnswer> FeeHistory(RpcContext context, RpcParameters parameters)
    {
        var count = Math.Min(HexValue.HexOrDecimal(parameters.Required(0), 0), BlocksMax);
        var newest = parameters.BlockNumber(1);
        var percentiles = ReadPercentiles(parameters);
        var info = await context.Grid.Reader.GetChainInfo();
        var last = newest.Selector.Tag switch
        {
            BlockTag.Number => newest.Selector.Number,
            BlockTag.Earliest => 0UL,
            _ => info.Head.Number,
        };
        if (last > info.Head.Number)
        {
            return RpcError.Refused($"request beyond head block: requested {last}, head {info.Head.Number}");
        }
        count = Math.Min(count, last + 1);
        var first = last + 1 - count;
        var rows = new List<FeeHistoryRow>((int)count);
        for (var number = first; number <= last && count > 0; number++)
        {
            rows.Add(await ReadRow(context, number, percentiles));
        }
        var next = last == info.Head.Number
            ? (info.NextBaseFeePerGas, info.NextBlobBaseFee)
            : await ReadPrices(context, last + 1);
        return RpcAnswer.Of(writer => Write(writer, first, rows, next, percentiles.Length > 0));
    }

    private static async Task<FeeHistoryRow> ReadRow(RpcContext context, ulong number, double[] percentiles)
    {
        var spec = context.Grid.Chain.Spec;
        BlockHeader header;
        UInt256[]? rewards = null;
        if (percentiles.Length > 0)
        {
            var block = await context.Grid.Reader.GetReceipts(BlockSelector.At(number)) ?? throw new BlockNotFoundException();
            header = block.Block.Header;
            rewards = RewardsAt(block, percentiles);
        }
        else
        {
            header = (await context.Grid.Reader.GetBlock(BlockSelector.At(number)) ?? throw new BlockNotFoundException()).Block.Header;
        }
        return new FeeHistoryRow(
            header.BaseFeePerGas ?? UInt256.Zero,
            header.GasLimit == 0 ? 0 : (double)header.GasUsed / header.GasLimit,
            BlobFees.PriceIn(header, spec),
            BlobFees.UsedRatio(header, spec),
            rewards);
    }

    private static async Task<(UInt256, UInt256)> ReadPrices(RpcContext context, ulong number)
    {
        var header = (await context.Grid.Reader.GetBlock(BlockSelector.At(number)) ?? throw new BlockNotFoundException()).Block.Header;
        return (header.BaseFeePerGas ?? UInt256.Zero, BlobFees.PriceIn(header, context.Grid.Chain.Spec));
    }

    /// <summary>The priority fee at which this share of the block's gas, cheapest first, was reached.</summary>
    private static UInt256[] RewardsAt(BlockReceipts block, double[] percentiles)
    {
        var rewards = new UInt256[percentiles.Length];
        var transactions = block.Block.Transactions;
        if (transactions.Length == 0)
        {
            return rewards;
        }
        var baseFee = block.Block.Header.BaseFeePerGas ?? UInt256.Zero;
        var sorted = transactions
            .Select((transaction, i) => (Fee: transaction.EffectivePriorityFee(baseFee), Gas: block.Receipts[i].GasUsed))
            .OrderBy(x => x.Fee)
            .ToArray();
        var at = 0;
        var sum = sorted[0].Gas;
        for (var i = 0; i < percentiles.Length; i++)
        {
            var threshold = (ulong)(block.Block.Header.GasUsed * percentiles[i] / 100);
            while (sum < threshold && at < sorted.Length - 1)
            {
                sum += sorted[++at].Gas;
            }
            rewards[i] = sorted[at].Fee;
        }
        return rewards;
    }

    private static double[] ReadPercentiles(RpcParameters parameters)
    {
        if (!parameters.TryGet(2, out var list))
        {
            return [];
        }
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(x => x.ValueKind != JsonValueKind.Number))
        {
            throw HexValue.Invalid(2, "expected an array of numbers");
        }
        var percentiles = list.EnumerateArray().Select(x => x.GetDouble()).ToArray();
        if (percentiles.Length > PercentilesMax)
        {
            throw new RpcException(RpcError.Refused($"invalid reward percentile: over the query limit {PercentilesMax}"));
        }
        for (var i = 0; i < percentiles.Length; i++)
        {
            if (percentiles[i] is not (>= 0 and <= 100))
            {
                throw new RpcException(RpcError.Refused(string.Create(CultureInfo.InvariantCulture, $"invalid reward percentile: {percentiles[i]:F6}")));
            }
            if (i > 0 && percentiles[i] <= percentiles[i - 1])
            {
                throw new RpcException(RpcError.Refused(string.Create(
                    CultureInfo.InvariantCulture, $"invalid reward percentile: #{i - 1}:{percentiles[i - 1]:F6} >= #{i}:{percentiles[i]:F6}")));
            }
        }
        return percentiles;
    }

    private static void Write(Utf8JsonWriter writer, ulong first, List<FeeHistoryRow> rows, (UInt256 BaseFee, UInt256 BlobFee) next, bool withRewards)
    {
        writer.WriteStartObject();
        writer.WriteQuantity(FieldNames.OldestBlock, first);
        if (withRewards)
        {
            writer.WriteStartArray(FieldNames.Reward);
            rows.ForEach(row => WriteQuantities(writer, row.Rewards!));
            writer.WriteEndArray();
        }
        writer.WritePropertyName(FieldNames.BaseFeePerGas);
        WriteQuantities(writer, rows.Select(row => row.BaseFee).Append(next.BaseFee));
        WriteNumbers(writer, FieldNames.GasUsedRatio, rows.Select(row => row.GasUsedRatio));
        writer.WritePropertyName(FieldNames.BaseFeePerBlobGas);
        WriteQuantities(writer, rows.Select(row => row.BlobBaseFee).Append(next.BlobFee));
        WriteNumbers(writer, FieldNames.BlobGasUsedRatio, rows.Select(row => row.BlobGasUsedRatio));
        writer.WriteEndObject();
    }

    private static void WriteQuantities(Utf8JsonWriter writer, IEnumerable<UInt256> values)
    {
        writer.WriteStartArray();
        foreach (var value in values)
        {
            writer.WriteQuantityValue(in value);
        }
        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, JsonEncodedText name, IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteNumberValue(value);
        }
        writer.WriteEndArray();
    }
}
