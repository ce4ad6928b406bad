using System.Text.Json;

namespace Grid.Node.Tests;

public sealed class ImportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SmallChain _chain = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Imports_a_chain_and_ends_at_its_head(string silos)
    {
        var run = await Import([.. _chain.Genesis.Encode(), .. _chain.First.Encode(), .. _chain.Second.Encode()], "--silos", silos, "--json");
        Assert.Equal(0, run.ExitCode);
        var summary = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(_chain.Second.Hash.ToString(), summary.GetProperty("hash").GetString());
        Assert.Equal((2, 1, 1), (summary.GetProperty("blocks").GetInt32(), summary.GetProperty("known").GetInt32(), summary.GetProperty("transactions").GetInt32()));
    }

    [Fact]
    public async Task Goes_on_with_the_chain_of_a_folder()
    {
        var data = Path.Combine(_folder.Path, "data");
        Assert.Contains($"head 1 {_chain.First.Hash}", (await Import(_chain.First.Encode(), "--data", data)).Output, StringComparison.Ordinal);
        var second = await Import([.. _chain.First.Encode(), .. _chain.Second.Encode()], "--data", data);
        Assert.Contains($"head 2 {_chain.Second.Hash}", second.Output, StringComparison.Ordinal);
        Assert.Contains("1 were known", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_block_ends_the_import_with_its_reason()
    {
        var run = await Import(_chain.Second.Encode());
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("UnknownParent", run.Error, StringComparison.Ordinal);
        Assert.Contains($"head 0 {_chain.Genesis.Hash}", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "is no RLP list")]
    [InlineData(1, "ends with the file")]
    [InlineData(2, "has 4294967295 bytes; at most 67108864 are read")]
    [InlineData(3, "is malformed")]
    public async Task Malformed_file_is_told_by_its_place(int kind, string reason)
    {
        byte[] wrong = kind switch { 0 => [0x80], 1 => [0xf8, 0x40, 1], 2 => [0xfb, 0xff, 0xff, 0xff, 0xff], _ => [0xc1, 0x80] };
        var run = await Import([.. _chain.First.Encode(), .. wrong]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"The block at byte {_chain.First.Encode().Length} {reason}", run.Error, StringComparison.Ordinal);
    }

    private Task<CommandRun> Import(byte[] blocks, params string[] options)
    {
        var path = Path.Combine(_folder.Path, "chain.rlp");
        File.WriteAllBytes(path, blocks);
        return CommandRun.OfAsync(["import", "--genesis", _folder.Add("genesis.json", _chain.GenesisJson), "--blocks", path, .. options]);
    }
}
