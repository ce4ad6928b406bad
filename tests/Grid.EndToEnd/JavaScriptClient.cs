namespace Grid.EndToEnd;

/// <summary>Runs the scripts in clients, with the contracts that they need compiled once.</summary>
internal static class JavaScriptClient
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    private static readonly Lazy<Task<string>> CompiledOnce = new(CompileAsync);

    /// <summary>A file with the compiled contracts: { NAME: { abi, bytecode, runtime } }.</summary>
    public static Task<string> CompiledContracts => CompiledOnce.Value;

    /// <summary>Runs one of a client's scenarios against a node.</summary>
    public static async Task RunAsync(string script, string scenario, NodeProcess node) =>
        await RunScriptAsync(script, scenario, node.Url, await CompiledContracts);

    public static async Task<string> RunScriptAsync(string script, params string[] arguments)
    {
        var outcome = await RunningProcess.RunAsync(Installation.NodeJs!, [Path.Combine(Installation.Clients, script), .. arguments], Timeout, Installation.Clients);
        Assert.True(outcome.ExitCode == 0, $"{script} {string.Join(' ', arguments)} ended with {outcome.ExitCode}:\n{outcome.All}");
        return outcome.Output;
    }

    private static async Task<string> CompileAsync()
    {
        var folder = Directory.CreateTempSubdirectory("grid-contracts-");
        var file = Path.Combine(folder.FullName, "contracts.json");
        await RunScriptAsync("compile.mjs", file);
        return file;
    }
}
