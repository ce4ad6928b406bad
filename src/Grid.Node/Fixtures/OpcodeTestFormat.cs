using System.Text.Json;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>
/// Tables of opcodes with two operands (go-ethereum): `testcases_<opcode>.json` with X, pushed first, Y, pushed second, and the word that the
/// opcode leaves. Each row is run as code, once with operands that the translation sees as constants, and once with operands from the call's data.
/// </summary>
public sealed class OpcodeTestFormat : IFixtureFormat
{
    private const string Prefix = "testcases_";

    private static readonly Dictionary<string, byte> Opcodes = new(StringComparer.Ordinal)
    {
        ["add"] = 0x01, ["mul"] = 0x02, ["sub"] = 0x03, ["div"] = 0x04, ["sdiv"] = 0x05, ["mod"] = 0x06, ["smod"] = 0x07, ["exp"] = 0x0a,
        ["signext"] = 0x0b, ["lt"] = 0x10, ["gt"] = 0x11, ["slt"] = 0x12, ["sgt"] = 0x13, ["eq"] = 0x14, ["and"] = 0x16, ["or"] = 0x17,
        ["xor"] = 0x18, ["byte"] = 0x1a, ["shl"] = 0x1b, ["shr"] = 0x1c, ["sar"] = 0x1d,
    };

    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("X", out _) && entry.TryGetProperty("Y", out _) && entry.TryGetProperty("Expected", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        var opcodeName = Path.GetFileNameWithoutExtension(fileName);
        opcodeName = opcodeName.StartsWith(Prefix, StringComparison.Ordinal) ? opcodeName[Prefix.Length..] : opcodeName;
        yield return new FixtureCase(name, "", () => Opcodes.TryGetValue(opcodeName, out var opcode)
            ? Run(opcode, entry)
            : CaseOutcome.Failed($"'{fileName}' names no opcode"));
    }

    private static CaseOutcome Run(byte opcode, JsonElement entry)
    {
        byte[] x = Word(entry.Field("X")), y = Word(entry.Field("Y"));
        var want = Hex.Encode(Word(entry.Field("Expected")));
        // PUSH X, PUSH Y, the opcode, MSTORE(0, the result), RETURN(0, 32).
        byte[] result = [opcode, 0x60, 0, 0x52, 0x60, 32, 0x60, 0, 0xf3];
        var constants = ContractRun.Execute(Fork.Osaka, [0x7f, .. x, 0x7f, .. y, .. result], []);
        var inputs = ContractRun.Execute(Fork.Osaka, [0x60, 0, 0x35, 0x60, 32, 0x35, .. result], [.. x, .. y]);
        Difference[] fields =
        [
            new("constants", "result", Hex.Encode(constants.Output.Span), want),
            new("inputs", "result", Hex.Encode(inputs.Output.Span), want),
        ];
        var differences = Array.FindAll(fields, field => field.Have != field.Want);
        return differences.Length == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the word differs", differences);
    }

    private static byte[] Word(JsonElement element) => FixtureJson.ToHash("0x" + element.Text()).ToArray();
}
