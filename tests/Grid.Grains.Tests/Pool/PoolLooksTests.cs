using System.Net;
using Grid.Grains.Pool;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;

namespace Grid.Grains.Tests.Pool;

/// <summary>A pool looks at the table again after silos came or went, soon and then less often; alone only at first.</summary>
public sealed class PoolLooksTests
{
    private static readonly SiloAddress[] One = [SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 1)];

    private static readonly SiloAddress[] Two = [.. One, SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 1)];

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Less_and_less_often_and_in_a_cluster_once_a_minute() => Assert.Equal([2, 6, 14, 30, 62, 122, 182, 242], Looks(Two, Two, 300));

    /// <summary>History 5001713: a write of the silo before took effect after this one had read the table, and what it admitted stayed there for ever.</summary>
    [Fact]
    public void For_half_a_minute_where_there_is_one_silo() => Assert.Equal([2, 6, 14, 30], Looks(One, One, 600));

    [Fact]
    public void Soon_again_when_silos_change() => Assert.Equal([4, 8, 16], Looks(One, Two, 30));

    /// <summary>The seconds after which it looks, asked every two seconds.</summary>
    private List<int> Looks(SiloAddress[] atFirst, SiloAddress[] later, int seconds)
    {
        var looks = new PoolLooks(_time);
        looks.Begin(atFirst);
        var due = new List<int>();
        for (var second = 2; second <= seconds; second += 2)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            if (looks.IsDue(later))
            {
                due.Add(second);
            }
        }
        return due;
    }
}
