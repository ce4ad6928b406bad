using System.Runtime.CompilerServices;
using Grid.Grains;
using Grid.Grains.Accounts;
using Grid.Grains.Coordinator;
using Grid.Grains.Lanes;
using Grid.Grains.Placement;
using Grid.Grains.Pool;
using Grid.Grains.Shards;
using Grid.Node.Fuzz;
using Grid.Primitives;
using Grid.Storage;
using Orleans.Runtime;

namespace Grid.Node.Simulation.Runtime;

/// <summary>
/// One seeded world: silos that run Grid's own classes, the network between them, and the database that they share. All of it on one thread, in an order
/// that follows from the seed.
/// </summary>
internal sealed class SimulatedWorld
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly Dictionary<SiloAddress, SimulatedSilo> _byAddress = [];
    private readonly Dictionary<GrainId, int> _shards = [];
    private readonly Dictionary<GrainId, SiloAddress> _lanes = [];
    private readonly Dictionary<GrainType, GrainClass> _classes;
    private readonly Action<string>? _onTrace;
    private int _silosStarted;
    private ulong _traceHash = 14_695_981_039_346_656_037;

    public SimulatedWorld(Dice dice, GridOptions grid, SimulationDefects defects, Func<SimulatedWorld, IFaults> faults, Func<SimulatedWorld, ChainWatch> watch, Action<string>? onTrace)
    {
        _onTrace = onTrace;
        Clock = new SimulationClock(dice);
        Time = new SimulatedTime(Clock, Start);
        Grid = grid;
        Layout = new ShardLayout(grid.ShardPrefixNibbles);
        Network = new SimulatedNetwork(this);
        Database = new SimulatedDatabase(this, defects.Journal(new Storage.Memory.MemoryJournal(), this), defects.SiloJournal);
        _classes = new()
        {
            [SimulatedGrainFactory.TypeOf<IBlockCoordinatorGrain>()] = GrainClass.Of(typeof(BlockCoordinatorGrain)),
            [SimulatedGrainFactory.TypeOf<IExecutionLaneGrain>()] = GrainClass.Of(typeof(ExecutionLaneGrain)),
            [SimulatedGrainFactory.TypeOf<IStateShardGrain>()] = GrainClass.Of(defects.Shard ?? typeof(StateShardGrain)),
            [SimulatedGrainFactory.TypeOf<IAccountGrain>()] = GrainClass.Of(typeof(AccountGrain)),
            [SimulatedGrainFactory.TypeOf<ITransactionPoolGrain>()] = GrainClass.Of(typeof(TransactionPoolGrain)),
        };
        Faults = faults(this);
        Watch = watch(this);
    }

    public SimulationClock Clock { get; }

    public SimulatedTime Time { get; }

    public GridOptions Grid { get; }

    public ShardLayout Layout { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedDatabase Database { get; }

    public IFaults Faults { get; }

    public ChainWatch Watch { get; }

    /// <summary>The directory of the silos that aren't exiled.</summary>
    public GrainDirectory Directory { get; } = new();

    /// <summary>Those that aren't gone.</summary>
    public List<SimulatedSilo> Silos { get; } = [];

    /// <summary>A hash of all that happened, in its order.</summary>
    public ulong TraceHash => _traceHash;

    public int SilosStarted => _silosStarted;

    public GrainClass ClassOf(GrainId grain) => _classes[grain.Type];

    public SimulatedSilo Find(SiloAddress address) => _byAddress[address];

    public int ShardOf(GrainId grain)
    {
        if (!_shards.TryGetValue(grain, out var shard))
        {
            shard = grain.TryGetIntegerKey(out var number, out _) ? (int)number : Layout.ShardOf(Address.Parse(grain.Key.ToString()!));
            _shards.Add(grain, shard);
        }
        return shard;
    }

    /// <summary>The silo that a grain's key names.</summary>
    public SiloAddress SiloOf(GrainId grain)
    {
        if (!_lanes.TryGetValue(grain, out var address))
        {
            _lanes.Add(grain, address = SiloAddress.FromParsableString(grain.Key.ToString()!));
        }
        return address;
    }

    /// <summary>A silo joins: the others learn of it one after the other.</summary>
    public SimulatedSilo StartSilo()
    {
        var silo = new SimulatedSilo(this, ++_silosStarted, Directory);
        Trace($"{silo.Name} {silo.Address} joins");
        _byAddress.Add(silo.Address, silo);
        foreach (var other in Silos.Where(other => !other.IsExiled))
        {
            silo.LearnOf(other);
            Clock.Plan(Faults.MembershipDelay(), () => other.Receive(() => other.LearnOf(silo)));
        }
        Silos.Add(silo);
        silo.Start();
        return silo;
    }

    /// <summary>A silo dies; the others learn of it after a while.</summary>
    public void Crash(SimulatedSilo silo, TimeSpan detection)
    {
        if (silo.IsGone)
        {
            return;
        }
        Trace($"{silo.Name} dies");
        Silos.Remove(silo);
        silo.Crash();
        TellDeath(silo, detection);
    }

    /// <summary>The others believe that a silo is dead, and it doesn't know.</summary>
    /// <param name="isAlone">It believes the same of all others.</param>
    public void Exile(SimulatedSilo silo, TimeSpan detection, bool isAlone)
    {
        Trace($"{silo.Name} is exiled{(isAlone ? ", alone" : "")}");
        silo.IsExiled = true;
        silo.Directory = new GrainDirectory { Entries = new(Directory.Entries) };
        foreach (var other in Silos.Where(other => other != silo).ToArray())
        {
            if (isAlone)
            {
                Clock.Plan(detection + Faults.MembershipDelay(), () => silo.Receive(() => silo.LearnOfDeath(other)));
            }
        }
        TellDeath(silo, detection);
    }

    /// <summary>One line of what happened; only its hash is kept unless somebody listens.</summary>
    public void Trace([InterpolatedStringHandlerArgument("")] ref TraceLine line)
    {
        var text = line.ToStringAndClear();
        foreach (var c in text)
        {
            _traceHash = (_traceHash ^ c) * 1_099_511_628_211;
        }
        _onTrace?.Invoke(text);
    }

    private void TellDeath(SimulatedSilo dead, TimeSpan detection)
    {
        foreach (var other in Silos.Where(other => other != dead && !other.IsExiled).ToArray())
        {
            Clock.Plan(detection + Faults.MembershipDelay(), () => other.Receive(() =>
            {
                Trace($"{other.Name} learns that {dead.Name} is dead");
                other.LearnOfDeath(dead);
            }));
        }
    }
}

