using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Grid.Primitives;

namespace Grid.Evm.Precompiles;

/// <summary>The precompiles of a fork by address. A new one is a file and a row.</summary>
public sealed class PrecompileTable
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
        new(0x06, Fork.Byzantium, new Bn254Add(Bn254Add.GasByzantium)),
        new(0x06, Fork.Istanbul, new Bn254Add(Bn254Add.GasIstanbul)),
        new(0x07, Fork.Byzantium, new Bn254Multiply(Bn254Multiply.GasByzantium)),
        new(0x07, Fork.Istanbul, new Bn254Multiply(Bn254Multiply.GasIstanbul)),
        new(0x08, Fork.Byzantium, new Bn254Pairing(Bn254Pairing.FixedGasByzantium, Bn254Pairing.PairGasByzantium)),
        new(0x08, Fork.Istanbul, new Bn254Pairing(Bn254Pairing.FixedGasIstanbul, Bn254Pairing.PairGasIstanbul)),
        new(0x09, Fork.Istanbul, new Blake2F()),
        new(0x0a, Fork.Cancun, new KzgPointEvaluation()),
        new(0x0b, Fork.Prague, new Bls12381G1Add()),
        new(0x0c, Fork.Prague, new Bls12381G1Msm()),
        new(0x0d, Fork.Prague, new Bls12381G2Add()),
        new(0x0e, Fork.Prague, new Bls12381G2Msm()),
        new(0x0f, Fork.Prague, new Bls12381Pairing()),
        new(0x10, Fork.Prague, new Bls12381MapG1()),
        new(0x11, Fork.Prague, new Bls12381MapG2()),
        new(0x100, Fork.Osaka, new P256Verify()),
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
