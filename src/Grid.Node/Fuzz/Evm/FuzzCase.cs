using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>A state, a block's context and its transactions, in a form that can be taken apart. Immutable.</summary>
/// <param name="Index">With the seed it names the case.</param>
internal sealed record FuzzCase(ulong Seed, ulong Index, Fork Fork, FuzzBlock Block, FuzzAccount[] Accounts, FuzzTransaction[] Transactions)
{
    public const ulong ChainId = 1;

    public string Name => $"seed {Seed} case {Index} ({Fork})";
}

/// <summary>What the block opcodes and the block's rules see.</summary>
/// <param name="BaseFee">Wei per gas; from London on.</param>
/// <param name="ExcessBlobGas">From Cancun on.</param>
internal sealed record FuzzBlock(
    ulong Number, ulong Timestamp, ulong GasLimit, UInt256 BaseFee, UInt256 Difficulty, Hash256 PrevRandao, ulong ExcessBlobGas, Address Beneficiary,
    Withdrawal[] Withdrawals);

/// <summary>An account before the block.</summary>
/// <param name="Code">Null for none.</param>
internal sealed record FuzzAccount(Address Address, UInt256 Balance, ulong Nonce, FuzzProgram? Code, KeyValuePair<UInt256, UInt256>[] Storage)
{
    public GenesisAccount ToGenesis(bool hasPush0)
    {
        var bytes = Code?.Assemble(hasPush0) ?? [];
        var code = bytes.Length == 0 ? null : new Bytecode(bytes, Keccak256.Hash(bytes));
        return new GenesisAccount(Address, Balance, Nonce, code, [.. Storage.Where(slot => !slot.Value.IsZero)]);
    }
}

/// <summary>A transaction before it is signed.</summary>
/// <param name="Signer">The number of its sender's key.</param>
/// <param name="Data">Call data, or initcode.</param>
internal sealed record FuzzTransaction(
    TransactionType Type, int Signer, ulong? ChainId, ulong Nonce, ulong GasLimit, UInt256 MaxFee, UInt256 PriorityFee, Address? To, UInt256 Value,
    FuzzProgram Data, AccessListEntry[] AccessList, FuzzAuthorization[] Authorizations, UInt256 MaxBlobFee, Hash256[] Blobs);

/// <summary>An authorization before it is signed (EIP-7702).</summary>
/// <param name="Fault">How its signature is spoiled.</param>
internal sealed record FuzzAuthorization(int Signer, UInt256 ChainId, Address Address, ulong Nonce, SignatureFault Fault);

internal enum SignatureFault : byte
{
    None,

    /// <summary>A parity that is neither 0 nor 1.</summary>
    Parity,

    /// <summary>s above half of the order, with the parity that fits (EIP-2).</summary>
    HighS,

    /// <summary>r is zero.</summary>
    ZeroR,
}

/// <summary>The keys of a case: derived from what names it, so that no two cases share an account.</summary>
internal static class FuzzKeys
{
    public static Signer Of(ulong seed, ulong index, int number)
    {
        Span<byte> text = stackalloc byte[24];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(text, seed);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(text[8..], index);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(text[16..], number);
        // Below the order of the curve, and not zero.
        return new Signer((Keccak256.Hash(text).ToWord() >> 1) | UInt256.One);
    }

    /// <summary>An address that is no key's.</summary>
    public static Address AddressOf(ulong seed, ulong index, int number)
    {
        Span<byte> text = stackalloc byte[25];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(text, seed);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(text[8..], index);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(text[16..], number);
        return new Address(Keccak256.Hash(text).Span[12..]);
    }
}
