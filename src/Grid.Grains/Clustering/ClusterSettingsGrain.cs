using Grid.Grains.Placement;
using Orleans.Runtime;
using Orleans.Storage;

namespace Grid.Grains.Clustering;

/// <inheritdoc cref="IClusterSettingsGrain"/>
/// <remarks>Safe because calls come one after the other, and of two activations the database takes one's write: the other one ends, and is asked again.</remarks>
public sealed class ClusterSettingsGrain(
    [PersistentState("settings", ClusterDefaults.GrainStorage)] IPersistentState<ClusterSettingsState> state, SiloDirectory silos) : Grain, IClusterSettingsGrain
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
        state.State = new ClusterSettingsState { Agreed = settings };
        try
        {
            await state.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            DeactivateOnIdle();
            throw;
        }
    }
}

/// <summary>What is kept.</summary>
[GenerateSerializer, Alias("Grid.ClusterSettingsState")]
public sealed class ClusterSettingsState
{
    /// <summary>Null until the first silo.</summary>
    [Id(0)] public ClusterSettings? Agreed { get; set; }
}
