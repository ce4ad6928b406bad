using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain;

/// <summary>Signs transactions and authorizations with a key at hand: development accounts, tests and benchmarks.</summary>
public sealed class Signer
{
    private readonly UInt256 _privateKey;

    /// <exception cref="ArgumentOutOfRangeException">The key is 0, or not below the order of the curve.</exception>
    public Signer(in UInt256 privateKey)
    {
        _privateKey = privateKey;
        Address = Secp256k1.AddressOf(in privateKey);
    }

    public Address Address { get; }

    /// <summary>The same transaction with this key's signature; a legacy one with a chain id is signed as EIP-155 says.</summary>
    public Transaction Sign(Transaction unsigned)
    {
        var signature = Secp256k1.Sign(unsigned.SigningHash, in _privateKey);
        var signed = new Transaction
        {
            Type = unsigned.Type,
            ChainId = unsigned.ChainId,
            Nonce = unsigned.Nonce,
            GasLimit = unsigned.GasLimit,
            MaxFeePerGas = unsigned.MaxFeePerGas,
            MaxPriorityFeePerGas = unsigned.MaxPriorityFeePerGas,
            To = unsigned.To,
            Value = unsigned.Value,
            Data = unsigned.Data,
            AccessList = unsigned.AccessList,
            MaxFeePerBlobGas = unsigned.MaxFeePerBlobGas,
            BlobVersionedHashes = unsigned.BlobVersionedHashes,
            AuthorizationList = unsigned.AuthorizationList,
            YParity = (byte)signature.RecoveryId,
            R = signature.R,
            S = signature.S,
        };
        signed.SetSender(Address);
        return signed;
    }

    /// <summary>An authorization (EIP-7702) that lets the code at the address run as this key's account.</summary>
    public Authorization Authorize(in UInt256 chainId, in Address address, ulong nonce)
    {
        var signature = Secp256k1.Sign(Authorization.HashOf(in chainId, in address, nonce), in _privateKey);
        return new Authorization(chainId, address, nonce, (byte)signature.RecoveryId, signature.R, signature.S);
    }
}
