using Grid.Node.Bench.Block;
using Grid.Node.Bench.Block.Workloads;

namespace Grid.Node.Commands;

/// <summary>How commands are told which transactions a block has.</summary>
internal static class WorkloadOption
{
    public const string HelpName = "FILE|KIND:conflict=P";

    public static string Description { get; } = "The transactions. FILE: NAME.json or NAME.json.gz, with NAME.genesis.json and expected.json beside it. "
        + "KIND[:PARAMETER=VALUE,...]: generated from --seed, and right when it gives what the sequential executor gives; "
        + "the parameter conflict, 0 to 100, is in percent of the transactions, evenly spread over the block." + WorkloadKinds.Help();

    /// <summary>What is wrong with a value; null for nothing.</summary>
    public static string? WhyNot(string text)
    {
        try
        {
            if (!File.Exists(text) || WorkloadDescription.IsMeant(text))
            {
                WorkloadDescription.Parse(text);
            }
            return null;
        }
        catch (WorkloadSyntaxException exception)
        {
            return WorkloadDescription.IsMeant(text) ? exception.Message : $"There is no file '{text}'. {exception.Message}";
        }
    }

    /// <param name="transactions">How many of a kind; null for as many as it has.</param>
    /// <exception cref="BenchFileException">A file is missing, or not of this format.</exception>
    public static Task<BlockWorkload> LoadAsync(string text, int? transactions, ulong seed, CancellationToken cancellation) =>
        LoadAsync(text, transactions is { } size ? [size] : [], seed, cancellation);

    /// <param name="sizes">Of blocks that are made of it: of a kind as many are generated as the largest has; none for as many as the kind has.</param>
    /// <inheritdoc cref="LoadAsync(string, int?, ulong, CancellationToken)"/>
    public static Task<BlockWorkload> LoadAsync(string text, int[] sizes, ulong seed, CancellationToken cancellation)
    {
        if (!WorkloadDescription.IsMeant(text))
        {
            return Task.FromResult(BlockWorkload.Load(text));
        }
        var description = WorkloadDescription.Parse(text);
        int[] wanted = sizes.Length > 0 ? sizes : [description.Kind.Transactions];
        return SequentialOracle.CompleteAsync(WorkloadGenerator.Generate(description, wanted.Max(), seed), wanted, cancellation);
    }
}