/// <summary>A line of the trace, which begins with the time.</summary>
[InterpolatedStringHandler]
internal ref struct TraceLine
{
    private DefaultInterpolatedStringHandler _text;

    public TraceLine(int literalLength, int formattedCount, SimulatedWorld world)
    {
        _text = new DefaultInterpolatedStringHandler(literalLength + 16, formattedCount + 1, System.Globalization.CultureInfo.InvariantCulture);
        _text.AppendFormatted(world.Clock.Now.TotalMilliseconds, "F3");
        _text.AppendLiteral(" ");
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string ToStringAndClear() => _text.ToStringAndClear();
}

/// <summary>What goes wrong in a world, and when.</summary>
internal interface IFaults
{
    MessageFate OfMessage(SimulatedSilo from, SimulatedSilo to);

    /// <summary>Whether nothing passes between two silos now.</summary>
    bool AreApart(SimulatedSilo from, SimulatedSilo to);

    DatabaseFate OfDatabaseCall(bool isWrite);

    /// <summary>How long after another one a silo learns of a change of the membership.</summary>
    TimeSpan MembershipDelay();

    IFaultPoints PointsOf(SimulatedSilo silo);
}

/// <summary>Defects that a simulation is given so that it is shown to find them; none in earnest.</summary>
internal sealed record SimulationDefects
{
    public static readonly SimulationDefects None = new();

    /// <summary>Puts another journal before the one in memory.</summary>
    public Func<IJournal, SimulatedWorld, IJournal> Journal { get; init; } = static (journal, _) => journal;

    /// <summary>Puts another journal between a silo and the database: what the silo believes of its calls.</summary>
    public Func<IJournal, IJournal> SiloJournal { get; init; } = static journal => journal;

    /// <summary>The class of shards; null for the real one.</summary>
    public Type? Shard { get; init; }
}
