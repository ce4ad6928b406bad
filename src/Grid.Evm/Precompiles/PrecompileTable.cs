using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Precompiles;

/// <summary>The precompiles of a fork by address. A new one is a file and a row.</summary>
internal sealed class PrecompileTable
{
    /// <summary>One above the highest address that any row has.</summary>
    public const int AddressLimit = 0x101;

    public static readonly Address Ripemd = Address.FromNumber(3);

    private readonly Precompile?[] _byAddress = new Precompile?[AddressLimit];

    private readonly record struct Row(int Address, Fork Since, Precompile Precompile);

    private static readonly Row[] Rows =
    [
        new(0x01, Fork.Frontier, new EcRecover()),
        new(0x02, Fork.Frontier, new Sha256()),
        new(0x03, Fork.Frontier, new Ripemd160()),
        new(0x04, Fork.Frontier, new Identity()),
        new(0x05, Fork.Byzantium, new ModExp(ModExpPrice.Eip198)),
        new(0x05, Fork.Berlin, new ModExp(ModExpPrice.Eip2565)),
        new(0x05, Fork.Osaka, new ModExp(ModExpPrice.Eip7883)),
        new(0x06, Fork.Byzantium, new Unavailable()), // BN254 addition (EIP-196)
        new(0x07, Fork.Byzantium, new Unavailable()), // BN254 multiplication (EIP-196)
        new(0x08, Fork.Byzantium, new Unavailable()), // BN254 pairing (EIP-197)
        new(0x09, Fork.Istanbul, new Blake2F()),
        new(0x0a, Fork.Cancun, new Unavailable()), // KZG point evaluation (EIP-4844)
        new(0x0b, Fork.Prague, new Unavailable()), // BLS12-381 G1 addition (EIP-2537)
        new(0x0c, Fork.Prague, new Unavailable()), // BLS12-381 G1 multi-scalar multiplication (EIP-2537)
        new(0x0d, Fork.Prague, new Unavailable()), // BLS12-381 G2 addition (EIP-2537)
        new(0x0e, Fork.Prague, new Unavailable()), // BLS12-381 G2 multi-scalar multiplication (EIP-2537)
        new(0x0f, Fork.Prague, new Unavailable()), // BLS12-381 pairing (EIP-2537)
        new(0x10, Fork.Prague, new Unavailable()), // BLS12-381 map to G1 (EIP-2537)
        new(0x11, Fork.Prague, new Unavailable()), // BLS12-381 map to G2 (EIP-2537)
        new(0x100, Fork.Osaka, new Unavailable()), // P256VERIFY (EIP-7951)
    ];

    private PrecompileTable(Fork fork)
    {
        foreach (var row in Rows)
        {
            if (row.Since <= fork)
            {
                _byAddress[row.Address] = row.Precompile;
            }
        }
    }

    /// <summary>A later row for the same address takes the earlier one's place.</summary>
    public static PrecompileTable Of(Fork fork) => new(fork);

    public bool Contains(in Address address) => Find(in address) is not null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Precompile? Find(in Address address)
    {
        var bytes = address.Span;
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != 0 || BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) != 0)
        {
            return null;
        }
        var number = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        return number < AddressLimit ? _byAddress[number] : null;
    }
}
