using Grid.Grains;
using Grid.Grains.Placement;
using Grid.Node.Fuzz;
using Grid.Node.Simulation.Runtime;
using Grid.Storage;

namespace Grid.Node.Simulation;

/// <summary>Kinds of trouble. Each history draws which of them it has.</summary>
[Flags]
internal enum Trouble
{
    None = 0,

    /// <summary>Messages between silos get lost.</summary>
    Loss = 1,

    /// <summary>Messages between silos come late, and in another order.</summary>
    Lateness = 2,

    /// <summary>Messages between silos come twice.</summary>
    Repetition = 4,

    /// <summary>Silos die, at any moment and between two steps of the protocol.</summary>
    Crashes = 8,

    /// <summary>Silos stand still, are taken for dead, and go on.</summary>
    Freezes = 16,

    /// <summary>Silos are taken for dead by the others while they work.</summary>
    Exiles = 32,

    /// <summary>A grain is forgotten by the directory while it is active, and activated again.</summary>
    Duplicates = 64,

    /// <summary>Silos learn late of a changed membership.</summary>
    StaleViews = 128,

    /// <summary>Calls to the database fail, before or after they took effect.</summary>
    LostAnswers = 256,

    /// <summary>The database can't be reached for a while.</summary>
    Outages = 512,

    /// <summary>Calls to the database take long.</summary>
    Slowness = 1024,

    /// <summary>Silos join.</summary>
    Joins = 2048,

    /// <summary>Some silos can't reach some others for a while.</summary>
    Partitions = 4096,

    /// <summary>Shards are given to silos, and taken back; silos learn of it one after the other.</summary>
    Pins = 8192,

    All = 16383,
}

/// <summary>
/// Trouble by the seed, for a while; then there is none any more, and what believed to be right is put right: exiled silos are replaced, second activations end.
/// </summary>
internal sealed class SeededFaults(SimulatedWorld world, Trouble trouble, TimeSpan length) : IFaults
{
    private const int SilosMax = 5;

    private static readonly TimeSpan Hop = TimeSpan.FromMilliseconds(1), Detection = TimeSpan.FromSeconds(4), Grace = TimeSpan.FromSeconds(20), ReconcileInterval = TimeSpan.FromSeconds(10);

    private readonly HashSet<SimulatedSilo> _apart = [];
    private PinnedShards _pinned = PinnedShards.None;
    private TimeSpan _outageEnd;
    private bool _isOver;

    private SimulationClock Clock => world.Clock;

    private Dice Dice => world.Clock.Dice;

    private bool Has(Trouble kind) => !_isOver && (trouble & kind) != 0;

    /// <summary>Plans what happens to silos.</summary>
    public void Start()
    {
        for (var at = Clock.UpTo(length / 4); at < length; at += Clock.UpTo(length / 3))
        {
            Clock.Plan(at, Strike);
        }
        Clock.Plan(length, End);
        Clock.Plan(ReconcileInterval, Reconcile);
    }

    public MessageFate OfMessage(SimulatedSilo from, SimulatedSilo to)
    {
        if (AreApart(from, to) || (Has(Trouble.Loss) && Dice.OneIn(80)))
        {
            return new MessageFate(true, default, null);
        }
        var delay = Clock.UpTo(Hop);
        if (Has(Trouble.Lateness) && Dice.OneIn(10))
        {
            delay = Clock.UpTo(Dice.OneIn(10) ? TimeSpan.FromSeconds(40) : TimeSpan.FromMilliseconds(500));
        }
        return new MessageFate(false, delay, Has(Trouble.Repetition) && Dice.OneIn(20) ? Clock.UpTo(TimeSpan.FromSeconds(2)) : null);
    }

    public bool AreApart(SimulatedSilo from, SimulatedSilo to) => _apart.Contains(from) != _apart.Contains(to);

    public DatabaseFate OfDatabaseCall(bool isWrite)
    {
        var delay = Clock.UpTo(Has(Trouble.Slowness) && Dice.OneIn(10) ? TimeSpan.FromSeconds(3) : Hop);
        var answer = delay + Clock.UpTo(Hop);
        if (Clock.Now < _outageEnd)
        {
            return new DatabaseFate(false, true, delay, answer);
        }
        if (!Has(Trouble.LostAnswers) || !Dice.OneIn(isWrite ? 25 : 200))
        {
            return new DatabaseFate(true, false, delay, answer);
        }
        return new DatabaseFate(Dice.OneIn(2), true, delay, answer);
    }

