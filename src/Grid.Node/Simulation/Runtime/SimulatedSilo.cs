using System.Net;
using Grid.Grains;
using Grid.Grains.Coordinator;
using Grid.Grains.Hosting;
using Grid.Grains.Lanes;
using Grid.Grains.Placement;
using Grid.Grains.Snapshots;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Grid.Node.Simulation.Runtime;

/// <summary>Where grains are registered, as the silos that share it believe.</summary>
internal sealed class GrainDirectory
{
    public Dictionary<GrainId, SimulatedActivation> Entries { get; init; } = [];

    public void Remove(SimulatedActivation activation)
    {
        if (Entries.GetValueOrDefault(activation.GrainId) == activation)
        {
            Entries.Remove(activation.GrainId);
        }
    }
}

/// <summary>
/// A silo: the services that the real one has, activations, and its own opinion of the membership and of where grains are. It may stand still, and it may die,
/// which takes along all but the messages that it has sent.
/// </summary>
internal sealed class SimulatedSilo
{
    private static readonly TimeSpan KeeperInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<GrainId, SimulatedActivation> _local = [];
    private readonly List<WorkQueue> _queues = [];
    private readonly List<Action> _inbox = [];
    private readonly HashSet<SiloAddress> _dead = [];
    private readonly ServiceProvider _services;
    private bool _isFrozen;

    public SimulatedSilo(SimulatedWorld world, int number, GrainDirectory directory)
    {
        (World, Name, Directory) = (world, $"s{number}", directory);
        // A silo that starts again is another one: the last to start sorts anywhere among the others, as ports and generations would have it.
        Address = SiloAddress.New(IPAddress.Loopback, 1 + world.Clock.Dice.Below(60_000), number);
        View = [Address];
        Grains = new SimulatedGrainFactory(this);
        _services = BuildServices();
        Snapshot = _services.GetRequiredService<SiloSnapshot>();
        Pins = _services.GetRequiredService<ShardPins>();
    }

    public SimulatedWorld World { get; }

    public string Name { get; }

    public SiloAddress Address { get; }

    /// <summary>The active silos as this one believes, in address order.</summary>
    public List<SiloAddress> View { get; private set; }

    public GrainDirectory Directory { get; set; }

    /// <summary>Where this silo alone believes grains to be.</summary>
    public Dictionary<GrainId, SimulatedActivation> StaleCache { get; } = [];

    public IServiceProvider Services => _services;

    public SimulatedGrainFactory Grains { get; }

    public SiloSnapshot Snapshot { get; }

    public ShardPins Pins { get; }

    public Dictionary<long, GrainCall> Outstanding { get; } = [];

    /// <summary>The others believe it to be dead.</summary>
    public bool IsExiled { get; set; }

    public bool IsGone { get; private set; }

    public bool IsRunning => !IsGone && !_isFrozen;

    public IEnumerable<SimulatedActivation> Activations => _local.Values;

    /// <summary>Keeps the coordinator active and this silo at its head, as <see cref="CoordinatorKeeper"/> does.</summary>
    public void Start() => Task.Factory.StartNew(KeepAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, NewQueue(inOrder: true));

    public WorkQueue NewQueue(bool inOrder)
    {
        var queue = new WorkQueue(World.Clock, this, inOrder);
        _queues.Add(queue);
        return queue;
    }

    /// <summary>Something from outside: after the silo has come to itself, and never once it is gone.</summary>
    public void Receive(Action message)
    {
        if (_isFrozen)
        {
            _inbox.Add(message);
        }
        else if (!IsGone)
        {
            message();
        }
    }

    public void Freeze()
    {
        _isFrozen = true;
        World.Clock.RemoveReady(this);
        _queues.ForEach(queue => queue.Stop());
    }

    public void Thaw()
    {
        if (IsGone || !_isFrozen)
        {
            return;
        }
        _isFrozen = false;
        _queues.ForEach(queue => queue.MakeReady());
        Action[] missed = [.. _inbox];
        _inbox.Clear();
        foreach (var message in missed)
        {
            Receive(message);
        }
    }

    public void Crash()
    {
        IsGone = true;
        World.Clock.RemoveReady(this);
        // Those outside of silos that asked through this one.
        World.Network.FailCalls(this, null);
        _services.Dispose();
    }

