using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;

namespace Grid.Node.Simulation.Runtime;

/// <summary>A class of grains: how it is made, and what Orleans reads from its attributes.</summary>
/// <remarks>
/// Safe because they are immutable and kept in a concurrent table, bounded by the classes that there are; histories on several threads share it. Without it each silo
/// would compile its constructors anew, which took half of a history's time.
/// </remarks>
internal sealed class GrainClass
{
    private static readonly ConcurrentDictionary<Type, GrainClass> Classes = new();

    private readonly ObjectFactory _constructor;

    private GrainClass(Type type)
    {
        _constructor = ActivatorUtilities.CreateFactory(type, []);
        IsReentrant = type.GetCustomAttribute<ReentrantAttribute>() is not null;
        Placement = type.GetCustomAttribute<PlacementAttribute>()?.PlacementStrategy;
    }

    public bool IsReentrant { get; }

    /// <summary>Where its activations begin; null for anywhere.</summary>
    public PlacementStrategy? Placement { get; }

    public static GrainClass Of(Type type) => Classes.GetOrAdd(type, static key => new GrainClass(key));

    /// <summary>A grain of a silo with these services, in the current context.</summary>
    public Grain New(IServiceProvider services) => (Grain)_constructor(services, null);
}
