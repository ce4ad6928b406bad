using System.Text;

namespace Grid.Crypto.Tests;

public class Ripemd160Tests
{
    /// <summary>From the authors' page of RIPEMD-160.</summary>
    [Theory]
    [InlineData("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    public void Known_answers(string message, string hash)
    {
        var destination = new byte[20];
        Ripemd160.Hash(Encoding.ASCII.GetBytes(message), destination);
        Assert.Equal(hash, Convert.ToHexStringLower(destination));
        Assert.Throws<ArgumentException>(() => Ripemd160.Hash([], new byte[19]));
    }
}
