using Grid.Chain;
using Grid.Grains;
using Grid.Storage;
using Grid.Storage.Postgres;

namespace Grid.Node.Hosting;

/// <summary>A chain whose blocks need proof of work.</summary>
public sealed class ProofOfWorkException() : Exception("its config needs \"terminalTotalDifficulty\": 0, because a node makes no blocks of proof of work.");

/// <summary>Opens what keeps a chain, and makes the genesis state where there is none yet.</summary>
/// <param name="location">Where it is kept.</param>
/// <param name="genesis">The genesis file; null where none is given.</param>
/// <param name="keepsHistory">Whether blocks from now on add to the history.</param>
/// <param name="memory">What the process may take; null for all it needs.</param>
/// <param name="schema">What to do where a database hasn't our tables, or not all of them.</param>
public sealed class ChainOpening(StorageLocation location, string? genesis, bool keepsHistory, MemoryPlan? memory, SchemaRule schema)
{
    /// <summary>Where the genesis state is made, other processes wait: one is enough.</summary>
    private const string InstallLock = "genesis";

    /// <summary>Begins this process anew where it hasn't the collector's settings of its plan yet; see <see cref="MemoryPlan.Enforce"/>.</summary>
    /// <exception cref="GenesisFormatException">The file isn't a genesis file.</exception>
    /// <exception cref="ProofOfWorkException">It is that of a chain that nobody here can extend.</exception>
    /// <exception cref="StorageException">The data can't be used.</exception>
    public async Task EnforcePlanAsync(CancellationToken cancellation)
    {
        if (memory is not { IsInForce: false })
        {
            return;
        }
        // A genesis state that is made takes what it takes.
        using (var storage = await NodeStorage.OpenAsync(location, cancellation, keepsHistory, schema: schema))
        {
            if (await storage.Journal.ReadHashAsync(0, cancellation) is null)
            {
                await InstallAsync(storage, cancellation);
            }
        }
        memory.Enforce();
    }

    /// <exception cref="StorageException">The data can't be used.</exception>
    public Task<NodeStorage> OpenAsync(IFaultPoints? faults, CancellationToken cancellation) =>
        NodeStorage.OpenAsync(location, cancellation, keepsHistory, memory, faults, schema);

    /// <inheritdoc cref="EnforcePlanAsync"/>
    public async Task<ChainOrigin> InstallAsync(NodeStorage storage, CancellationToken cancellation)
    {
        await using var held = await storage.LockAsync(InstallLock, cancellation);
        var origin = await ChainOrigin.LoadAsync(genesis, storage.Journal, TimeProvider.System, cancellation);
        return origin.Genesis.Spec.TerminalTotalDifficulty is null
            ? throw new ProofOfWorkException()
            : await origin.InstallAsync(storage, cancellation);
    }
}
