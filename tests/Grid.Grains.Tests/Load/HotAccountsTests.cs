using Grid.Grains.Load;
using Grid.Primitives;

namespace Grid.Grains.Tests.Load;

public sealed class HotAccountsTests
{
    [Fact]
    public void Memory_is_bounded_and_the_hottest_are_found()
    {
        var sketch = new HotAccounts(capacity: 16);
        var random = new Random(11);
        for (var round = 0; round < 500; round++)
        {
            sketch.Touch([KeyValuePair.Create(Address.FromNumber(1), 10), KeyValuePair.Create(Address.FromNumber((ulong)random.Next(100, 10_000)), 1)]);
        }
        var top = sketch.Top(100);
        Assert.Equal(16, top.Length);
        Assert.Equal(Address.FromNumber(1), top[0].Address);
        Assert.Equal(5_000, top[0].Touches);
        Assert.Equal(0, top[0].Error);
    }
}
