using System.Buffers.Binary;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Evm;

/// <summary>Where a new contract comes to live.</summary>
public static class ContractAddress
{
    /// <summary>CREATE and creating transactions: keccak256(rlp([sender, nonce])) (Yellow Paper, equation 88).</summary>
    /// <param name="sender">The creator.</param>
    /// <param name="nonce">The creator's nonce before it was incremented for this creation.</param>
    public static Address FromNonce(in Address sender, ulong nonce)
    {
        Span<byte> rlp = stackalloc byte[1 + 21 + 9];
        rlp[1] = 0x80 + Address.Length;
        sender.Span.CopyTo(rlp[2..]);
        var nonceLength = 1;
        if (nonce is > 0 and < 0x80)
        {
            rlp[22] = (byte)nonce;
        }
        else
        {
            Span<byte> digits = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(digits, nonce);
            var leading = nonce == 0 ? 8 : System.Numerics.BitOperations.LeadingZeroCount(nonce) / 8;
            rlp[22] = (byte)(0x80 + 8 - leading);
            digits[leading..].CopyTo(rlp[23..]);
            nonceLength += 8 - leading;
        }
        rlp[0] = (byte)(0xc0 + 21 + nonceLength);
        return new Address(Keccak256.Hash(rlp[..(22 + nonceLength)]).Span[12..]);
    }

    /// <summary>CREATE2 (EIP-1014): keccak256(0xff ++ sender ++ salt ++ keccak256(initcode)).</summary>
    public static Address FromSalt(in Address sender, in UInt256 salt, ReadOnlySpan<byte> initcode)
    {
        Span<byte> preimage = stackalloc byte[1 + 20 + 32 + 32];
        preimage[0] = 0xff;
        sender.Span.CopyTo(preimage[1..]);
        salt.WriteBigEndian(preimage[21..]);
        Keccak256.Hash(initcode, preimage[53..]);
        return new Address(Keccak256.Hash(preimage).Span[12..]);
    }
}
