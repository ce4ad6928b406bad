using System.Text;
using Grid.Chain;
using Grid.Node.Fixtures;
using Grid.Primitives;

namespace Grid.Node.Tests;

/// <summary>Fixtures that aren't what their format says are refused as such, whatever is wrong. Found by `grid fuzz input`.</summary>
public sealed class FixtureFileTests
{
    private static readonly string Right = Fixtures.Transfer();

    [Fact]
    public void A_right_one_is_right() => Assert.Equal(CaseStatus.Passed, Assert.Single(Run(Right)).Status);

    [Theory]
    [InlineData(Fixtures.Sender, "0xffff")]
    [InlineData("\"value\": [ \"0x01\" ]", "\"value\": []")]
    [InlineData("\"value\": [ \"0x01\" ]", "\"value\": 1")]
    [InlineData("\"value\": [ \"0x01\" ]", "\"value\": [ 1.5 ]")]
    [InlineData("\"value\": [ \"0x01\" ]", "\"value\": [ -1 ]")]
    [InlineData("\"value\": 0 }", "\"value\": 1.5 }")]
    [InlineData("\"storage\": {}", "\"storage\": []")]
    [InlineData("\"storage\": {}", "\"storage\": { \"0x1\": \"0x1\", \"0x01\": \"0x2\" }")]
    [InlineData("\"storage\": {}", "\"storage\": { \"x\": \"0x1\" }")]
    [InlineData("\"currentNumber\": \"0x01\"", "\"currentNumber\": \"\\ud800\"")]
    [InlineData("\"currentNumber\": \"0x01\"", "\"currentNumber\": {}")]
    [InlineData("\"to\": \"0x0000000000000000000000000000000000001000\"", "\"to\": \"0x\"")]
    public void A_wrong_value_is_told(string right, string wrong)
    {
        Assert.Contains(right, Right, StringComparison.Ordinal);
        Assert.Throws<FixtureFormatException>(() => Run(Right.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{ "a": { "decryption_type": "ecies_sec1_altered", "key": "", "cipher": "04", "payload": "" } }""")]
    [InlineData("""{ "a": { "decryption_type": "aes_ctr", "key": "01", "cipher": "04", "payload": "" } }""")]
    public void A_wrong_key_or_cipher_is_told(string json) => Assert.Throws<FixtureFormatException>(() => Run(json));

    [Fact]
    public void A_key_that_is_none_is_told()
    {
        var signed = new Signer(UInt256.One).Sign(new Transaction { Type = TransactionType.Legacy });
        var json = $$"""{ "a": { "key": "{{new string('0', 64)}}", "unsigned": "", "signed": "{{Hex.Encode(signed.Encoded)[2..]}}" } }""";
        Assert.Throws<FixtureFormatException>(() => Run(json));
    }

    [Theory]
    [InlineData("a: \"\\")]
    [InlineData("%%%\n---\n")]
    [InlineData("- a\n b: [")]
    public void A_wrong_YAML_file_is_told(string yaml) => Assert.Throws<FixtureFormatException>(() => Run(yaml, "wrong.yaml"));

    [Fact]
    public void An_account_listed_twice_is_told() => Assert.Throws<FixtureFormatException>(() => Run(Right.Replace(
        $"\"pre\": {{ \"{Fixtures.Sender}\"",
            $"\"pre\": {{ \"{Fixtures.Sender.ToUpperInvariant().Replace("0X", "0x", StringComparison.Ordinal)}\": {{ \"nonce\": \"0x00\", \"balance\": \"0x1\", \"code\": \"0x\", \"storage\": {{}} }}, \"{Fixtures.Sender}\"",
        StringComparison.Ordinal)));

    private static CaseOutcome[] Run(string text, string path = "right.json")
    {
        using var file = FixtureFile.Parse(new MemoryStream(Encoding.UTF8.GetBytes(text)), path);
        return [.. file.Cases().Select(fixture => fixture.Run(new LibraryChains()))];
    }
}
