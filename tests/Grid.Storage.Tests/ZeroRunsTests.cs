using CsCheck;

namespace Grid.Storage.Tests;

public sealed class ZeroRunsTests
{
    private static readonly Gen<byte[]> s_bytes =
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Int[0, 300]).Select((literal, zeros) => (byte[])[.. literal, .. new byte[zeros]]).Array[0, 12].Select(parts => parts.SelectMany(x => x).ToArray());

    [Fact]
    public void What_is_encoded_comes_back() => s_bytes.Sample(bytes => Assert.Equal(bytes, ZeroRuns.Decode(ZeroRuns.Encode(bytes))), iter: 2_000);

    [Theory]
    [InlineData("", "00000000")]
    [InlineData("0102", "00000002" + "02" + "0102" + "00")]
    [InlineData("01" + "0000000000000000" + "02", "0000000a" + "01" + "01" + "08" + "01" + "02" + "00")]
    [InlineData("00000000000000", "00000007" + "07" + "00000000000000" + "00")] // too short a run to tell
    public void Bytes_are_pinned(string bytes, string encoded) => Assert.Equal(encoded, Convert.ToHexStringLower(ZeroRuns.Encode(Convert.FromHexString(bytes))));

    [Fact]
    public void A_bloom_takes_little() => Assert.Equal(4 + 1 + 1 + 2 + 1 + 1 + 2, ZeroRuns.Encode([1, .. new byte[200], 7, .. new byte[255]]).Length);

    [Fact]
    public void What_is_cut_or_changed_is_refused_or_other_bytes_but_never_breaks()
    {
        var whole = ZeroRuns.Encode([1, 2, 3, .. new byte[100], 4, .. new byte[1_000], 5, 6]);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.Null(ZeroRuns.Decode(whole.AsSpan(0, length)));
        }
        Assert.Null(ZeroRuns.Decode([.. whole, 0]));
        Gen.Select(Gen.Int[4, whole.Length - 1], Gen.Byte).Sample((place, value) =>
        {
            var changed = whole.ToArray();
            changed[place] = value;
            Assert.True(ZeroRuns.Decode(changed) is null or { Length: 1_106 });
        });
    }
}
