using Grid.Crypto;
using Grid.Primitives;

namespace Grid.State.Tests;

public sealed class KeyHashesTests
{
    /// <summary>Of so many addresses a dozen share a place in a table of this many.</summary>
    private const int Tried = 1_000_000, Places = 1 << 17;

    /// <summary>Threads that take one another's places: a key and its hash never come from two of them.</summary>
    [Fact]
    public async Task KeysThatShareAPlaceKeepTheirHashes()
    {
        var addresses = Enumerable.Range(1, Tried).Select(i => Address.FromNumber((ulong)i)).Where(address => (address.GetHashCode() & (Places - 2)) == 0).ToArray();
        Assert.True(addresses.Length > 4, $"{addresses.Length} addresses share a place");
        var hashes = Array.ConvertAll(addresses, address => Keccak256.Hash(address.Span));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            for (var i = 0; i < 300_000; i++)
            {
                var which = random.Next(addresses.Length);
                Assert.Equal(hashes[which], KeyHashes.Of(in addresses[which]));
            }
        })));
    }

    /// <summary>More than the table has room for, one by one and together.</summary>
    [Fact]
    public void ManyKeysHaveTheirHashes()
    {
        var addresses = Enumerable.Range(0, 2 * Places).Select(i => Address.FromNumber((ulong)i)).ToArray();
        for (var round = 0; round < 2; round++)
        {
            var together = KeyHashes.Of(addresses, parallelism: 2);
            for (var i = 0; i < addresses.Length; i += 97)
            {
                Assert.Equal(Keccak256.Hash(addresses[i].Span), together[i]);
                Assert.Equal(together[i], KeyHashes.Of(in addresses[i]));
            }
        }
        Assert.Equal(Keccak256.Hash(new byte[32]), KeyHashes.Of(in UInt256.Zero));
    }
}
