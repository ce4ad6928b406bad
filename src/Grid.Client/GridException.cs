namespace Grid.Client;

/// <summary>The node refused a request.</summary>
/// <param name="retryAfter">After how long asking again makes sense; null where it doesn't.</param>
public sealed class GridException(Problem problem, TimeSpan? retryAfter) : Exception($"{problem.Title}: {problem.Detail}")
{
    public Problem Problem { get; } = problem;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}
