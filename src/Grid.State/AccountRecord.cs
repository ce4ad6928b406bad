using Grid.Crypto;
using Grid.Primitives;
using Grid.Primitives.Rlp;

namespace Grid.State;

/// <summary>The leaf of the account trie (Yellow Paper, section 4.1): nonce, balance, storage root, code hash.</summary>
public readonly record struct AccountRecord(ulong Nonce, UInt256 Balance, Hash256 StorageRoot, Hash256 CodeHash)
{
    /// <summary>No nonce, no balance, no code, no storage.</summary>
    public static readonly AccountRecord Empty = new(0, UInt256.Zero, Keccak256.OfEmptyString, Keccak256.OfEmpty);

    /// <summary>EIP-161: no nonce, no balance, no code. Storage isn't asked.</summary>
    public bool IsEmpty => Nonce == 0 && Balance.IsZero && !HasCode;

    public bool HasCode => CodeHash != Keccak256.OfEmpty;

    public bool HasStorage => StorageRoot != Keccak256.OfEmptyString;

    /// <summary>Writes the RLP list of the four fields, at most 110 bytes; returns its length.</summary>
    internal int EncodeRlp(Span<byte> destination)
    {
        // The two hashes make the payload longer than 55 and shorter than 256 bytes: the header has two bytes.
        var at = 2;
        at += RlpPieces.WriteInteger(destination[at..], new UInt256(Nonce));
        at += RlpPieces.WriteInteger(destination[at..], Balance);
        at += RlpPieces.WriteHash(destination[at..], StorageRoot);
        at += RlpPieces.WriteHash(destination[at..], CodeHash);
        destination[0] = 0xf8;
        destination[1] = (byte)(at - 2);
        return at;
    }

    /// <summary>Reads the RLP list of the four fields.</summary>
    /// <exception cref="RlpException">The bytes aren't the canonical encoding of an account.</exception>
    public static AccountRecord DecodeRlp(ReadOnlySpan<byte> bytes)
    {
        var outer = new RlpReader(bytes);
        var list = outer.ReadList();
        outer.ExpectEnd();
        var record = new AccountRecord(list.ReadUInt64(), list.ReadUInt256(), list.ReadHash256(), list.ReadHash256());
        list.ExpectEnd();
        return record;
    }

    /// <summary>The RLP list of the four fields.</summary>
    public byte[] ToRlp()
    {
        Span<byte> bytes = stackalloc byte[110];
        return bytes[..EncodeRlp(bytes)].ToArray();
    }
}
