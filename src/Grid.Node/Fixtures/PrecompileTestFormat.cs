using System.Text.Json;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// Precompile vectors (go-ethereum): input, output, gas; those of `fail-` files have to be refused. The file's name tells the precompile and
/// the rules that its prices are of. Each is called by a contract, twice: with plenty of gas, which tells its price, and with one unit less
/// than that price, which must fail.
/// </summary>
public sealed class PrecompileTestFormat : IFixtureFormat
{
    /// <summary>Files by name without `fail-` and in lower case: address, and the fork of its price.</summary>
    private static readonly Dictionary<string, (int Address, Fork Fork)> Files = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ecRecover"] = (0x01, Fork.Byzantium),
        ["modexp"] = (0x05, Fork.Byzantium),
        ["modexp_eip2565"] = (0x05, Fork.Berlin),
        ["modexp_eip7883"] = (0x05, Fork.Osaka),
        ["bn256Add"] = (0x06, Fork.Istanbul),
        ["bn256ScalarMul"] = (0x07, Fork.Istanbul),
        ["bn256Pairing"] = (0x08, Fork.Istanbul),
        ["blake2F"] = (0x09, Fork.Istanbul),
        ["pointEvaluation"] = (0x0a, Fork.Cancun),
        ["blsG1Add"] = (0x0b, Fork.Prague),

        // EIP-2537 has no multiplication of its own: it is a sum of one product.
        ["blsG1Mul"] = (0x0c, Fork.Prague),
        ["blsG1MultiExp"] = (0x0c, Fork.Prague),
        ["blsG2Add"] = (0x0d, Fork.Prague),
        ["blsG2Mul"] = (0x0e, Fork.Prague),
        ["blsG2MultiExp"] = (0x0e, Fork.Prague),
        ["blsPairing"] = (0x0f, Fork.Prague),
        ["blsMapG1"] = (0x10, Fork.Prague),
        ["blsMapG2"] = (0x11, Fork.Prague),
        ["p256Verify"] = (0x100, Fork.Osaka),
    };

    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("Input", out _)
        && (entry.TryGetProperty("Expected", out _) || entry.TryGetProperty("ExpectedError", out _));

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        var key = Path.GetFileNameWithoutExtension(fileName);
        key = key.StartsWith("fail-", StringComparison.Ordinal) ? key["fail-".Length..] : key;
        if (!Files.TryGetValue(key, out var precompile))
        {
            yield return new FixtureCase(name, "", () => CaseOutcome.Failed($"'{fileName}' names no precompile"));
            yield break;
        }
        var address = Address.FromNumber((ulong)precompile.Address);
        yield return new FixtureCase(name, precompile.Fork.ToString(), () => Run(precompile.Fork, address, entry));
    }

    private static CaseOutcome Run(Fork fork, Address address, JsonElement entry)
    {
        var input = FixtureJson.ToBytes("0x" + entry.Field("Input").Text());
        var call = ContractRun.CallThrough(fork, in address, input, ContractRun.GasMax);
        if (entry.TryGetProperty("ExpectedError", out var error))
        {
            return call.Halt == Halt.PrecompileFailure && call.GasUsed == ContractRun.GasMax
                ? CaseOutcome.Passed
                : CaseOutcome.Failed($"the call ends with {call.Halt}, and should fail: {error.Text()}");
        }
        var price = (long)entry.Field("Gas").Number();
        Difference[] fields =
        [
            new("call", "end", $"{call.Halt}", $"{Halt.Return}"),
            new("call", "gas used", $"{call.GasUsed}", $"{price}"),
            new("call", "output", Hex.Encode(call.Output), "0x" + entry.Field("Expected").Text()),
        ];
        var differences = Array.FindAll(fields, field => field.Have != field.Want);
        if (differences.Length > 0)
        {
            return CaseOutcome.Failed("the call differs", differences);
        }
        var poorer = price > 0 ? ContractRun.CallThrough(fork, in address, input, price - 1) : default;
        return price == 0 || poorer.Halt == Halt.OutOfGas
            ? CaseOutcome.Passed
            : CaseOutcome.Failed($"the call ends with {poorer.Halt} although it has one unit of gas too little");
    }
}
