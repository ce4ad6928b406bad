using System.Reflection;
using Grid.Storage;
using Grid.Storage.Postgres;

namespace Grid.Node.Hosting;

/// <summary>The tables of Orleans' providers, in a schema beside the chain's: the files of deploy/postgres, which are embedded here.</summary>
internal static class OrleansSchema
{
    private const string Suffix = "orleans", Prefix = "postgres.";

    /// <summary>In order.</summary>
    public static IReadOnlyList<SqlFile> Files { get; } = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name => new SqlFile(name[Prefix.Length..], Read(name)))];

    /// <exception cref="StorageException">Incompatible: the options can't be used.</exception>
    public static PostgresOptions OptionsFor(PostgresOptions chain) => PostgresSchema.Beside(chain, Suffix);

    /// <summary>Makes the chain's tables and Orleans', or brings them up to date, each under a lock.</summary>
    /// <exception cref="StorageException">The database can't be reached, can't be used, or the role may not.</exception>
    public static async Task CreateAsync(PostgresOptions chain, CancellationToken cancellation)
    {
        await using (await PostgresDatabase.OpenAsync(chain, cancellation))
        {
        }
        await PostgresSchema.PrepareAsync(OptionsFor(chain), Files, SchemaRule.Create, cancellation);
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
