using System.Globalization;
using Grid.Execution.Waves;
using Grid.Grains;
using Grid.Grains.Hosting;
using Grid.Grains.Pool;
using Grid.Node.Fuzz;
using Grid.Node.Simulation.Runtime;

namespace Grid.Node.Simulation;

/// <summary>What a history came to.</summary>
/// <param name="Violation">What didn't hold; null where all did.</param>
/// <param name="TraceHash">The same for the same seed, on any machine.</param>
/// <param name="VirtualSeconds">How long it took in its own time.</param>
internal sealed record HistoryResult(
    ulong Seed, string? Violation, ulong TraceHash, ulong Blocks, int Transactions, long Messages, int SilosStarted, double VirtualSeconds, Trouble Trouble);

/// <summary>
/// One history: a cluster of silos on one database under traffic, in trouble for a while. Afterwards the trouble is over, and all must come to rest within a time:
/// what was acknowledged is in blocks, every silo shows the head, and pools are empty.
/// </summary>
internal static class SimulatedHistory
{
    private const int SilosMax = 4;

    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(240), RestTime = TimeSpan.FromSeconds(120), PollInterval = TimeSpan.FromMilliseconds(500);

    /// <param name="onTrace">Gets each thing that happens as a line.</param>
    public static HistoryResult Run(ulong seed, SimulationDefects? defects = null, Trouble? only = null, Action<string>? onTrace = null)
    {
        var dice = new Dice(seed, 14);
        // Some kinds together find what all of them at once hide.
        var trouble = only ?? (Trouble)(dice.Next() & dice.Next() & (ulong)Trouble.All) | (dice.OneIn(4) ? (Trouble)(dice.Next() & (ulong)Trouble.All) : Trouble.None);
        var scene = dice.OneIn(4) ? SimulationScene.Shanghai : SimulationScene.Osaka;
        var length = TimeSpan.FromSeconds(dice.Between(10, 40));
        SeededFaults faults = null!;
        var world = new SimulatedWorld(
            dice, OptionsOf(dice, scene), defects ?? SimulationDefects.None, world => faults = new SeededFaults(world, trouble, length),
            world => new ChainWatch(world, scene), onTrace);
        world.Trace($"seed {seed}: {trouble}");
        Install(world, scene);
        for (var silos = dice.Between(1, SilosMax); silos > 0; silos--)
        {
            world.StartSilo();
        }
        var traffic = new SimulationTraffic(world, scene, dice.Between(2, 8));
        traffic.Start();
        faults.Start();
        var rest = new Rest(world, scene, traffic);
        Run(world, traffic, rest, length);
        foreach (var silo in world.Silos.ToArray())
        {
            silo.Crash();
        }
        return new HistoryResult(
            seed, world.Watch.Violation, world.TraceHash, world.Watch.HeadNumber, world.Watch.TransactionCount, world.Network.Messages, world.SilosStarted,
            world.Clock.Now.TotalSeconds, trouble);
    }

    private static void Run(SimulatedWorld world, SimulationTraffic traffic, Rest rest, TimeSpan length)
    {
        world.Clock.RunUntil(() => world.Watch.Violation is not null || world.Clock.Now >= length, length + TimeSpan.FromTicks(1));
        if (world.Watch.Violation is null && !world.Clock.RunUntil(() => world.Watch.Violation is not null || traffic.IsSettled, length + SettleTime))
        {
            world.Watch.Violate(string.Create(
                CultureInfo.InvariantCulture,
                $"{SettleTime.TotalSeconds} s after the trouble not all transactions are in blocks, the last of which is {world.Watch.HeadNumber}: {traffic.Waiting}"));
        }
        if (world.Watch.Violation is null && traffic.FindLost() is { } lost)
        {
            world.Watch.Violate(lost);
        }
        if (world.Watch.Violation is null)
        {
            rest.Start();
            if (!world.Clock.RunUntil(() => world.Watch.Violation is not null || rest.IsReached, world.Clock.Now + RestTime))
            {
                world.Watch.Violate($"{RestTime.TotalSeconds} s after the last transaction, {rest.Missing}");
            }
        }
    }

    private static void Install(SimulatedWorld world, SimulationScene scene)
    {
        var installation = GenesisInstaller.InstallAsync(scene.Block, scene.Changes, scene.State, world.Database.Journal, world.Database.Store, world.Layout);
        installation.GetAwaiter().GetResult();
    }

    private static GridOptions OptionsOf(Dice dice, SimulationScene scene)
    {
        var lanes = dice.Between(1, 3);
        return new GridOptions
        {
            Genesis = scene.Genesis,
            Lanes = lanes,
            Execution = new ParallelSettings { Lanes = lanes, SmallBlockGas = dice.OneIn(2) ? 0UL : 3_000_000, AlwaysSplits = dice.OneIn(2) },
            BlockTime = TimeSpan.FromMilliseconds(dice.Pick([0, 0, 300, 2000])),
            // With little room blocks follow on each other, each executed while the one before is appended.
            BlockTransactionsMax = dice.Pick([50_000, 50_000, 4, 2]),
            StatesKept = dice.Between(2, 6),
            StoreLagBlocksMax = dice.Between(1, 8),
            Beneficiary = scene.AddressOf(0),
        };
    }

    /// <summary>Whether all is as it must be when nothing happens any more.</summary>
    private sealed class Rest(SimulatedWorld world, SimulationScene scene, SimulationTraffic traffic)
    {
        public bool IsReached { get; private set; }

        /// <summary>What isn't.</summary>
        public string Missing { get; private set; } = "nobody answers";

        public void Start() =>
            _ = Task.Factory.StartNew(PollAsync, CancellationToken.None, TaskCreationOptions.DenyChildAttach, traffic.NewQueue());

        private async Task PollAsync()
        {
            while (true)
            {
                try
                {
                    if (await FindMissingAsync() is not { } missing)
                    {
                        IsReached = true;
                        return;
                    }
                    Missing = missing;
                }
                catch (Exception error) // a boundary: asked again
                {
                    Missing = error.Message;
                }
                world.Trace($"no rest yet: {Missing}");
                await world.Clock.Delay(PollInterval);
            }
        }

        private async Task<string?> FindMissingAsync()
        {
            var head = world.Watch.HeadNumber;
            if (world.Silos.Find(silo => silo.Snapshot.Head?.Number != head) is { } behind)
            {
                return $"{behind.Name} shows block {behind.Snapshot.Head?.Number}, not {head}";
            }
            var grains = traffic.AnySilo().Grains;
            for (var sender = 0; sender < SimulationScene.SenderCount; sender++)
            {
                var address = scene.AddressOf(sender);
                var pool = grains.GetGrain<ITransactionPoolGrain>(world.Layout.ShardOf(in address));
                if (await pool.GetNextNonce(address) is var next && next != world.Watch.NonceOf(in address))
                {
                    return $"the pool says that the next nonce of sender {sender} is {next}, not {world.Watch.NonceOf(in address)}";
                }
                if (await pool.Describe() is { } description && description.Pending + description.Queued > 0)
                {
                    return $"the pool of sender {sender} has {description.Pending} transactions pending and {description.Queued} queued";
                }
            }
            var table = await world.Database.Journal.ReadPoolAsync();
            return table.Count > 0 ? $"the pool table has {table.Count} transactions, among them {table[0].Hash}" : null;
        }
    }
}
