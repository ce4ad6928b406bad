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
/// <param name="Name">As in the file, with the variant where one name has several.</param>
/// <param name="Fork">As in the file; empty where the format has none.</param>
/// <param name="Run">Runs the case. Valid until the file is disposed.</param>
public sealed record FixtureCase(string Name, string Fork, Func<CaseOutcome> Run);
