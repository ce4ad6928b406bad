using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Node.Bench.Block;

/// <summary>Signed transactions, the genesis that they need, the block that holds them, and what must come out.</summary>
public sealed class BlockWorkload
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly Dictionary<string, ExpectedBlock> _expected;

    /// <summary>A workload that comes from no file, and of which nobody knows what must come out.</summary>
    public BlockWorkload(string name, Genesis genesis, BlockAttributes attributes, byte[][] transactions)
        : this(name, genesis, null, attributes, transactions, [])
    {
    }

    private BlockWorkload(string name, Genesis genesis, string? genesisPath, BlockAttributes attributes, byte[][] transactions, Dictionary<string, ExpectedBlock> expected)
    {
        Name = name;
        Genesis = genesis;
        GenesisPath = genesisPath;
        Attributes = attributes;
        Transactions = transactions;
        _expected = expected;
    }

    public string Name { get; }

    /// <summary>Tolerant about missing system contracts: the workloads leave them out.</summary>
    public Genesis Genesis { get; }

    /// <summary>Null where the workload was generated.</summary>
    public string? GenesisPath { get; }

    /// <summary>What it was generated from; null where it comes from files.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Of block 1.</summary>
    public BlockAttributes Attributes { get; }

    /// <summary>The network form of each transaction, in block order.</summary>
    public byte[][] Transactions { get; }

    /// <summary>What block 1 with this many transactions must give; null where the files don't say.</summary>
    public ExpectedBlock? ExpectedOf(int transactions) => _expected.GetValueOrDefault(KeyOf(transactions));

    /// <summary>The same workload, of which is known what block 1 with so many transactions must give.</summary>
    public BlockWorkload Expecting(int transactions, ExpectedBlock expected) =>
        new(Name, Genesis, GenesisPath, Attributes, Transactions, new(_expected) { [KeyOf(transactions)] = expected }) { Seed = Seed };

    /// <summary>The first transactions, decoded anew: a transaction keeps its sender once it is known.</summary>
    public Transaction[] Decode(int count) => Array.ConvertAll(Transactions[..count], raw => Transaction.Decode(raw));

    private static string KeyOf(int transactions) => transactions.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Reads NAME.json or NAME.json.gz, with NAME.genesis.json and expected.json beside it.</summary>
    /// <exception cref="BenchFileException">A file is missing, or not of this format.</exception>
    public static BlockWorkload Load(string path)
    {
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            var name = NameOf(path);
            var expected = JsonSerializer.Deserialize<ExpectedFile>(File.ReadAllBytes(Path.Combine(folder, "expected.json")), Options)!;
            var genesisPath = Path.Combine(folder, name + ".genesis.json");
            var genesis = Genesis.Parse(File.ReadAllBytes(genesisPath));
            var header = expected.Header;
            var attributes = new BlockAttributes(header.Timestamp, Address.Parse(header.Coinbase), header.GasLimit)
            {
                PrevRandao = Hash256.Parse(header.PrevRandao),
                ParentBeaconBlockRoot = Hash256.Parse(header.ParentBeaconBlockRoot),
            };
            var blocks = expected.Workloads.TryGetValue(name, out var entry) ? entry.Blocks : [];
            return new BlockWorkload(name, Tolerant(genesis), genesisPath, attributes, ReadTransactions(path), blocks);
        }
        catch (Exception exception) when (exception is JsonException or IOException or FormatException or InvalidDataException)
        {
            throw new BenchFileException(path, exception.Message, exception);
        }
    }

    private static string NameOf(string path)
    {
        var name = Path.GetFileName(path);
        name = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        return name.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? name[..^5] : name;
    }

    private static byte[][] ReadTransactions(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        var texts = JsonSerializer.Deserialize<string[]>(stream) ?? [];
        return Array.ConvertAll(texts, text => Hex.Decode(text));
    }

    private static Genesis Tolerant(Genesis genesis) => new()
    {
        Spec = genesis.Spec.WithSystemContractsRequired(false), Accounts = genesis.Accounts, Number = genesis.Number, GasUsed = genesis.GasUsed,
        ParentHash = genesis.ParentHash, Nonce = genesis.Nonce, Timestamp = genesis.Timestamp, ExtraData = genesis.ExtraData, GasLimit = genesis.GasLimit,
        Difficulty = genesis.Difficulty, MixHash = genesis.MixHash, Coinbase = genesis.Coinbase, BaseFeePerGas = genesis.BaseFeePerGas,
        ExcessBlobGas = genesis.ExcessBlobGas, BlobGasUsed = genesis.BlobGasUsed, ParentBeaconBlockRoot = genesis.ParentBeaconBlockRoot,
    };

    private sealed record ExpectedFile([property: JsonRequired] ExpectedHeader Header, [property: JsonRequired] Dictionary<string, ExpectedWorkload> Workloads);

    private sealed record ExpectedHeader(
        [property: JsonRequired] string Coinbase, [property: JsonRequired] ulong Timestamp, [property: JsonRequired] ulong GasLimit,
        [property: JsonRequired] string PrevRandao, [property: JsonRequired] string ParentBeaconBlockRoot);

    private sealed record ExpectedWorkload([property: JsonRequired] Dictionary<string, ExpectedBlock> Blocks);
}

/// <summary>What a block must give, as hexadecimal text.</summary>
public sealed record ExpectedBlock(
    [property: JsonRequired] string StateRoot,
    [property: JsonRequired] string ReceiptsRoot,
    [property: JsonRequired] string LogsBloomHash,
    [property: JsonRequired] ulong GasUsed)
{
    /// <summary>What a block has given.</summary>
    public static ExpectedBlock Of(BlockHeader header) =>
        new(header.StateRoot.ToString(), header.ReceiptsRoot.ToString(), Keccak256.Hash(header.LogsBloom.Span).ToString(), header.GasUsed);
}
