using Grid.Evm.Precompiles;
using Grid.Primitives;

namespace Grid.Evm.Tests;

/// <summary>Precompiles as contracts call them: input, output, gas. Their mathematics has its own tests.</summary>
public class PrecompileTests
{
    private static ExecutionResult Call(int address, string input, out long gasUsed, Fork fork = Fork.Osaka, long gas = 1_000_000)
    {
        var scene = new Scene { Fork = fork, Input = Hex.Decode(input), Gas = gas };
        var result = scene.Call(Address.FromNumber((ulong)address));
        gasUsed = gas - result.GasLeft;
        return result;
    }

    [Theory]
    [InlineData(2, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", 60)]
    [InlineData(2, "616263", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", 72)]
    [InlineData(3, "", "0000000000000000000000009c1185a5c5e9fc54612808977ee8f548b2258d31", 600)]
    [InlineData(3, "616263", "0000000000000000000000008eb208f7e05d987a9b044a8e98c6b087f15a0bfc", 720)]
    [InlineData(4, "", "", 15)]
    [InlineData(4, "0102", "0102", 18)]
    public void Hashes_and_identity(int address, string input, string output, long gas)
    {
        var result = Call(address, input, out var used);
        Assert.Equal(Halt.Return, result.Halt.IsSuccess() ? Halt.Return : result.Halt);
        Assert.Equal(output, Convert.ToHexStringLower(result.Output.Span));
        Assert.Equal(gas, used);
    }

    [Fact]
    public void Ecrecover_recovers_or_says_nothing()
    {
        // The example of geth's contract tests.
        const string Input = "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c000000000000000000000000000000000000000000000000000000000000001c"
            + "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75feeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549";
        var result = Call(1, Input, out var gas);
        Assert.Equal("000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b", Convert.ToHexStringLower(result.Output.Span));
        Assert.Equal(3_000, gas);
        var wrong = Call(1, Input.Replace("001c73b1", "001d73b1", StringComparison.Ordinal), out gas);
        Assert.Equal((0, 3_000L, true), (wrong.Output.Length, gas, wrong.IsSuccess));
    }

    /// <summary>3^5 mod 7 = 5, by forks.</summary>
    [Theory]
    [InlineData(Fork.Byzantium, 0)]
    [InlineData(Fork.Berlin, 200)]
    [InlineData(Fork.Osaka, 500)]
    public void ModExp_price(Fork fork, long gas)
    {
        const string One = "0000000000000000000000000000000000000000000000000000000000000001";
        var result = Call(5, One + One + One + "030507", out var used, fork);
        Assert.Equal([5], result.Output.ToArray());
        Assert.Equal(gas, used);
    }

    [Theory]
    [InlineData(Fork.Prague, true)]
    [InlineData(Fork.Osaka, false)]
    public void Eip7823_limits_operands(Fork fork, bool succeeds)
    {
        const string Lengths = "0000000000000000000000000000000000000000000000000000000000000401" + "0000000000000000000000000000000000000000000000000000000000000001"
            + "0000000000000000000000000000000000000000000000000000000000000001";
        var result = Call(5, Lengths, out _, fork);
        Assert.Equal(succeeds ? Halt.Return : Halt.PrecompileFailure, result.Halt);
    }

    [Fact]
    public void ModExp_without_operands_costs_little_however_long_the_exponent_claims_to_be()
    {
        var result = Call(5, new string('0', 64) + new string('f', 64) + new string('0', 64), out var gas, Fork.Berlin);
        Assert.Equal((Halt.Return, 200L, 0), (result.Halt, gas, result.Output.Length));
        Assert.Equal(Halt.OutOfGas, Call(5, new string('f', 192), out _, Fork.Berlin).Halt);
    }

    [Fact]
    public void Blake2F_charges_a_round_one_and_refuses_other_lengths()
    {
        var input = "0000000c" + new string('0', 2 * 208) + "01";
        Assert.Equal(64, Call(9, input, out var gas).Output.Length);
        Assert.Equal(12, gas);
        Assert.Equal(Halt.PrecompileFailure, Call(9, input[2..], out gas).Halt);
        Assert.Equal(Halt.PrecompileFailure, Call(9, input[..^2] + "02", out gas).Halt);
        Assert.Equal(1_000_000, gas);
        // Before Istanbul nobody is there.
        Assert.Equal(Halt.Stop, Call(9, input, out _, Fork.Petersburg).Halt);
    }

    /// <summary>EIP-196 and EIP-197, then EIP-1108.</summary>
    [Theory]
    [InlineData(Fork.Byzantium, 500, 40_000, 100_000, 80_000)]
    [InlineData(Fork.Petersburg, 500, 40_000, 100_000, 80_000)]
    [InlineData(Fork.Istanbul, 150, 6_000, 45_000, 34_000)]
    [InlineData(Fork.Osaka, 150, 6_000, 45_000, 34_000)]
    public void Bn254_prices(Fork fork, long add, long multiply, long pairing, long pair)
    {
        Assert.Equal(new byte[64], Call(6, "", out var gas, fork).Output.ToArray());
        Assert.Equal(add, gas);
        Assert.Equal(new byte[64], Call(7, "", out gas, fork).Output.ToArray());
        Assert.Equal(multiply, gas);
        Assert.Equal(UInt256.One.ToBigEndian(), Call(8, "", out gas, fork).Output.ToArray());
        Assert.Equal(pairing, gas);
        Assert.Equal(UInt256.One.ToBigEndian(), Call(8, new string('0', 2 * 192 * 2), out gas, fork).Output.ToArray());
        Assert.Equal(pairing + (2 * pair), gas);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Bn254_fails_on_what_is_no_point(int address)
    {
        // (1, 1).
        var wrong = UInt256.One.ToBigEndian();
        var result = Call(address, Convert.ToHexString([.. wrong, .. wrong, .. new byte[128]]), out var gas);
        Assert.Equal((Halt.PrecompileFailure, 1_000_000L), (result.Halt, gas));
        Assert.Equal(address == 8 ? Halt.PrecompileFailure : Halt.Return, Call(address, "00", out _).Halt);
        Assert.Equal(Halt.Stop, Call(address, Convert.ToHexString([.. wrong, .. wrong]), out _, Fork.SpuriousDragon).Halt);
    }

    [Fact]
    public void Eip7951_says_nothing_where_a_signature_is_wrong()
    {
        // The first of EIP-7951's vectors.
        const string Right = "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4da73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
            + "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d604aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
            + "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e";
        var right = Call(0x100, Right, out var gas);
        Assert.Equal((Halt.Return, 6_900L), (right.Halt, gas));
        Assert.Equal(UInt256.One.ToBigEndian(), right.Output.ToArray());
        foreach (var input in new[] { "", Right[..^2], Right + "00", "5" + Right[1..], new string('0', 320), new string('f', 320) })
        {
            var wrong = Call(0x100, input, out gas);
            Assert.Equal((Halt.Return, 0, 6_900L), (wrong.Halt, wrong.Output.Length, gas));
        }
        Assert.Equal(0, Call(0x100, Right, out gas, Fork.Prague).Output.Length);
        Assert.Equal(0, gas);
    }

    [Fact]
    public void The_touch_of_Ripemd_survives_its_failure()
    {
        // Main network, block 2,675,119 (EIP-161's exception): too little gas for the hash.
        foreach (var (address, isTouched) in new[] { (3, true), (2, false) })
        {
            var scene = new Scene($"PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 00 PUSH1 {address:x2} PUSH1 01 CALL") { Fork = Fork.SpuriousDragon };
            scene.World.Add(Address.FromNumber((ulong)address));
            Assert.Equal(Halt.Stop, scene.Call().Halt);
            Assert.Equal(isTouched, scene.World.Accounts[Address.FromNumber((ulong)address)].IsTouched);
        }
    }
}