    public TimeSpan MembershipDelay() => Clock.UpTo(Has(Trouble.StaleViews) ? TimeSpan.FromSeconds(15) : TimeSpan.FromMilliseconds(300));

    public IFaultPoints PointsOf(SimulatedSilo silo) => new Points(this, world, silo);

    private void Strike()
    {
        if (_isOver)
        {
            return;
        }
        Trouble[] kinds = [.. StrikesOf(trouble)];
        if (kinds.Length == 0)
        {
            return;
        }
        var kind = Dice.Pick(kinds);
        SimulatedSilo[] silos = [.. world.Silos.Where(silo => !silo.IsExiled && silo.IsRunning)];
        if (kind == Trouble.Outages)
        {
            _outageEnd = Clock.Now + Clock.UpTo(TimeSpan.FromSeconds(10));
            world.Trace($"no database until {_outageEnd}");
        }
        else if (kind == Trouble.Joins)
        {
            if (world.Silos.Count < SilosMax)
            {
                world.StartSilo();
            }
        }
        else if (silos.Length > 0)
        {
            Strike(kind, Dice.Pick(silos), silos.Length > 1);
        }
    }

    private void Strike(Trouble kind, SimulatedSilo silo, bool hasOthers)
    {
        switch (kind)
        {
            case Trouble.Crashes:
                Crash(silo);
                break;
            case Trouble.Freezes:
                Freeze(silo, hasOthers);
                break;
            case Trouble.Exiles when hasOthers:
                Exile(silo, Dice.OneIn(2));
                break;
            case Trouble.Partitions when hasOthers:
                Separate(silo);
                break;
            case Trouble.Duplicates:
                Duplicate(silo);
                break;
            case Trouble.Pins:
                Pin(silo);
                break;
        }
    }

    private static IEnumerable<Trouble> StrikesOf(Trouble trouble) => new[]
    {
        Trouble.Crashes, Trouble.Freezes, Trouble.Exiles, Trouble.Duplicates, Trouble.Outages, Trouble.Joins, Trouble.Partitions, Trouble.Pins,
    }.Where(kind => (trouble & kind) != 0);

    /// <summary>Dies, and starts again soon.</summary>
    private void Crash(SimulatedSilo silo)
    {
        if (silo.IsGone)
        {
            return;
        }
        world.Crash(silo, Clock.UpTo(Detection));
        Clock.Plan(Clock.UpTo(Detection), () =>
        {
            if (world.Silos.Count < SilosMax)
            {
                world.StartSilo();
            }
        });
    }

    /// <summary>Stands still: for so long that the others take it for dead, or not.</summary>
    private void Freeze(SimulatedSilo silo, bool hasOthers)
    {
        if (!silo.IsRunning || silo.IsExiled)
        {
            return;
        }
        world.Trace($"{silo.Name} stands still");
        silo.Freeze();
        var time = Clock.UpTo(TimeSpan.FromSeconds(Dice.OneIn(2) ? 20 : 2));
        if (hasOthers && time > TimeSpan.FromSeconds(3))
        {
            world.Exile(silo, Clock.UpTo(Detection), isAlone: false);
        }
        Clock.Plan(time, () =>
        {
            if (silo.IsGone)
            {
                return;
            }
            world.Trace($"{silo.Name} goes on");
            silo.Thaw();
            if (silo.IsExiled)
            {
                Clock.Plan(Clock.UpTo(Grace), () => Crash(silo));
            }
        });
    }

    private void Exile(SimulatedSilo silo, bool isAlone)
    {
        if (silo.IsExiled)
        {
            return;
        }
        world.Exile(silo, Clock.UpTo(Detection), isAlone);
        Clock.Plan(Clock.UpTo(Grace), () => Crash(silo));
    }

