using CsCheck;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Chain.Tests;

/// <summary>Random well-formed transactions; their signatures have the right range, and are nobody's.</summary>
internal static class TransactionGen
{
    public static readonly Gen<UInt256> Word = Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong, Gen.Int[0, 255])
        .Select((a, b, c, d, shift) => new UInt256(a, b, c, d) >> shift);

    public static readonly Gen<Address> Address = Gen.Byte.Array[20].Select(bytes => new Address(bytes));

    public static readonly Gen<Hash256> Hash = Gen.Byte.Array[32].Select(bytes => new Hash256(bytes));

    private static readonly Gen<AccessListEntry> Entry = Gen.Select(Address, Word.Array[0, 3]).Select((address, keys) => new AccessListEntry(address, keys));

    private static readonly Gen<Authorization> Tuple = Gen.Select(Word, Address, Gen.ULong, Gen.Byte, Word, Word)
        .Select((chain, address, nonce, parity, r, s) => new Authorization(chain, address, nonce, parity, r, s));

    private static readonly Gen<UInt256> Scalar = Word.Select(word => word.IsZero ? UInt256.One : word % Secp256k1.Order + (word % Secp256k1.Order == 0 ? UInt256.One : UInt256.Zero));

    public static readonly Gen<Transaction> Any =
        from type in Gen.Int[0, 4]
        from chain in Gen.UInt
        from nonce in Gen.ULong
        from gas in Gen.ULong
        from fee in Word
        from tip in Word
        from to in Address
        from creates in Gen.Bool
        from data in Gen.Byte.Array[0, 100]
        from entries in Entry.Array[0, 3]
        from blobs in Hash.Array[0, 3]
        from tuples in Tuple.Array[0, 3]
        from parity in Gen.Byte[0, 1]
        from r in Scalar
        from s in Scalar
        select new Transaction
        {
            Type = (TransactionType)type,
            ChainId = type == 0 && chain % 2 == 0 ? null : chain,
            Nonce = nonce,
            GasLimit = gas,
            MaxFeePerGas = fee,
            MaxPriorityFeePerGas = type < 2 ? fee : tip,
            To = creates && type < 3 ? null : to,
            Value = tip,
            Data = data,
            AccessList = type >= 1 ? entries : [],
            BlobVersionedHashes = type == 3 ? blobs : [],
            MaxFeePerBlobGas = type == 3 ? tip : default,
            AuthorizationList = type == 4 ? tuples : [],
            YParity = parity,
            R = r,
            S = s,
        };
}