    public void LearnOf(SimulatedSilo joined)
    {
        if (!View.Contains(joined.Address) && !_dead.Contains(joined.Address))
        {
            View.Add(joined.Address);
            View.Sort();
        }
    }

    public void LearnOfDeath(SimulatedSilo dead)
    {
        View.Remove(dead.Address);
        _dead.Add(dead.Address);
        World.Network.FailCalls(this, dead);
    }

    /// <summary>The silo to send a grain's messages to; null where there is none.</summary>
    public SimulatedSilo? Route(GrainId grain)
    {
        var placement = World.ClassOf(grain).Placement;
        if (placement is OnSiloPlacement)
        {
            var address = World.SiloOf(grain);
            return View.Contains(address) ? World.Find(address) : null;
        }
        if (_local.TryGetValue(grain, out var here) && !here.HasEnded)
        {
            return this;
        }
        if (StaleCache.TryGetValue(grain, out var cached) && Knows(cached))
        {
            return cached.Silo;
        }
        if (Directory.Entries.TryGetValue(grain, out var registered) && Knows(registered))
        {
            return registered.Silo;
        }
        var index = placement is BesideShardPlacement
            ? Pins.Divide([.. View])[World.ShardOf(grain)]
            : World.Clock.Dice.Below(View.Count);
        return World.Find(View[index]);
    }

    /// <summary>A call that has come here: to the activation that is here, or is made here, unless the grain is registered elsewhere.</summary>
    public void Arrive(GrainCall call)
    {
        if (_local.TryGetValue(call.Grain, out var here) && !here.HasEnded)
        {
            here.Receive(call);
            return;
        }
        if (Directory.Entries.TryGetValue(call.Grain, out var registered) && registered.Silo != this && Knows(registered))
        {
            World.Network.Send(call, this);
            return;
        }
        var activation = new SimulatedActivation(this, call.Grain, World.ClassOf(call.Grain));
        World.Trace($"{Name} {call.Grain}: begins");
        _local[call.Grain] = activation;
        Directory.Entries[call.Grain] = activation;
        activation.Receive(call);
    }

    public void Forget(SimulatedActivation activation)
    {
        if (_local.GetValueOrDefault(activation.GrainId) == activation)
        {
            _local.Remove(activation.GrainId);
        }
        Directory.Remove(activation);
        World.Directory.Remove(activation);
    }

    /// <summary>Called after each step of this silo's code.</summary>
    public void AfterStep()
    {
        if (!IsGone)
        {
            World.Watch.CheckHead(this);
        }
    }

    private bool Knows(SimulatedActivation activation) => !activation.HasEnded && View.Contains(activation.Silo.Address);

    private async Task KeepAsync()
    {
        var coordinator = Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        var head = Services.GetRequiredService<SiloHead>();
        while (true)
        {
            try
            {
                await coordinator.Settle();
                await head.CatchUpAsync();
            }
            catch (Exception error) // a boundary: reported, and tried again
            {
                World.Trace($"{Name} keeper: {error.GetType().Name} {error.Message}");
            }
            await World.Clock.Delay(KeeperInterval);
        }
    }

    private ServiceProvider BuildServices()
    {
        var membership = new SimulatedMembership(this);
        var background = NewQueue(inOrder: false);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IGrainFactory>(Grains);
        services.AddSingleton<ISiloStatusOracle>(membership);
        services.AddSingleton<ILocalSiloDetails>(membership);
        services.AddSingleton<TimeProvider>(World.Time);
        services.AddSingleton(new BackgroundWork(background));
        services.AddSingleton(new LaneThreads(World.Grid.Lanes, NewQueue(inOrder: false)));
        services.AddSingleton(World.Faults.PointsOf(this));
        services.AddSingleton<IGrainRuntime>(provider => new SimulatedGrainRuntime(this, Grains, World.Time, provider));
        new SiloBuilder(services).AddGrid(World.Grid, World.Database.JournalOf(this), World.Database.StoreOf(this));
        return services.BuildServiceProvider();
    }

    private sealed class SiloBuilder(IServiceCollection services) : ISiloBuilder
    {
        public IServiceCollection Services => services;

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
