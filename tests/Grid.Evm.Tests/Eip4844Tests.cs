using Grid.Primitives;

namespace Grid.Evm.Tests;

public class Eip4844Tests
{
    /// <summary>versioned_hash, z, y, commitment, proof: geth's test vector for the precompile.</summary>
    private const string Input =
        "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
        + "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
        + "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
        + "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca25f26936857bc3a7c2539ea8ec3a952b7"
        + "873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a";

    private const string Output = "0000000000000000000000000000000000000000000000000000000000001000"
        + "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";

    private static ExecutionResult Call(byte[] input, long gas = 50_000) =>
        new Scene { Fork = Fork.Cancun, Input = input, Gas = gas }.Call(Address.FromNumber(0x0a));

    [Fact]
    public void A_right_proof_returns_the_sizes_of_polynomial_and_field()
    {
        var result = Call(Convert.FromHexString(Input));
        Assert.Equal((Halt.Return, 0L, Output), (result.Halt, result.GasLeft, Convert.ToHexStringLower(result.Output.Span)));
        Assert.Equal(Halt.OutOfGas, Call(Convert.FromHexString(Input), 49_999).Halt);
    }

    /// <summary>
    /// A byte of the hash's version, of the hash, z, y, commitment and proof, each changed so that it stays well-formed where it can.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(63)]
    [InlineData(95)]
    [InlineData(143)]
    [InlineData(144)]
    [InlineData(191)]
    public void Any_other_byte_fails(int index)
    {
        var input = Convert.FromHexString(Input);
        input[index] ^= index == 144 ? (byte)0x20 : (byte)1;
        Assert.Equal(Halt.PrecompileFailure, Call(input).Halt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(191)]
    [InlineData(193)]
    public void Another_length_fails(int length)
    {
        var input = Convert.FromHexString(Input);
        Array.Resize(ref input, length);
        Assert.Equal(Halt.PrecompileFailure, Call(input).Halt);
    }
}
