namespace Grid.EndToEnd;

/// <summary>One node for the tests of a class, which makes a block as soon as a transaction waits. It must end in good order.</summary>
public sealed class InstantNode : IAsyncLifetime
{
    internal NodeProcess Node { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Node = await NodeProcess.StartAsync("--block-time", "0");

    public async ValueTask DisposeAsync()
    {
        var outcome = await Node.StopAsync();
        await Node.DisposeAsync();
        Assert.True(outcome.ExitCode == 0, $"The node ended with {outcome.ExitCode}:\n{outcome.All}");
    }
}
