using Grid.Grains.Placement;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Grains.Clustering;

/// <inheritdoc cref="IClusterSettingsGrain"/>
/// <remarks>Safe because calls come one after the other, and of two activations the database takes one's write: the other one ends, and is asked again.</remarks>
public sealed partial class ClusterSettingsGrain(
    [PersistentState("settings", ClusterDefaults.GrainStorage)] IPersistentState<ClusterSettingsState> state, SiloDirectory silos, ShardLayout layout, ILogger<ClusterSettingsGrain> logger)
    : Grain, IClusterSettingsGrain
{
    public async Task Agree(ClusterSettings settings)
    {
        var agreed = state.State.Agreed;
        if (agreed == settings)
        {
            return;
        }
        // Whoever is alone has nobody to disagree with.
        if (agreed is not null && !(agreed.HasLayoutOf(settings) && silos.ActiveSilos().Length <= 1))
        {
            throw new ClusterSettingsException(settings, agreed);
        }
        await WriteAsync(new ClusterSettingsState { Agreed = settings, Pinned = state.State.Pinned });
    }

    public Task<PinnedShards> GetPins() => Task.FromResult(state.State.Pinned ?? PinnedShards.None);

    public async Task<PinnedShards> Pin(int shard, string? silo)
    {
        if (shard < 0 || shard >= layout.Count)
        {
            throw new ShardPinException($"There is no shard {shard}: they are numbered from 0 to {layout.Count - 1}.");
        }
        var names = silos.ActiveSilos().Select(silos.NameOf).ToArray();
        if (silo is not null && !names.Contains(silo))
        {
            throw new ShardPinException($"No active silo is called {silo}; there are {string.Join(", ", names)}.");
        }
        var pinned = (state.State.Pinned ?? PinnedShards.None).With(shard, silo);
        await WriteAsync(new ClusterSettingsState { Agreed = state.State.Agreed, Pinned = pinned });
        await Task.WhenAll(silos.ActiveSilos().Select(async active =>
        {
            try
            {
                await silos.LaneOf(active).LearnPins(pinned);
            }
            catch (Exception error) when (error is OrleansException or TimeoutException)
            {
                // It asks by itself, too.
                LogNotTold(active.ToString(), error.Message);
            }
        }));
        return pinned;
    }

    private async Task WriteAsync(ClusterSettingsState next)
    {
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch (Exception)
        {
            // What the database has is known when it is read again.
            DeactivateOnIdle();
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Silo {Silo} wasn't told of the pins: {Reason}")]
    private partial void LogNotTold(string silo, string reason);
}

/// <summary>What is kept.</summary>
[GenerateSerializer, Alias("Grid.ClusterSettingsState")]
public sealed class ClusterSettingsState
{
    /// <summary>Null until the first silo.</summary>
    [Id(0)] public ClusterSettings? Agreed { get; set; }

    /// <summary>Null until the first pin.</summary>
    [Id(1)] public PinnedShards? Pinned { get; set; }
}
