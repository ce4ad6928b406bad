using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.Chain;

/// <summary>
/// One tuple of a type 4 transaction's authorization list (EIP-7702): its signer, the authority, lets the code at
/// <paramref name="Address"/> run as its own; the zero address takes a delegation back. A tuple that doesn't hold (another chain's, a wrong
/// nonce, a bad signature) is passed over and leaves the transaction valid.
/// </summary>
/// <param name="ChainId">Zero for any chain.</param>
public sealed record Authorization(UInt256 ChainId, Address Address, ulong Nonce, byte YParity, UInt256 R, UInt256 S)
{
    /// <summary>The byte before the RLP of what an authority signs.</summary>
    public const byte Magic = 0x05;

    /// <summary>Keccak-256 of `0x05 || rlp([chain_id, address, nonce])`: what the authority signs.</summary>
    public Hash256 SigningHash => HashOf(ChainId, Address, Nonce);

    /// <summary>The authority: the account that signed. False where the signature isn't valid (EIP-7702: a low s, a parity of 0 or 1).</summary>
    public bool TryRecoverAuthority(out Address authority)
    {
        authority = default;
        return YParity <= 1 && S <= Secp256k1.HalfOrder && Secp256k1.TryRecover(SigningHash, R, S, YParity, out authority);
    }

    public static Hash256 HashOf(in UInt256 chainId, in Address address, ulong nonce)
    {
        var writer = RlpBuffers.Rent();
        writer.WriteRaw([Magic]);
        var list = writer.BeginList();
        writer.WriteUInt256(in chainId);
        writer.WriteAddress(in address);
        writer.WriteUInt64(nonce);
        writer.EndList(list);
        var hash = Keccak256.Hash(writer.Written);
        RlpBuffers.Return(writer);
        return hash;
    }

    internal static Authorization[] DecodeList(ref RlpReader reader)
    {
        var list = reader.ReadList();
        var authorizations = new Authorization[list.CountItems()];
        for (var i = 0; i < authorizations.Length; i++)
        {
            var item = list.ReadList();
            authorizations[i] = new Authorization(
                item.ReadUInt256(), item.ReadAddress(), item.ReadUInt64(), ReadByte(ref item), item.ReadUInt256(), item.ReadUInt256());
            item.ExpectEnd();
        }
        return authorizations;
    }

    internal static void EncodeList(RlpWriter writer, ReadOnlySpan<Authorization> authorizations)
    {
        var list = writer.BeginList();
        foreach (var authorization in authorizations)
        {
            var item = writer.BeginList();
            writer.WriteUInt256(authorization.ChainId);
            writer.WriteAddress(authorization.Address);
            writer.WriteUInt64(authorization.Nonce);
            writer.WriteUInt64(authorization.YParity);
            writer.WriteUInt256(authorization.R);
            writer.WriteUInt256(authorization.S);
            writer.EndList(item);
        }
        writer.EndList(list);
    }

    /// <summary>EIP-7702: a y parity of 2^8 or more makes the transaction invalid, one of 2 to 255 only the tuple.</summary>
    private static byte ReadByte(ref RlpReader reader)
    {
        var at = reader.Position;
        var value = reader.ReadUInt64();
        return value <= byte.MaxValue ? (byte)value : throw new RlpException(RlpError.TooWide, at);
    }
}
