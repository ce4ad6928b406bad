using CsCheck;
using Grid.Primitives;

namespace Grid.Crypto.Tests;

public class Secp256k1Tests
{
    private static readonly Gen<UInt256> Keys =
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong, (a, b, c, d) => new UInt256(a, b, c, d)).Where(k => Secp256k1.IsInRange(k));

    [Fact]
    public void What_is_signed_is_recovered_and_verified() =>
        Gen.Select(Keys, Keys).Sample((key, message) =>
        {
            var hash = Hash256.FromWord(message);
            var signature = Secp256k1.Sign(hash, key);
            var publicKey = new byte[64];
            Secp256k1.PublicKey(key, publicKey);
            Assert.True(signature.S <= Secp256k1.HalfOrder);
            Assert.True(Secp256k1.TryRecover(hash, signature.R, signature.S, signature.RecoveryId, out var address));
            Assert.Equal(Secp256k1.AddressOf(key), address);
            Assert.True(Secp256k1.Verify(hash, signature.R, signature.S, publicKey));
            Assert.True(Secp256k1.Verify(hash, signature.R, Secp256k1.Order - signature.S, publicKey));
            Assert.False(Secp256k1.Verify(hash, signature.S, signature.R, publicKey));
        }, iter: 50);

    /// <summary>The first accounts of the mnemonic that development tools share.</summary>
    [Theory]
    [InlineData("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266")]
    [InlineData("0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d", "0x70997970c51812dc3a010c7d01b50e0d17dc79c8")]
    public void Development_accounts(string key, string address) =>
        Assert.Equal(Address.Parse(address), Secp256k1.AddressOf(UInt256.Parse(key)));

    [Fact]
    public void A_private_key_out_of_range_is_refused()
    {
        foreach (var key in new[] { UInt256.Zero, Secp256k1.Order, UInt256.MaxValue })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Secp256k1.Sign(default, key));
            Assert.Throws<ArgumentOutOfRangeException>(() => Secp256k1.AddressOf(key));
        }
    }
}
