using CsCheck;
using Grid.Crypto.Bls12381;

namespace Grid.Crypto.Tests.Bls12381;

public class MapToCurveTests
{
    [Fact]
    public void Mapped_elements_are_in_the_subgroup() =>
        Gen.Select(Fields.Elements, Fields.Elements2).Sample((u, v) =>
        {
            var p = MapToG1.Map(u);
            Assert.True(p.IsOnCurve(G1.B) && G1.Contains(p));
            var q = MapToG2.Map(v);
            Assert.True(q.IsOnCurve(G2.B) && G2.Contains(q));
            // u and -u differ in the sign of y only.
            Assert.True(Fp.AreEqual(p.X, MapToG1.Map(-u).X) && Fp2.AreEqual(q.X, MapToG2.Map(-v).X));
        }, iter: 20);

    /// <summary>
    /// u[0] and u[1] of RFC 9380, appendix J.9.1 (the empty message), whose points add up to P before the cofactor, and so after it.
    /// </summary>
    [Fact]
    public void Rfc_9380_for_G1()
    {
        var p = MapToG1.Map(Fp.Parse("0x0ba14bd907ad64a016293ee7c2d276b8eae71f25a4b941eece7b0d89f17f75cb3ae5438a614fb61d6835ad59f29c564f"))
            + MapToG1.Map(Fp.Parse("0x019b9bd7979f12657976de2884c7cce192b82c177c80e0ec604436a7f538d231552f0d96d9f7babe5fa3b19b3ff25ac9"));
        Assert.Equal("0x052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1", p.X.ToString());
        Assert.Equal("0x08ba738453bfed09cb546dbb0783dbb3a5f1f566ed67bb6be0e8c67e2e81a4cc68ee29813bb7994998f3eae0c9c6a265", p.Y.ToString());
    }

    /// <summary>The same of appendix J.10.1.</summary>
    [Fact]
    public void Rfc_9380_for_G2()
    {
        var q = MapToG2.Map(Fp2.Parse(
                "0x03dbc2cce174e91ba93cbb08f26b917f98194a2ea08d1cce75b2b9cc9f21689d80bd79b594a613d0a68eb807dfdc1cf8",
                "0x05a2acec64114845711a54199ea339abd125ba38253b70a92c876df10598bd1986b739cad67961eb94f7076511b3b39a"))
            + MapToG2.Map(Fp2.Parse(
                "0x02f99798e8a5acdeed60d7e18e9120521ba1f47ec090984662846bc825de191b5b7641148c0dbc237726a334473eee94",
                "0x145a81e418d4010cc027a68f14391b30074e89e60ee7a22f87217b2f6eb0c4b94c9115b436e6fa4607e95a98de30a435"));
        Assert.Equal("0x0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a", q.X.C0.ToString());
        Assert.Equal("0x05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d", q.X.C1.ToString());
        Assert.Equal("0x0503921d7f6a12805e72940b963c0cf3471c7b2a524950ca195d11062ee75ec076daf2d4bc358c4b190c0c98064fdd92", q.Y.C0.ToString());
        Assert.Equal("0x12424ac32561493f3fe3c260708a12b7c620e7be00099a974e259ddc7d1f6395c3c811cdd19f1e8dbf3e9ecfdcbab8d6", q.Y.C1.ToString());
    }
}
