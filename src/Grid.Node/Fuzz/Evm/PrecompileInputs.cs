using Grid.Chain;
using Grid.Crypto;
using Grid.Primitives;

namespace Grid.Node.Fuzz.Evm;

/// <summary>Input for a precompile: right as a rule, spoiled now and then, so that both ends of each check are reached.</summary>
internal static class PrecompileInputs
{
    private const int MaxLength = 1_024;

    // y² = x³ + 3 over BN254 (EIP-196): the generator, and the order of the field and of the group.
    private static readonly UInt256 Bn254Field = UInt256.Parse("21888242871839275222246405745257275088696311157297823662689037894645226208583");
    private static readonly UInt256 Bn254Order = UInt256.Parse("21888242871839275222246405745257275088548364400416034343698204186575808495617");

    /// <summary>The generator of G2 (EIP-197): imaginary parts first.</summary>
    private static readonly byte[] Bn254G2 = Hex.Decode(
        "0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c21800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        + "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa");

    /// <summary>The generator of G1 of BLS12-381 (EIP-2537): coordinates of 64 bytes.</summary>
    private static readonly byte[] Bls12G1 = Hex.Decode(
        "0x0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb"
        + "0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1");

    /// <summary>The generator of G2 of BLS12-381: x and y, each c0 and c1 of 64 bytes.</summary>
    private static readonly byte[] Bls12G2 = Hex.Decode(
        "0x00000000000000000000000000000000024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
        + "0000000000000000000000000000000013e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
        + "000000000000000000000000000000000ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801"
        + "000000000000000000000000000000000606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be");

    /// <summary>P-256's generator (SEC 2, section 2.4.2).</summary>
    private static readonly byte[] P256 = Hex.Decode(
        "0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");

    private static readonly Signer Key = new(UInt256.One << 77);

    public static byte[] Of(Dice dice, in Address address)
    {
        var bytes = Valid(dice, (int)address.ToWord().U0);
        return dice.Below(5) switch
        {
            0 when bytes.Length > 0 => Spoil(dice, bytes),
            1 => bytes[..dice.Below(bytes.Length + 1)],
            2 when dice.OneIn(2) => [.. bytes, .. dice.Bytes(EdgeValues.ByteLength(dice) % 100)],
            _ => bytes,
        };
    }

    private static byte[] Valid(Dice dice, int number) => number switch
    {
        0x01 => Recovery(dice),
        0x05 => Exponentiation(dice),
        0x06 => [.. Bn254Point(dice), .. Bn254Point(dice)],
        0x07 => [.. Bn254Point(dice), .. Scalar(dice, Bn254Order)],
        0x08 => Repeat(dice.Below(3), () => [.. Bn254Point(dice), .. dice.OneIn(4) ? new byte[128] : Bn254G2]),
        0x09 => Blake(dice),
        0x0a => [0x01, .. dice.Bytes(191)],
        0x0b => [.. Point(dice, Bls12G1), .. Point(dice, Bls12G1)],
        0x0c => Repeat(dice.Between(1, 3), () => [.. Point(dice, Bls12G1), .. EdgeValues.Word(dice).ToBigEndian()]),
        0x0d => [.. Point(dice, Bls12G2), .. Point(dice, Bls12G2)],
        0x0e => Repeat(dice.Between(1, 2), () => [.. Point(dice, Bls12G2), .. EdgeValues.Word(dice).ToBigEndian()]),
        0x0f => Repeat(dice.Between(1, 2), () => [.. Point(dice, Bls12G1), .. Point(dice, Bls12G2)]),
        0x10 => FieldElement(dice),
        0x11 => [.. FieldElement(dice), .. FieldElement(dice)],
        0x100 => [.. dice.Bytes(96), .. P256],
        _ => dice.Bytes(EdgeValues.ByteLength(dice)),
    };

    private static byte[] Recovery(Dice dice)
    {
        var transaction = Key.Sign(new Transaction { Type = TransactionType.Legacy, Nonce = dice.Next() });
        var v = dice.OneIn(6) ? EdgeValues.Word(dice) : (UInt256)(27UL + transaction.YParity);
        var s = dice.OneIn(8) ? Secp256k1.Order - transaction.S : transaction.S;
        return [.. transaction.SigningHash.Span, .. v.ToBigEndian(), .. transaction.R.ToBigEndian(), .. s.ToBigEndian()];
    }

    /// <summary>EIP-198: three lengths, then base, exponent and modulus.</summary>
    private static byte[] Exponentiation(Dice dice)
    {
        var lengths = new int[3];
        for (var i = 0; i < lengths.Length; i++)
        {
            lengths[i] = dice.Pick((int[])[0, 1, 2, 8, 31, 32, 33, 63, 64, 65, 96]);
        }
        var bytes = new List<byte>();
        foreach (var length in lengths)
        {
            bytes.AddRange((dice.OneIn(40) ? EdgeValues.Size(dice) : (UInt256)length).ToBigEndian());
        }
        foreach (var length in lengths)
        {
            var number = dice.Bytes(length);
            if (length > 0 && dice.OneIn(4))
            {
                number.AsSpan(0, dice.Below(length)).Clear();
            }
            bytes.AddRange(number);
        }
        return [.. bytes];
    }

    /// <summary>EIP-152: rounds, the state, the message, the counters, the last-block flag.</summary>
    private static byte[] Blake(Dice dice)
    {
        var bytes = dice.Bytes(213);
        bytes.AsSpan(0, 3).Clear();
        bytes[3] = (byte)dice.Below(20);
        bytes[212] = (byte)(dice.OneIn(10) ? 2 : dice.Below(2));
        return bytes;
    }

    private static byte[] Bn254Point(Dice dice) => dice.Below(6) switch
    {
        0 => new byte[64],
        1 => [.. UInt256.One.ToBigEndian(), .. (Bn254Field - 2).ToBigEndian()],
        2 => [.. (Bn254Field + 1).ToBigEndian(), .. ((UInt256)2UL).ToBigEndian()],
        _ => [.. UInt256.One.ToBigEndian(), .. ((UInt256)2UL).ToBigEndian()],
    };

    private static byte[] Point(Dice dice, byte[] generator) => dice.OneIn(5) ? new byte[generator.Length] : generator;

    private static byte[] FieldElement(Dice dice)
    {
        var bytes = dice.Bytes(64);
        bytes.AsSpan(0, dice.OneIn(8) ? 15 : 17).Clear();
        return bytes;
    }

    private static byte[] Scalar(Dice dice, in UInt256 order) => (dice.OneIn(3) ? order - (ulong)dice.Below(3) : EdgeValues.Word(dice)).ToBigEndian();

    private static byte[] Repeat(int count, Func<byte[]> make) => [.. Enumerable.Range(0, count).SelectMany(_ => make()).Take(MaxLength)];

    private static byte[] Spoil(Dice dice, byte[] bytes)
    {
        bytes = [.. bytes];
        bytes[dice.Below(bytes.Length)] ^= (byte)(1 << dice.Below(8));
        return bytes;
    }
}
