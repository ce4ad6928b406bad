using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>
/// A signed transaction of any type from 0 to 4. Immutable; what is computed from it (hash, encoding, sender) is kept. Two
/// threads that compute it at once write equal values, and each is published by one volatile write after it is complete.
/// </summary>
public sealed partial class Transaction
{
    private byte[]? _encoded;
    private Hash256 _hash;
    private Address _sender;
    private volatile bool _hashKnown;
    private volatile bool _senderKnown;

    public required TransactionType Type { get; init; }

    /// <summary>The chain this is valid on; null for a legacy transaction without EIP-155.</summary>
    public ulong? ChainId { get; init; }

    public ulong Nonce { get; init; }

    /// <summary>Gas units.</summary>
    public ulong GasLimit { get; init; }

    /// <summary>Wei per gas; types 0 and 1 have one price, which is this and <see cref="MaxPriorityFeePerGas"/>.</summary>
    public UInt256 MaxFeePerGas { get; init; }

    /// <summary>Wei per gas.</summary>
    public UInt256 MaxPriorityFeePerGas { get; init; }

    /// <summary>The called account; null creates a contract.</summary>
    public Address? To { get; init; }

    /// <summary>Wei.</summary>
    public UInt256 Value { get; init; }

    /// <summary>Call data, or initcode where <see cref="To"/> is null.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>EIP-2930; empty for type 0.</summary>
    public AccessListEntry[] AccessList { get; init; } = [];

    /// <summary>EIP-4844: wei per blob gas; zero for other types.</summary>
    public UInt256 MaxFeePerBlobGas { get; init; }

    /// <summary>EIP-4844; empty for other types.</summary>
    public Hash256[] BlobVersionedHashes { get; init; } = [];

    /// <summary>EIP-7702; empty for other types.</summary>
    public Authorization[] AuthorizationList { get; init; } = [];

    /// <summary>0 or 1.</summary>
    public byte YParity { get; init; }

    public UInt256 R { get; init; }

    public UInt256 S { get; init; }

    public bool IsCreation => To is null;

    /// <summary>Gas units for the blobs (EIP-4844).</summary>
    public ulong BlobGas => (ulong)BlobVersionedHashes.Length * BlobGasRules.GasPerBlob;

    /// <summary>Keccak-256 of <see cref="Encoded"/>.</summary>
    public Hash256 Hash
    {
        get
        {
            if (!_hashKnown)
            {
                _hash = Keccak256.Hash(Encoded);
                _hashKnown = true;
            }
            return _hash;
        }
    }

    /// <summary>The network form: the legacy list, or the type byte and the payload. Also the leaf of the transactions trie.</summary>
    public ReadOnlySpan<byte> Encoded => EncodedBytes;

    /// <summary>The same bytes; not to be changed.</summary>
    public ReadOnlyMemory<byte> EncodedMemory => EncodedBytes;

    private byte[] EncodedBytes => Volatile.Read(ref _encoded) ?? KeepEncoded();

    /// <summary>
    /// The account that signed. Recovered on first use and kept; zero where the signature is nobody's (see <see cref="TryGetSender"/>).
    /// </summary>
    public Address Sender => TryGetSender(out var sender) ? sender : default;

    public bool IsSenderKnown => _senderKnown;

    /// <summary>Sets the sender where it is known already: from a message of another node of ours, or before signing in a simulation.</summary>
    public void SetSender(in Address sender)
    {
        _sender = sender;
        _senderKnown = true;
    }

    /// <summary>What a unit of gas costs the sender under this base fee (EIP-1559); the max fee where the base fee is above it.</summary>
    public UInt256 EffectiveGasPrice(in UInt256 baseFeePerGas)
    {
        if (MaxFeePerGas < baseFeePerGas)
        {
            return MaxFeePerGas;
        }
        var headroom = MaxFeePerGas - baseFeePerGas;
        return baseFeePerGas + (MaxPriorityFeePerGas < headroom ? MaxPriorityFeePerGas : headroom);
    }

    /// <summary>What a unit of gas pays the beneficiary under this base fee; zero where the base fee is above the max fee.</summary>
    public UInt256 EffectivePriorityFee(in UInt256 baseFeePerGas) =>
        MaxFeePerGas < baseFeePerGas ? UInt256.Zero : EffectiveGasPrice(in baseFeePerGas) - baseFeePerGas;

    private byte[] KeepEncoded()
    {
        var encoded = Encode();
        Volatile.Write(ref _encoded, encoded);
        return encoded;
    }
}
