using System.Buffers.Binary;
using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fixtures;

/// <summary>Genesis tests: accounts and header fields, and the RLP of the block 0 that they make on a chain that begins with Frontier.</summary>
public sealed class GenesisTestFormat : IFixtureFormat
{
    public bool Recognizes(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("alloc", out _) && entry.TryGetProperty("result", out _);

    public IEnumerable<FixtureCase> Cases(string fileName, string name, JsonElement entry)
    {
        yield return new FixtureCase(name, "", () => Run(entry));
    }

    private static CaseOutcome Run(JsonElement entry)
    {
        var genesis = new Genesis
        {
            Spec = ChainSpec.From(Fork.Frontier),
            Accounts = [.. entry.Field("alloc").Members().Select(AccountOf)],
            Nonce = NonceOf(entry.Field("nonce").Bytes()),
            Timestamp = entry.Field("timestamp").Number(),
            ExtraData = entry.Field("extraData").Bytes(),
            GasLimit = entry.Field("gasLimit").Number(),
            Difficulty = entry.Field("difficulty").Word(),
            MixHash = entry.Field("mixHash").Hash(),
            ParentHash = entry.Field("parentHash").Hash(),
            Coinbase = entry.Field("coinbase").Address(),
        };
        var state = WorldTrie.Empty().Apply(genesis.ToAccountChanges());
        var block = new Block(genesis.ToHeader(state.Root), [], [], null);
        var have = Hex.Encode(block.Encode());
        var want = "0x" + entry.Field("result").Text();
        return have == want ? CaseOutcome.Passed : CaseOutcome.Failed("the block differs", new Difference("block", "encoding", have, want));
    }

    private static ulong NonceOf(byte[] bytes)
    {
        if (bytes.Length > sizeof(ulong))
        {
            throw new FixtureFormatException($"A nonce of {bytes.Length} bytes.");
        }
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        word.Clear();
        bytes.CopyTo(word[(sizeof(ulong) - bytes.Length)..]);
        return BinaryPrimitives.ReadUInt64BigEndian(word);
    }

    private static GenesisAccount AccountOf(JsonProperty account)
    {
        var balance = account.Value.OptionalField("wei") ?? account.Value.OptionalField("balance");
        var code = account.Value.OptionalField("code")?.Bytes() ?? [];
        var storage = account.Value.OptionalField("storage")?.Members()
            .Select(slot => new KeyValuePair<UInt256, UInt256>(FixtureJson.ToWord(slot.Name), slot.Value.Word())).ToArray();
        var bytecode = code.Length == 0 ? null : new Bytecode(code, Keccak256.Hash(code));
        return new GenesisAccount(FixtureJson.ToAddress("0x" + account.Name), balance?.Word() ?? UInt256.Zero, 0, bytecode, storage);
    }
}
