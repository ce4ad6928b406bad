using System.Text;
using System.Text.Json;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>What is wrong with a genesis file, and where.</summary>
public sealed class GenesisFormatException(string field, long offset, Exception? cause = null)
    : FormatException($"Not a genesis file: '{field}' at byte {offset}.", cause)
{
    /// <summary>The name of the field at fault.</summary>
    public string Field { get; } = field;

    /// <summary>Bytes from the start of the file.</summary>
    public long Offset { get; } = offset;
}

/// <summary>
/// Reads geth's genesis.json in one pass over its bytes, without a document in memory: files with a million accounts are in use. Numbers
/// are JSON numbers, decimal strings or `0x` strings; unknown fields are passed over, as geth does.
/// </summary>
/// <param name="withAccounts">Whether the accounts are read, or passed over.</param>
internal ref partial struct GenesisReader(ReadOnlySpan<byte> json, bool withAccounts)
{
    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private readonly bool _withAccounts = withAccounts;
    private Utf8JsonReader _json = new(json, Options);
    private string _field = "";

    // The header's fields, named as in the file.
    private ulong _nonce, _timestamp, _number, _gasUsed;
    private ulong _gasLimit = Genesis.DefaultGasLimit;
    private byte[] _extraData = [];
    private UInt256 _difficulty;
    private UInt256? _baseFeePerGas;
    private ulong? _excessBlobGas, _blobGasUsed;
    private Hash256 _mixHash, _parentHash;
    private Hash256? _parentBeaconBlockRoot;
    private Address _coinbase;
    private readonly List<GenesisAccount> _accounts = [];

    // The chain's configuration.
    private readonly Dictionary<Fork, ulong> _activations = [];
    private readonly Dictionary<Fork, BlobParameters> _blobSchedule = [];
    private ulong _chainId = 1;
    private UInt256? _terminalTotalDifficulty;
    private bool _daoForkSupport;
    private Address _depositContract = ChainSpec.MainnetDepositContract;

    public Genesis Read()
    {
        try
        {
            _json.Read();
            ExpectObject();
            while (NextField())
            {
                ReadTopField();
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new GenesisFormatException(_field, _json.TokenStartIndex, exception);
        }
        return Build();
    }

    private void ReadTopField()
    {
        switch (_field)
        {
            case "config": ReadConfig(); break;
            case "alloc" when _withAccounts: ReadAlloc(); break;
            case "nonce": _nonce = ReadUInt64(); break;
            case "timestamp": _timestamp = ReadUInt64(); break;
            case "extraData": _extraData = ReadBytes(); break;
            case "gasLimit": _gasLimit = ReadUInt64(); break;
            case "difficulty": _difficulty = ReadUInt256(); break;
            case "mixHash" or "mixhash": _mixHash = ReadHash(); break;
            case "coinbase": _coinbase = ReadAddress(); break;
            case "number": _number = ReadUInt64(); break;
            case "gasUsed": _gasUsed = ReadUInt64(); break;
            case "parentHash": _parentHash = ReadHash(); break;
            case "baseFeePerGas": _baseFeePerGas = ReadOptional() ? ReadUInt256Here() : null; break;
            case "excessBlobGas": _excessBlobGas = ReadOptional() ? (ulong)ReadUInt256Here() : null; break;
            case "blobGasUsed": _blobGasUsed = ReadOptional() ? (ulong)ReadUInt256Here() : null; break;
            case "parentBeaconBlockRoot": _parentBeaconBlockRoot = ReadOptional() ? ReadHashHere() : null; break;
            default: _json.Skip(); break;
        }
    }

    private void ReadAlloc()
    {
        _json.Read();
        ExpectObject();
        Span<char> name = stackalloc char[64];
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            _field = "alloc";
            var length = _json.ValueSpan.Length <= name.Length ? _json.CopyString(name) : 0;
            if (!Address.TryParse(name[..length], out var address))
            {
                throw new FormatException("Not an address.");
            }
            _accounts.Add(ReadAccount(in address));
        }
    }

    private GenesisAccount ReadAccount(in Address address)
    {
        UInt256 balance = default;
        ulong nonce = 0;
        Bytecode? code = null;
        KeyValuePair<UInt256, UInt256>[]? storage = null;
        _json.Read();
        ExpectObject();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            if (_json.ValueTextEquals("balance"u8))
            {
                balance = ReadUInt256();
            }
            else if (_json.ValueTextEquals("nonce"u8))
            {
                nonce = ReadUInt64();
            }
            else if (_json.ValueTextEquals("code"u8))
            {
                var bytes = ReadBytes();
                code = bytes.Length == 0 ? null : new Bytecode(bytes, Keccak256.Hash(bytes));
            }
            else if (_json.ValueTextEquals("storage"u8))
            {
                storage = ReadStorage();
            }
            else
            {
                _json.Read();
                _json.Skip();
            }
        }
        return new GenesisAccount(address, balance, nonce, code, storage);
    }

    private KeyValuePair<UInt256, UInt256>[]? ReadStorage()
    {
        // One slot may have several names (0x1, 0x01): the last one counts, as of an address.
        var slots = new Dictionary<UInt256, UInt256>();
        _json.Read();
        ExpectObject();
        while (_json.Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            var key = ReadWordHere();
            _json.Read();
            slots[key] = ReadWordHere();
        }
        KeyValuePair<UInt256, UInt256>[] storage = [.. slots.Where(slot => !slot.Value.IsZero)];
        return storage.Length == 0 ? null : storage;
    }

    private Genesis Build() => new()
    {
        Spec = BuildSpec(),
        Accounts = [.. _accounts],
        Number = _number,
        GasUsed = _gasUsed,
        ParentHash = _parentHash,
        Nonce = _nonce,
        Timestamp = _timestamp,
        ExtraData = _extraData,
        GasLimit = _gasLimit,
        Difficulty = _difficulty,
        MixHash = _mixHash,
        Coinbase = _coinbase,
        BaseFeePerGas = _baseFeePerGas,
        ExcessBlobGas = _excessBlobGas,
        BlobGasUsed = _blobGasUsed,
        ParentBeaconBlockRoot = _parentBeaconBlockRoot,
    };

    private void ExpectObject()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            throw new FormatException("Not an object.");
        }
    }

    /// <summary>Moves to the next field of the object at hand, or past the object.</summary>
    private bool NextField()
    {
        if (!_json.Read() || _json.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }
        _field = _json.GetString()!;
        return true;
    }

    /// <summary>Moves to the value; false where it is null.</summary>
    private bool ReadOptional() => _json.Read() && _json.TokenType != JsonTokenType.Null;

    private ulong ReadUInt64() => (ulong)ReadUInt256();

    private UInt256 ReadUInt256() => ReadOptional() ? ReadUInt256Here() : default;

    private UInt256 ReadUInt256Here() => _json.TokenType is JsonTokenType.String or JsonTokenType.Number
        ? Utf8Number.Parse(_json.ValueSpan)
        : throw new FormatException("Not a number.");

    /// <summary>A storage key or value: hexadecimal digits with or without `0x`.</summary>
    private readonly UInt256 ReadWordHere()
    {
        var text = _json.ValueSpan;
        return Utf8Number.ParseHex(text.StartsWith("0x"u8) ? text[2..] : text);
    }

    private byte[] ReadBytes()
    {
        if (!ReadOptional())
        {
            return [];
        }
        var text = _json.ValueSpan;
        return _json.TokenType == JsonTokenType.String
            ? Convert.FromHexString(Encoding.ASCII.GetString(text.StartsWith("0x"u8) ? text[2..] : text))
            : throw new FormatException("Not hexadecimal.");
    }

    private Address ReadAddress() => ReadOptional() ? Address.Parse(_json.GetString()) : default;

    private Hash256 ReadHash() => ReadOptional() ? ReadHashHere() : default;

    private readonly Hash256 ReadHashHere() => Hash256.Parse(_json.GetString());
}
