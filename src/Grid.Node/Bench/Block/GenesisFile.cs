using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Bench.Block;

/// <summary>A genesis as a file that other clients read: the one that it came from, or a temporary one, deleted on disposal.</summary>
public sealed class GenesisFile : IDisposable
{
    private readonly bool _isTemporary;

    private GenesisFile(string path, bool isTemporary) => (Path, _isTemporary) = (path, isTemporary);

    public string Path { get; }

    public static GenesisFile Of(BlockWorkload workload)
    {
        if (workload.GenesisPath is { } given)
        {
            return new GenesisFile(given, isTemporary: false);
        }
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"grid-genesis-{Guid.NewGuid():N}.json");
        var file = new GenesisFile(path, isTemporary: true);
        try
        {
            using var stream = File.Create(path);
            Write(workload.Genesis, stream);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_isTemporary)
        {
            File.Delete(Path);
        }
    }

    /// <summary>In geth's shape. The chain must begin with a fork after the merge, and have no fork later.</summary>
    internal static void Write(Genesis genesis, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        WriteConfig(genesis, json);
        json.WriteString("nonce", Quantity(genesis.Nonce));
        json.WriteString("timestamp", Quantity(genesis.Timestamp));
        json.WriteString("extraData", Hex.Encode(genesis.ExtraData));
        json.WriteString("gasLimit", Quantity(genesis.GasLimit));
        json.WriteString("difficulty", genesis.Difficulty.ToHex());
        json.WriteString("mixHash", genesis.MixHash.ToString());
        json.WriteString("coinbase", genesis.Coinbase.ToString());
        if (genesis.BaseFeePerGas is { } baseFee)
        {
            json.WriteString("baseFeePerGas", baseFee.ToHex());
        }
        json.WriteStartObject("alloc");
        foreach (var account in genesis.Accounts)
        {
            WriteAccount(account, json);
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteConfig(Genesis genesis, Utf8JsonWriter json)
    {
        json.WriteStartObject("config");
        json.WriteNumber("chainId", genesis.Spec.ChainId);
        string[] byBlock =
        [
            "homesteadBlock", "eip150Block", "eip155Block", "eip158Block", "byzantiumBlock", "constantinopleBlock", "petersburgBlock",
            "istanbulBlock", "berlinBlock", "londonBlock", "mergeNetsplitBlock",
        ];
        foreach (var name in byBlock)
        {
            json.WriteNumber(name, 0);
        }
        json.WriteNumber("terminalTotalDifficulty", 0);
        json.WriteBoolean("terminalTotalDifficultyPassed", true);
        for (var fork = Fork.Shanghai; fork <= genesis.Fork; fork++)
        {
            json.WriteNumber($"{NameOf(fork)}Time", 0);
        }
        json.WriteStartObject("blobSchedule");
        for (var fork = Fork.Cancun; fork <= genesis.Fork; fork++)
        {
            var blobs = fork >= Fork.Prague ? BlobParameters.Prague : BlobParameters.Cancun;
            json.WriteStartObject(NameOf(fork));
            json.WriteNumber("target", blobs.Target);
            json.WriteNumber("max", blobs.Max);
            json.WriteNumber("baseFeeUpdateFraction", blobs.BaseFeeUpdateFraction);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteAccount(GenesisAccount account, Utf8JsonWriter json)
    {
        json.WriteStartObject(account.Address.ToString());
        json.WriteString("balance", account.Balance.ToHex());
        if (account.Nonce != 0)
        {
            json.WriteString("nonce", Quantity(account.Nonce));
        }
        if (account.Code is { } code)
        {
            json.WriteString("code", Hex.Encode(code.Bytes));
        }
        if (account.Storage is { Length: > 0 } slots)
        {
            json.WriteStartObject("storage");
            foreach (var (slot, value) in slots)
            {
                json.WriteString(Word(slot), Word(value));
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static string NameOf(Fork fork) => fork.ToString().ToLowerInvariant();

    private static string Quantity(ulong value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private static string Word(in UInt256 value) => Hex.Encode(value.ToBigEndian());
}
