using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Evm;
using Grid.Gateway.Tests.Hosts;
using Grid.Grains.Reader;
using Grid.Primitives;

namespace Grid.Gateway.Tests;

/// <summary>Shapes of blocks, transactions and receipts: conversations of ethereum/execution-apis, field by field.</summary>
public sealed class ConversationTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "execution-apis.json"))).RootElement;

    public static TheoryData<string> Names() => [.. Vectors.GetProperty("conversations").EnumerateArray().Select(x => x.GetProperty("name").GetString()!)];

    [Theory, MemberData(nameof(Names))]
    public async Task Answers_as_the_specification_s_chain_does(string name)
    {
        var conversation = Vectors.GetProperty("conversations").EnumerateArray().Single(x => x.GetProperty("name").GetString() == name);
        var expected = conversation.GetProperty("response");
        var grid = new FakeGrid { Chain = new ChainDescription(Spec(), 1, IsDevelopment: false) };
        foreach (var block in Vectors.GetProperty("blocks").EnumerateObject())
        {
            var bytes = Hex.Decode(block.Value.GetString());
            Assert.True(Block.TryDecode(bytes, out var decoded, out var error), $"{block.Name}: {error}");
            grid.Add(decoded, bytes.Length);
        }
        if (name.StartsWith("eth_getTransactionReceipt", StringComparison.Ordinal))
        {
            grid.Add(await ReceiptOf(grid, expected.GetProperty("result")));
        }
        await using var host = await GatewayHost.StartAsync(grid, new GatewayOptions { ShowsOrleansDashboard = false });

        var answer = JsonDocument.Parse(await host.PostAsync(conversation.GetProperty("request").GetRawText())).RootElement;

        AssertSame(expected, answer, name);
    }

    /// <summary>Of the chain only what these blocks need: Prague's blob schedule at block 0x2d, Cancun's before.</summary>
    private static ChainSpec Spec() => new(
        Convert.ToUInt64(Vectors.GetProperty("chainId").GetString(), 16),
        new Dictionary<Fork, ulong> { [Fork.London] = 27, [Fork.Shanghai] = 390, [Fork.Cancun] = 420, [Fork.Prague] = 450 })
    {
        TerminalTotalDifficulty = 4_732_352UL,
    };

    private static async Task<ReceiptView> ReceiptOf(FakeGrid grid, JsonElement json)
    {
        var view = (await grid.GetTransaction(Hash256.Parse(json.GetProperty("transactionHash").GetString())))!;
        var logs = json.GetProperty("logs").EnumerateArray().ToArray();
        var receipt = new Receipt
        {
            Type = view.Transaction.Type,
            Succeeded = !json.TryGetProperty("status", out var status) || status.GetString() == "0x1",
            PostStateRoot = json.TryGetProperty("root", out var root) ? Hash256.Parse(root.GetString()) : null,
            CumulativeGasUsed = Number(json.GetProperty("cumulativeGasUsed")),
            GasUsed = Number(json.GetProperty("gasUsed")),
            ContractAddress = json.GetProperty("contractAddress").GetString() is { } created ? Address.Parse(created) : null,
            Logs = [.. logs.Select(log => new Log(
                Address.Parse(log.GetProperty("address").GetString()),
                [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.Parse(topic.GetString()))],
                Hex.Decode(log.GetProperty("data").GetString())))],
        };
        var first = logs.Length > 0 ? (int)Number(logs[0].GetProperty("logIndex")) : 0;
        return new ReceiptView(view.Transaction, receipt, view.Header!, view.Index, first);
    }

    private static ulong Number(JsonElement quantity) => ulong.Parse(quantity.GetString().AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static void AssertSame(JsonElement expected, JsonElement actual, string path)
    {
        Assert.True(expected.ValueKind == actual.ValueKind, $"{path}: {actual}");
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                var names = expected.EnumerateObject().Select(x => x.Name).Order(StringComparer.Ordinal);
                Assert.Equal(names, actual.EnumerateObject().Select(x => x.Name).Order(StringComparer.Ordinal));
                foreach (var property in expected.EnumerateObject())
                {
                    AssertSame(property.Value, actual.GetProperty(property.Name), $"{path}.{property.Name}");
                }
                break;
            case JsonValueKind.Array:
                Assert.True(expected.GetArrayLength() == actual.GetArrayLength(), $"{path}: {actual}");
                for (var i = 0; i < expected.GetArrayLength(); i++)
                {
                    AssertSame(expected[i], actual[i], $"{path}[{i}]");
                }
                break;
            default:
                Assert.True(expected.GetRawText() == actual.GetRawText(), $"{path}: {actual.GetRawText()} instead of {expected.GetRawText()}");
                break;
        }
    }
}
