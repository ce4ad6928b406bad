namespace Grid.EndToEnd;

/// <summary>The contracts of generated workloads: what is checked in beside their source.</summary>
public sealed class WorkloadContractTests
{
    [Fact]
    public async Task Is_what_the_compiler_makes_of_the_source()
    {
        Installation.RequireClients();
        var folder = Path.Combine(Installation.Clients, "..", "..", "..", "src", "Grid.Node", "Bench", "Block", "Workloads", "Contracts");
        var made = Directory.CreateTempSubdirectory("grid-contracts-");
        try
        {
            var file = Path.Combine(made.FullName, "compiled.json");
            await JavaScriptClient.RunScriptAsync("compile.mjs", file, folder);
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, "compiled.json"), TestContext.Current.CancellationToken), await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            made.Delete(recursive: true);
        }
    }
}
