using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fixtures;

/// <summary>
/// VM tests (ethereum/tests, last filled for Constantinople): code that is run with a given amount of gas under the rules of Frontier, which the
/// main network had at the numbers of their blocks. What a transaction adds (intrinsic gas, refunds, fees, moving the value) isn't part of it. A test
/// without `post` has to end exceptionally. None of them calls or creates with success: `callcreates`, which would list that, is empty in all files.
/// </summary>
public sealed class VmTestFormat : IFixtureFormat
{
    private const Fork Rules = Fork.Frontier;

    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("exec", out _) && entry.TryGetProperty("pre", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, nameof(Fork.Frontier), () => Run(entry));
    }

    private static CaseOutcome Run(JsonElement entry)
    {
        var exec = entry.Field("exec");
        var address = exec.Field("address").Address();
        var caller = exec.Field("caller").Address();
        var value = exec.Field("value").Word();
        var pre = FixtureState.Load(entry.Field("pre"));
        // Accounts that are empty at the end are forgotten, although Frontier kept them: the caller may be nobody.
        var world = new TransactionWorld(pre, Fork.SpuriousDragon);
        world.BeginTransaction();
        Lend(world, in caller, in address, in value);
        var message = new Message
        {
            Kind = MessageKind.Call, Caller = caller, To = address, Value = value,
            Input = exec.Field("data").Bytes(), Gas = checked((long)exec.Field("gas").Number()),
        };
        var context = new TransactionContext { Origin = exec.Field("origin").Address(), GasPrice = exec.Field("gasPrice").Word() };
        var result = Interpreter.Execute(Rules, BlockOf(entry.Field("env")), context, in message, world);
        world.EndTransaction();
        if (entry.OptionalField("post") is not { } post)
        {
            return result.IsSuccess ? CaseOutcome.Failed("the code ends well, and should end exceptionally") : CaseOutcome.Passed;
        }
        if (!result.IsSuccess)
        {
            return CaseOutcome.Failed($"the code ends with {result.Halt}");
        }
        return Compare(entry, result, world.Logs, pre.Apply(world.CollectChanges()), post);
    }

    private static CaseOutcome Compare(JsonElement entry, in ExecutionResult result, IReadOnlyList<Log> logs, WorldTrie state, JsonElement post)
    {
        if (entry.OptionalField("callcreates") is { } calls && calls.Items().Count() > 0)
        {
            return CaseOutcome.Failed("it lists calls, which are executed, not recorded");
        }
        Difference[] fields =
        [
            new("result", "gas left", $"{result.GasLeft}", $"{entry.Field("gas").Number()}"),
            new("result", "output", Hex.Encode(result.Output.Span), OutputOf(entry.Field("out"))),
            new("logs", "hash", StateTest.LogsHash(logs).ToString(), entry.Field("logs").Hash().ToString()),
        ];
        Difference[] differences = [.. fields.Where(field => field.Have != field.Want), .. FixtureState.Compare(state, post)];
        return differences.Length == 0 ? CaseOutcome.Passed : CaseOutcome.Failed($"the execution differs (halt {result.Halt})", differences);
    }

    /// <summary>The interpreter moves the message's value, which these tests take as moved: both balances are as given while the code runs.</summary>
    private static void Lend(TransactionWorld world, in Address caller, in Address address, in UInt256 value)
    {
        if (!world.TryGetBalance(in caller, out var callers) || !world.TrySetBalance(in caller, callers + value)
            || !world.TryGetBalance(in address, out var own) || !world.TrySetBalance(in address, own - value))
        {
            throw new InvalidOperationException("The whole state is in memory, and something of it was not at hand.");
        }
    }

    private static string OutputOf(JsonElement output) => Hex.Encode(output.Bytes());

    private static BlockContext BlockOf(JsonElement environment) => new()
    {
        Number = environment.Field("currentNumber").Number(),
        Timestamp = environment.Field("currentTimestamp").Number(),
        Coinbase = environment.Field("currentCoinbase").Address(),
        GasLimit = environment.Field("currentGasLimit").Number(),
        PrevRandao = environment.Field("currentDifficulty").Word(),
        BlockHashes = DecimalHashes.Instance,
    };
}
