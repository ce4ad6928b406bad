using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Grid.Primitives.Tests;

public class JsonUnicodeTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("""["a", "ü", "𝄞"]""", true)]
    [InlineData("""["\ud834\udd1e"]""", true)]
    [InlineData("""["\u0041\n\\ud800"]""", true)]
    [InlineData("""["\ud834"]""", false)]
    [InlineData("""["\ud834x\udd1e"]""", false)]
    [InlineData("""["\udd1e\ud834"]""", false)]
    [InlineData("""["\ud834\ud834\udd1e"]""", false)]
    [InlineData("""["\\\ud834"]""", false)]
    [InlineData("""{"\uDC00":1}""", false)]
    public void Tells_what_can_be_read_as_text(string json, bool isValid)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        Assert.Equal(isValid, JsonUnicode.IsValid(bytes));
        Assert.Equal(isValid, JsonUnicode.IsValid(new ReadOnlySequence<byte>(bytes)));
        if (isValid && json.Length > 0)
        {
            using var document = JsonDocument.Parse(bytes);
            Assert.NotNull(document.RootElement[0].GetString());
        }
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_no_text() => Assert.False(JsonUnicode.IsValid([(byte)'"', 0xff, (byte)'"']));

    [Theory]
    [InlineData("\\")]
    [InlineData("\\u")]
    [InlineData("\\ud8")]
    [InlineData("\\ud800\\")]
    public void Ends_where_the_text_does(string json) => JsonUnicode.IsValid(Encoding.UTF8.GetBytes(json));
}
