using System.Buffers.Binary;
using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Node.Bench.Block.Workloads;

/// <summary>A contract of the genesis, and its storage as Solidity lays it out.</summary>
internal sealed class WorkloadContract(Address address, Bytecode code)
{
    private readonly Dictionary<UInt256, UInt256> _slots = [];

    public Address Address { get; } = address;

    public void Set(in UInt256 slot, in UInt256 value) => _slots[slot] = value;

    /// <summary>The nonce is 1, as after a deployment (EIP-161).</summary>
    public GenesisAccount ToAccount() => new(Address, UInt256.Zero, 1, code, [.. _slots]);

    /// <summary>Where a mapping at a slot keeps a key's value: keccak256(key . slot), from Solidity's "Layout of State Variables in Storage".</summary>
    public static UInt256 SlotOf(in UInt256 key, in UInt256 mapping)
    {
        Span<byte> words = stackalloc byte[64];
        key.WriteBigEndian(words[..32]);
        mapping.WriteBigEndian(words[32..]);
        return Keccak256.Hash(words).ToWord();
    }
}

/// <summary>
/// The contracts of Contracts/*.sol. After a change there:
/// `npm ci` in tests/Grid.EndToEnd/clients, then
/// `node tests/Grid.EndToEnd/clients/compile.mjs $DIR/compiled.json $DIR` with DIR=src/Grid.Node/Bench/Block/Workloads/Contracts.
/// </summary>
internal static class WorkloadCode
{
    private static readonly JsonDocument Compiled = Read();

    public static Bytecode Token { get; } = RuntimeOf("Token");

    public static Bytecode Pair { get; } = RuntimeOf("Pair");

    public static Bytecode Router { get; } = RuntimeOf("Router");

    public static Bytecode Collection { get; } = RuntimeOf("Collection");

    /// <summary>A call with arguments of a word each.</summary>
    /// <param name="signature">As in "transfer(address,uint256)": its hash begins the data.</param>
    public static byte[] Call(string signature, params ReadOnlySpan<UInt256> arguments)
    {
        var data = new byte[4 + (32 * arguments.Length)];
        BinaryPrimitives.WriteUInt32BigEndian(data, SelectorOf(signature));
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i].WriteBigEndian(data.AsSpan(4 + (32 * i), 32));
        }
        return data;
    }

    private static uint SelectorOf(string signature) => BinaryPrimitives.ReadUInt32BigEndian(Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(signature)).Span);

    private static Bytecode RuntimeOf(string name)
    {
        var bytes = Hex.Decode(Compiled.RootElement.GetProperty(name).GetProperty("runtime").GetString());
        return new Bytecode(bytes, Keccak256.Hash(bytes));
    }

    private static JsonDocument Read()
    {
        using var stream = typeof(WorkloadCode).Assembly.GetManifestResourceStream("Contracts.compiled.json")
            ?? throw new InvalidOperationException("The assembly has no compiled contracts.");
        return JsonDocument.Parse(stream);
    }
}
