using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Node.Fixtures;

/// <summary>
/// `blockgenesistest.json`: balances, and block 0 as clients before the first release made it: 13 fields, without receipts, the nonce a
/// hash. No rule of today's makes such a block, nor its state root; what is checked is its RLP, the fields that are constant, and that there is
/// a root where there are accounts.
/// </summary>
public sealed class EarlyGenesisTestFormat : IFixtureFormat
{
    private const int FieldCount = 13, OmmersHashField = 1, StateRootField = 3, NonceField = 12;

    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("inputs", out _) && entry.TryGetProperty("result", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, "", () => Run(entry));
    }

    private static CaseOutcome Run(JsonElement entry)
    {
        var bytes = FixtureJson.ToBytes("0x" + entry.Field("result").Text());
        var fields = Read(bytes);
        if (fields.Count != FieldCount)
        {
            return CaseOutcome.Failed($"the header has {fields.Count} fields, not {FieldCount}");
        }
        Difference[] differences =
        [
            new("block", "encoding", Hex.Encode(Write(fields)), Hex.Encode(bytes)),
            new("block", "ommers' hash", Hex.Encode(fields[OmmersHashField]), BlockHeader.EmptyOmmersHash.ToString()),
            new("block", "nonce", Hex.Encode(fields[NonceField]), Keccak256.Hash([42]).ToString()),
            new("block", "length of the state root", $"{fields[StateRootField].Length}", entry.Field("inputs").Members().Any() ? "32" : "0"),
        ];
        differences = Array.FindAll(differences, field => field.Have != field.Want);
        return differences.Length == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the block differs", differences);
    }

    private static List<byte[]> Read(byte[] bytes)
    {
        var reader = new RlpReader(bytes);
        var block = reader.ReadList();
        reader.ExpectEnd();
        var header = block.ReadList();
        var fields = new List<byte[]>();
        while (!header.IsAtEnd)
        {
            fields.Add(header.ReadBytes().ToArray());
        }
        block.ReadList().ExpectEnd();
        block.ReadList().ExpectEnd();
        block.ExpectEnd();
        return fields;
    }

    private static byte[] Write(List<byte[]> fields)
    {
        var writer = new RlpWriter();
        var block = writer.BeginList();
        var header = writer.BeginList();
        foreach (var field in fields)
        {
            writer.WriteBytes(field);
        }
        writer.EndList(header);
        writer.EndList(writer.BeginList());
        writer.EndList(writer.BeginList());
        writer.EndList(block);
        return writer.ToArray();
    }
}