    /// <summary>Nothing passes between a silo and the others for a while; when it is long, they take each other for dead.</summary>
    private void Separate(SimulatedSilo silo)
    {
        if (silo.IsExiled)
        {
            return;
        }
        world.Trace($"{silo.Name} is apart");
        _apart.Add(silo);
        if (Dice.OneIn(2))
        {
            Exile(silo, isAlone: Dice.OneIn(2));
        }
        Clock.Plan(Clock.UpTo(Grace), () => _apart.Remove(silo));
    }

    /// <summary>As the membership changes, the directory loses some grains of a silo; who has their place in mind goes on using them.</summary>
    private void Duplicate(SimulatedSilo silo)
    {
        if (world.Silos.Count < SilosMax)
        {
            world.StartSilo();
        }
        else
        {
            Crash(Dice.Pick(world.Silos.Where(other => other != silo).ToArray()));
        }
        foreach (var activation in silo.Activations.Where(_ => Dice.OneIn(3)).ToArray())
        {
            if (world.Directory.Entries.GetValueOrDefault(activation.GrainId) != activation)
            {
                continue;
            }
            world.Trace($"{activation.GrainId} of {silo.Name} is forgotten");
            world.Directory.Remove(activation);
            foreach (var other in world.Silos.Where(other => other != silo && Dice.OneIn(3)))
            {
                other.StaleCache[activation.GrainId] = activation;
            }
        }
    }

    /// <summary>Some shards are given to a silo, or one is taken back.</summary>
    private void Pin(SimulatedSilo silo)
    {
        var name = Dice.OneIn(4) ? null : silo.Name;
        for (var shards = name is null ? 1 : Dice.Between(1, 4); shards > 0; shards--)
        {
            _pinned = _pinned.With(Dice.Below(world.Layout.Count), name);
        }
        world.Trace($"pinned: {string.Join(", ", _pinned.Pins.Select(pin => $"{pin.Shard} to {pin.Silo}"))}");
        foreach (var other in world.Silos)
        {
            var pinned = _pinned;
            Clock.Plan(MembershipDelay(), () => other.Receive(() => other.Pins.Learn(pinned)));
        }
    }

    /// <summary>Orleans finds second activations sooner or later: the one that isn't registered ends.</summary>
    private void Reconcile()
    {
        Clock.Plan(ReconcileInterval, Reconcile);
        foreach (var silo in world.Silos)
        {
            // Each asks now and then.
            silo.Receive(() => silo.Pins.Learn(_pinned));
        }
        foreach (var silo in world.Silos.Where(silo => !silo.IsExiled))
        {
            foreach (var activation in silo.Activations)
            {
                if (world.Directory.Entries.TryGetValue(activation.GrainId, out var registered) && !registered.HasEnded && !registered.Silo.IsGone)
                {
                    if (registered != activation)
                    {
                        Clock.Plan(Clock.UpTo(Grace), () => silo.Receive(activation.EndWhenIdle));
                    }
                }
                else
                {
                    world.Directory.Entries[activation.GrainId] = activation;
                }
            }
            silo.StaleCache.Clear();
        }
    }

    private void End()
    {
        world.Trace($"the trouble is over");
        _isOver = true;
        _outageEnd = default;
        _apart.Clear();
        foreach (var silo in world.Silos.Where(silo => silo.IsExiled).ToArray())
        {
            Crash(silo);
        }
        if (world.Silos.Count == 0)
        {
            world.StartSilo();
        }
    }

    /// <summary>Dies or stands still between two steps.</summary>
    private sealed class Points(SeededFaults faults, SimulatedWorld world, SimulatedSilo silo) : IFaultPoints
    {
        private const int PassesPerFault = 40;

        public ValueTask ReachAsync(FaultPoint point, ulong blockNumber)
        {
            if (faults.Has(Trouble.Crashes) && faults.Dice.OneIn(PassesPerFault))
            {
                world.Trace($"{silo.Name} at {point}");
                faults.Crash(silo);
                return new ValueTask(new TaskCompletionSource().Task);
            }
            if (faults.Has(Trouble.Freezes) && faults.Dice.OneIn(PassesPerFault))
            {
                world.Trace($"{silo.Name} at {point}");
                faults.Freeze(silo, world.Silos.Count > 1);
                // What follows waits in a queue until the silo goes on.
                return new ValueTask(Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current));
            }
            return ValueTask.CompletedTask;
        }
    }
}
