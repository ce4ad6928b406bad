namespace Grid.Node.Hosting.Limits;

/// <summary>A limit that users see and set.</summary>
/// <param name="Name">Small letters and hyphens.</param>
/// <param name="Preset">What holds where nothing else is said; --memory makes some smaller.</param>
internal sealed record LimitDescription(string Name, string Meaning, long Preset, long Min, long Max);

/// <summary>A limit, and where it is kept.</summary>
/// <param name="Get">The limit as it is.</param>
/// <param name="With">The same options with another.</param>
internal sealed record Limit<TOptions>(string Name, string Meaning, long Min, long Max, Func<TOptions, long> Get, Func<TOptions, long, TOptions> With)
{
    public LimitDescription Describe(TOptions preset) => new(Name, Meaning, Get(preset), Min, Max);
}
