using System.Buffers;
using System.Text;
using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Execution.Tracing;
using Grid.Gateway.Json.Traces;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fixtures;

/// <summary>
/// Trace tests (go-ethereum): a state, a block's context, a transaction, and what a tracer tells of it. The folder tells which tracer. What it tells goes
/// through the JSON that the gateway writes, and is compared with the file's field by field.
/// </summary>
public sealed class TraceTestFormat : IWholeFileFormat
{
    /// <summary>Calls nest 1,024 deep, each with a list around it.</summary>
    private const int MaxJsonDepth = 8_192;

    private sealed record Setting(Transaction Transaction, BlockEnvironment Environment, WorldTrie Before, JsonElement Config)
    {
        public bool Has(string option) =>
            Config.ValueKind == JsonValueKind.Object && Config.TryGetProperty(option, out var value) && value.ValueKind == JsonValueKind.True;
    }

    public bool Recognizes(string path, JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("genesis", out _) && root.TryGetProperty("context", out _)
        && root.TryGetProperty("input", out _) && root.TryGetProperty("result", out _);

    public IEnumerable<FixtureCase> Cases(string path, JsonElement root)
    {
        var tracer = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))) ?? "";
        yield return new FixtureCase(Path.GetFileNameWithoutExtension(path), "", () => Run(tracer, root));
    }

    private static CaseOutcome Run(string tracer, JsonElement root)
    {
        var setting = Read(root);
        var isFlat = tracer == "call_tracer_flat";
        var trace = tracer switch
        {
            "call_tracer" or "call_tracer_withLog" => CallTrace(setting, isLegacy: false),
            "call_tracer_legacy" => CallTrace(setting, isLegacy: true),
            "call_tracer_flat" => FlatTrace(setting),
            "prestate_tracer" or "prestate_tracer_with_diff_mode" => Prestate(setting, isLegacy: false),
            "prestate_tracer_legacy" => Prestate(setting, isLegacy: true),
            "erc7562_tracer" => Erc7562Trace(setting),
            _ => throw new FixtureFormatException($"The folder '{tracer}' names no tracer."),
        };
        using var have = JsonDocument.Parse(trace, new JsonDocumentOptions { MaxDepth = MaxJsonDepth });
        var differences = new TraceComparison(isFlat).Compare(have.RootElement, root.Field("result"));
        return differences.Count == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the trace differs", differences);
    }

    private static Setting Read(JsonElement root)
    {
        var genesisElement = root.Field("genesis");
        var genesis = Genesis.Parse(Encoding.UTF8.GetBytes(genesisElement.GetRawText()));
        var context = root.Field("context");
        var (number, timestamp) = (context.Field("number").Number(), context.Field("timestamp").Number());
        var isAfterMerge = genesis.Spec.TerminalTotalDifficulty is { IsZero: true };
        var fork = genesis.Spec.ForkAt(number, timestamp, isAfterMerge);
        var baseFee = context.OptionalField("baseFeePerGas") ?? genesisElement.OptionalField("baseFeePerGas");
        var header = new BlockHeader
        {
            Beneficiary = context.Field("miner").Address(),
            Number = number,
            Timestamp = timestamp,
            GasLimit = context.Field("gasLimit").Number(),
            Difficulty = isAfterMerge ? UInt256.Zero : context.Field("difficulty").Word(),
            PrevRandao = genesis.MixHash,
            BaseFeePerGas = fork >= Fork.London ? baseFee?.Word() ?? BaseFeeRules.InitialBaseFee : null,
            ExcessBlobGas = fork >= Fork.Cancun ? genesis.ExcessBlobGas ?? 0 : null,
        };
        if (!Transaction.TryDecode(root.Field("input").Bytes(), out var transaction, out var error))
        {
            throw new FixtureFormatException($"The transaction is refused: {TransactionErrorText.Of(error)}");
        }
        return new Setting(
            transaction, BlockEnvironment.Of(genesis.Spec, fork, header, [], DecimalHashes.Instance), WorldTrie.Empty().Apply(genesis.ToAccountChanges()),
            root.OptionalField("tracerConfig") ?? default);
    }

    private static TransactionResult Execute(Setting setting, TransactionWorld world, ITracer tracer)
    {
        var result = new TransactionExecutor(setting.Environment).Execute(setting.Transaction, world, 0, 0, tracer);
        return result.Outcome == TransactionOutcome.Executed
            ? result
            : throw new FixtureFormatException($"The transaction isn't executed: {result.Outcome} {TransactionErrorText.Of(result.Error)}");
    }

    private static TransactionWorld WorldOf(Setting setting) => new(setting.Before, setting.Environment.Fork);

    private static ReadOnlyMemory<byte> CallTrace(Setting setting, bool isLegacy)
    {
        var tracer = new CallTracer(new CallTracerOptions(setting.Has("onlyTopCall"), setting.Has("withLog")), TraceLimits.Generous);
        var result = Execute(setting, WorldOf(setting), tracer);
        tracer.Complete(setting.Transaction.GasLimit, result.GasUsed);
        var hidden = PrecompileFacts.AddressesOf(setting.Environment.Fork).ToHashSet();
        return Json(writer =>
        {
            if (isLegacy)
            {
                CallTraceJson.WriteLegacy(writer, tracer.Root!, hidden);
            }
            else
            {
                CallTraceJson.Write(writer, tracer.Root!);
            }
        });
    }

    private static ReadOnlyMemory<byte> FlatTrace(Setting setting)
    {
        var tracer = new FlatCallTracer(setting.Environment.Fork, setting.Has("includePrecompiles"), TraceLimits.Generous);
        var result = Execute(setting, WorldOf(setting), tracer);
        tracer.Complete(setting.Transaction.GasLimit, result.GasUsed);
        return Json(writer => FlatTraceJson.Write(writer, tracer.Frames(), setting.Has("convertParityErrors"), place: null));
    }

    private static ReadOnlyMemory<byte> Prestate(Setting setting, bool isLegacy)
    {
        // The JavaScript tracer listed every account that it saw, whether it existed or not; the beneficiary only where an opcode asked for it.
        var options = new PrestateOptions(!setting.Has("disableCode"), !setting.Has("disableStorage"), isLegacy || setting.Has("includeEmpty"));
        var tracer = new PrestateTracer(options, TraceLimits.Generous);
        var world = WorldOf(setting);
        tracer.Begin(setting.Transaction, isLegacy ? null : setting.Environment.Context.Coinbase);
        Execute(setting, world, tracer);
        if (setting.Has("diffMode"))
        {
            var difference = tracer.Difference(setting.Before, setting.Before.Apply(world.CollectChanges()));
            return Json(writer => PrestateJson.Write(writer, difference));
        }
        var accounts = tracer.Accounts(setting.Before);
        return Json(writer =>
        {
            if (isLegacy)
            {
                PrestateJson.WriteLegacy(writer, accounts);
            }
            else
            {
                PrestateJson.Write(writer, accounts);
            }
        });
    }

    private static ReadOnlyMemory<byte> Erc7562Trace(Setting setting)
    {
        var world = WorldOf(setting);
        var tracer = new Erc7562Tracer(world, setting.Has("withLog"), TraceLimits.Generous);
        var result = Execute(setting, world, tracer);
        tracer.Complete(setting.Transaction.GasLimit, result.GasUsed);
        return Json(writer => Erc7562TraceJson.Write(writer, tracer));
    }

    private static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = MaxJsonDepth, SkipValidation = true }))
        {
            write(writer);
        }
        return buffer.WrittenMemory;
    }
}
