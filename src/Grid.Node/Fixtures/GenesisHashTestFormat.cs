using System.Text.Json;
using Grid.Chain;
using Grid.Primitives;

namespace Grid.Node.Fixtures;

/// <summary>`genesishashestest.json`: the main network's block 0 as RLP, its state root and its hash.</summary>
public sealed class GenesisHashTestFormat : IWholeFileFormat
{
    public bool Recognizes(string path, JsonElement root) => root.ValueKind == JsonValueKind.Object && root.TryGetProperty("genesis_rlp_hex", out _);

    public IEnumerable<FixtureCase> Cases(string path, JsonElement root)
    {
        yield return new FixtureCase("genesis", "", () => Run(root));
    }

    private static CaseOutcome Run(JsonElement root)
    {
        var bytes = FixtureJson.ToBytes("0x" + root.Field("genesis_rlp_hex").Text());
        if (!Block.TryDecode(bytes, out var block, out var error))
        {
            return CaseOutcome.Failed($"the block is refused: {error.Code}");
        }
        Difference[] fields =
        [
            new("block", "hash", block.Hash.ToString(), "0x" + root.Field("genesis_hash").Text()),
            new("block", "state root", block.Header.StateRoot.ToString(), "0x" + root.Field("genesis_state_root").Text()),
            new("block", "encoding", Hex.Encode(block.Encode()), Hex.Encode(bytes)),
        ];
        var differences = Array.FindAll(fields, field => field.Have != field.Want);
        return differences.Length == 0 ? CaseOutcome.Passed : CaseOutcome.Failed("the block differs", differences);
    }
}
