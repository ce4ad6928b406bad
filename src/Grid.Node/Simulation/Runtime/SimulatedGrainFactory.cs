using System.Reflection;
using Orleans.Runtime;

namespace Grid.Node.Simulation.Runtime;

/// <summary>References to grains as one silo's code has them: each call becomes a message of the simulated network.</summary>
internal sealed class SimulatedGrainFactory(SimulatedSilo silo) : IGrainFactory
{
    private readonly Dictionary<GrainId, IAddressable> _references = [];

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => Get<TGrainInterface>(GrainIdKeyExtensions.CreateIntegerKey(primaryKey));

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey => Get<TGrainInterface>(IdSpan.Create(primaryKey));

    /// <summary>The type in the identity of grains with this interface.</summary>
    public static GrainType TypeOf<TGrainInterface>() => Types<TGrainInterface>.Type;

    private TGrainInterface Get<TGrainInterface>(IdSpan key)
        where TGrainInterface : IAddressable
    {
        var id = new GrainId(TypeOf<TGrainInterface>(), key);
        if (!_references.TryGetValue(id, out var reference))
        {
            reference = DispatchProxy.Create<TGrainInterface, GrainReferenceProxy>();
            ((GrainReferenceProxy)(object)reference).Bind(silo, id);
            _references.Add(id, reference);
        }
        return (TGrainInterface)reference;
    }

    private static class Types<TGrainInterface>
    {
        public static readonly GrainType Type = GrainType.Create(typeof(TGrainInterface).Name);
    }

    // What Orleans has beyond that isn't used by Grid.

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidCompoundKey => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string keyExtension, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerCompoundKey => throw new NotSupportedException();

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, Guid grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public IGrain GetGrain(Type grainInterfaceType, long grainPrimaryKey, string keyExtension) => throw new NotSupportedException();

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId) => throw new NotSupportedException();

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey, string grainClassNamePrefix) => throw new NotSupportedException();

    public IAddressable GetGrain(Type interfaceType, IdSpan grainKey) => throw new NotSupportedException();
}

/// <summary>A reference to a grain.</summary>
internal class GrainReferenceProxy : DispatchProxy
{
    private SimulatedSilo _silo = null!;
    private GrainId _grain;

    public void Bind(SimulatedSilo silo, GrainId grain) => (_silo, _grain) = (silo, grain);

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _silo.World.Network.Call(_silo, _grain, CallShape.Of(targetMethod!), args ?? []);
}
