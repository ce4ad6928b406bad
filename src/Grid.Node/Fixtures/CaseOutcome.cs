namespace Grid.Node.Fixtures;

public enum CaseStatus : byte
{
    Passed,
    Failed,

    /// <summary>Not run, because the format isn't supported.</summary>
    Skipped,
}

/// <summary>One value that isn't what the fixture wants.</summary>
/// <param name="Subject">Whose: an account's address, or a part of the result.</param>
/// <param name="Field">Which value of it.</param>
public sealed record Difference(string Subject, string Field, string Have, string Want);

/// <summary>What running one case of a fixture led to.</summary>
/// <param name="Reason">Null where it passed.</param>
public sealed record CaseOutcome(CaseStatus Status, string? Reason, IReadOnlyList<Difference> Differences)
{
    public static readonly CaseOutcome Passed = new(CaseStatus.Passed, null, []);

    public static CaseOutcome Failed(string reason, params IReadOnlyList<Difference> differences) => new(CaseStatus.Failed, reason, differences);

    public static CaseOutcome Skipped(string reason) => new(CaseStatus.Skipped, reason, []);
}

/// <summary>One case of a fixture file, for one fork where the file has several.</summary>
public sealed class FixtureCase
{
    private readonly Func<IChainEngine, CaseOutcome> _run;

    private FixtureCase(string name, string fork, bool hasChain, Func<IChainEngine, CaseOutcome> run) =>
        (Name, Fork, HasChain, _run) = (name, fork, hasChain, run);

    /// <summary>A case of which no block is imported.</summary>
    public FixtureCase(string name, string fork, Func<CaseOutcome> run)
        : this(name, fork, hasChain: false, _ => run())
    {
    }

    /// <summary>As in the file, with the variant where one name has several.</summary>
    public string Name { get; }

    /// <summary>As in the file; empty where the format has none.</summary>
    public string Fork { get; }

    /// <summary>Whether blocks are imported.</summary>
    public bool HasChain { get; }

    /// <summary>A case whose blocks are imported into a chain.</summary>
    public static FixtureCase OfChain(string name, string fork, Func<IChainEngine, CaseOutcome> run) => new(name, fork, hasChain: true, run);

    /// <summary>Runs the case. Valid until the file is disposed.</summary>
    /// <param name="engine">Who keeps its chain and executes the blocks.</param>
    public CaseOutcome Run(IChainEngine engine) => _run(engine);
}
