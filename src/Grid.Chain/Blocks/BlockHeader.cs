using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>
/// A block's header (Yellow Paper, section 4.4) with the fields that forks have appended since: each is null before its fork, and
/// none follows one that is null. Immutable; the hash is computed once.
/// </summary>
public sealed class BlockHeader
{
    /// <summary>Keccak-256 of an empty RLP list: the ommers hash of a block without ommers.</summary>
    public static readonly Hash256 EmptyOmmersHash = Keccak256.Hash([0xc0]);

    private volatile bool _hashKnown;
    private Hash256 _hash;

    public Hash256 ParentHash { get; init; }

    public Hash256 OmmersHash { get; init; } = EmptyOmmersHash;

    /// <summary>The fee recipient.</summary>
    public Address Beneficiary { get; init; }

    public Hash256 StateRoot { get; init; } = Keccak256.OfEmptyString;

    public Hash256 TransactionsRoot { get; init; } = Keccak256.OfEmptyString;

    public Hash256 ReceiptsRoot { get; init; } = Keccak256.OfEmptyString;

    public Bloom LogsBloom { get; init; } = Bloom.Empty;

    /// <summary>Zero from Paris on (EIP-3675).</summary>
    public UInt256 Difficulty { get; init; }

    public ulong Number { get; init; }

    /// <summary>Gas units.</summary>
    public ulong GasLimit { get; init; }

    /// <summary>Gas units.</summary>
    public ulong GasUsed { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public ulong Timestamp { get; init; }

    /// <summary>Up to 32 bytes.</summary>
    public byte[] ExtraData { get; init; } = [];

    /// <summary>The mix hash of proof of work; from Paris on the beacon chain's randomness (EIP-4399).</summary>
    public Hash256 PrevRandao { get; init; }

    public ulong Nonce { get; init; }

    /// <summary>Wei per gas: EIP-1559, London.</summary>
    public UInt256? BaseFeePerGas { get; init; }

    /// <summary>EIP-4895, Shanghai.</summary>
    public Hash256? WithdrawalsRoot { get; init; }

    /// <summary>EIP-4844, Cancun.</summary>
    public ulong? BlobGasUsed { get; init; }

    /// <summary>EIP-4844, Cancun.</summary>
    public ulong? ExcessBlobGas { get; init; }

    /// <summary>EIP-4788, Cancun.</summary>
    public Hash256? ParentBeaconBlockRoot { get; init; }

    /// <summary>EIP-7685, Prague.</summary>
    public Hash256? RequestsHash { get; init; }

    /// <summary>EIP-7928, Amsterdam.</summary>
    public Hash256? BlockAccessListHash { get; init; }

    /// <summary>Keccak-256 of the RLP: the block's hash.</summary>
    public Hash256 Hash
    {
        get
        {
            if (!_hashKnown)
            {
                var writer = RlpBuffers.Rent();
                Encode(writer);
                _hash = Keccak256.Hash(writer.Written);
                RlpBuffers.Return(writer);
                _hashKnown = true;
            }
            return _hash;
        }
    }

    /// <exception cref="RlpException">Not one well-formed header.</exception>
    public static BlockHeader Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new RlpReader(bytes);
        var header = Decode(ref reader);
        reader.ExpectEnd();
        return header;
    }

    /// <exception cref="RlpException">The next item isn't a well-formed header.</exception>
    public static BlockHeader Decode(ref RlpReader reader)
    {
        var list = reader.ReadList();
        var header = new BlockHeader
        {
            ParentHash = list.ReadHash256(),
            OmmersHash = list.ReadHash256(),
            Beneficiary = list.ReadAddress(),
            StateRoot = list.ReadHash256(),
            TransactionsRoot = list.ReadHash256(),
            ReceiptsRoot = list.ReadHash256(),
            LogsBloom = Bloom.FromBytes(list.ReadBytes(Bloom.Length)),
            Difficulty = list.ReadUInt256(),
            Number = list.ReadUInt64(),
            GasLimit = list.ReadUInt64(),
            GasUsed = list.ReadUInt64(),
            Timestamp = list.ReadUInt64(),
            ExtraData = list.ReadBytes().ToArray(),
            PrevRandao = list.ReadHash256(),
            Nonce = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(list.ReadBytes(8)),
            BaseFeePerGas = list.IsAtEnd ? null : list.ReadUInt256(),
            WithdrawalsRoot = list.IsAtEnd ? null : list.ReadHash256(),
            BlobGasUsed = list.IsAtEnd ? null : list.ReadUInt64(),
            ExcessBlobGas = list.IsAtEnd ? null : list.ReadUInt64(),
            ParentBeaconBlockRoot = list.IsAtEnd ? null : list.ReadHash256(),
            RequestsHash = list.IsAtEnd ? null : list.ReadHash256(),
            BlockAccessListHash = list.IsAtEnd ? null : list.ReadHash256(),
        };
        list.ExpectEnd();
        return header;
    }

    public void Encode(RlpWriter writer)
    {
        var list = writer.BeginList();
        writer.WriteHash256(ParentHash);
        writer.WriteHash256(OmmersHash);
        writer.WriteAddress(Beneficiary);
        writer.WriteHash256(StateRoot);
        writer.WriteHash256(TransactionsRoot);
        writer.WriteHash256(ReceiptsRoot);
        writer.WriteBytes(LogsBloom.Span);
        writer.WriteUInt256(Difficulty);
        writer.WriteUInt64(Number);
        writer.WriteUInt64(GasLimit);
        writer.WriteUInt64(GasUsed);
        writer.WriteUInt64(Timestamp);
        writer.WriteBytes(ExtraData);
        writer.WriteHash256(PrevRandao);
        Span<byte> nonce = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(nonce, Nonce);
        writer.WriteBytes(nonce);
        EncodeAppended(writer);
        writer.EndList(list);
    }

    public byte[] Encode()
    {
        var writer = RlpBuffers.Rent();
        Encode(writer);
        var bytes = writer.ToArray();
        RlpBuffers.Return(writer);
        return bytes;
    }

    private void EncodeAppended(RlpWriter writer)
    {
        if (BaseFeePerGas is { } baseFee)
        {
            writer.WriteUInt256(in baseFee);
        }
        WriteOptional(writer, WithdrawalsRoot);
        if (BlobGasUsed is { } blobGasUsed)
        {
            writer.WriteUInt64(blobGasUsed);
        }
        if (ExcessBlobGas is { } excess)
        {
            writer.WriteUInt64(excess);
        }
        WriteOptional(writer, ParentBeaconBlockRoot);
        WriteOptional(writer, RequestsHash);
        WriteOptional(writer, BlockAccessListHash);
    }

    private static void WriteOptional(RlpWriter writer, Hash256? hash)
    {
        if (hash is { } value)
        {
            writer.WriteHash256(in value);
        }
    }
}
