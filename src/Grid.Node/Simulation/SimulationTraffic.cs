using Grid.Chain;
using Grid.Grains.Pool;
using Grid.Node.Fuzz;
using Grid.Node.Simulation.Runtime;
using Grid.Primitives;

namespace Grid.Node.Simulation;

/// <summary>
/// Clients, one for each sender: they send their transactions in nonce order through any silo, a few at once, and again until each is acknowledged, sometimes at a
/// better price, and sometimes once more after that. They keep what was promised to them.
/// </summary>
internal sealed class SimulationTraffic(SimulatedWorld world, SimulationScene scene, int transactionsPerSender)
{
    private const int BurstMax = 4;

    private readonly HashSet<(int Sender, ulong Nonce, Hash256 Hash)> _acknowledged = [];
    private readonly HashSet<int> _working = [];

    private Dice Dice => world.Clock.Dice;

    public int Acknowledged => _acknowledged.Count;

    public long Resubmitted { get; private set; }

    public void Start()
    {
        for (var sender = 0; sender < SimulationScene.SenderCount; sender++)
        {
            var own = sender;
            _working.Add(own);
            _ = Task.Factory.StartNew(() => SendAllAsync(own), CancellationToken.None, TaskCreationOptions.DenyChildAttach, NewQueue());
        }
    }

    /// <summary>Everybody has what they wanted, and the chain has all of it.</summary>
    public bool IsSettled
    {
        get
        {
            for (var sender = 0; _working.Count == 0 && sender < SimulationScene.SenderCount; sender++)
            {
                if (world.Watch.NonceOf(scene.AddressOf(sender)) < (ulong)transactionsPerSender)
                {
                    return false;
                }
            }
            return _working.Count == 0;
        }
    }

    /// <summary>Who waits, for a report.</summary>
    public string Waiting
    {
        get
        {
            var behind = Enumerable.Range(0, SimulationScene.SenderCount).Where(sender => world.Watch.NonceOf(scene.AddressOf(sender)) < (ulong)transactionsPerSender);
            return string.Join(", ", behind.Select(sender =>
                $"sender {sender} of pool {world.Layout.ShardOf(scene.AddressOf(sender)):X} has {world.Watch.NonceOf(scene.AddressOf(sender))} of {transactionsPerSender}"
                + (_working.Contains(sender) ? " and no answer" : "")));
        }
    }

    /// <summary>What is acknowledged and in no block, and wasn't replaced by another of its nonce that is; null for nothing.</summary>
    public string? FindLost()
    {
        foreach (var (sender, nonce, hash) in _acknowledged)
        {
            if (!world.Watch.IsIncluded(hash) && !Variants(sender, nonce).Any(other => world.Watch.IsIncluded(other.Hash)))
            {
                return $"transaction {hash} of sender {sender}, nonce {nonce}, was acknowledged and is lost";
            }
        }
        return null;
    }

    public WorkQueue NewQueue() => new(world.Clock, null, inOrder: true);

    public SimulatedSilo AnySilo() => world.Silos[Dice.Below(world.Silos.Count)];

    private IEnumerable<Transaction> Variants(int sender, ulong nonce) =>
        Enumerable.Range(0, SimulationScene.VariantCount).Select(variant => scene.Get(sender, nonce, variant));

    private async Task SendAllAsync(int sender)
    {
        for (ulong nonce = 0; nonce < (ulong)transactionsPerSender;)
        {
            await world.Clock.Delay(world.Clock.UpTo(TimeSpan.FromSeconds(4)));
            var count = Math.Min(Dice.Between(1, BurstMax), transactionsPerSender - (int)nonce);
            var burst = new List<Transaction>();
            for (var i = 0; i < count; i++)
            {
                burst.Add(scene.Get(sender, nonce + (ulong)i, Dice.Below(SimulationScene.VariantCount / 2)));
            }
            await SendAsync(sender, burst);
            if (Dice.OneIn(4))
            {
                var better = scene.Get(sender, burst[^1].Nonce, (SimulationScene.VariantCount / 2) + Dice.Below(SimulationScene.VariantCount / 2));
                await SendAsync(sender, [better]);
            }
            if (Dice.OneIn(4))
            {
                await world.Clock.Delay(world.Clock.UpTo(TimeSpan.FromSeconds(4)));
                Resubmitted++;
                await SendAsync(sender, [burst[0]]);
            }
            nonce += (ulong)count;
        }
        _working.Remove(sender);
    }

    /// <summary>Sends until each of the transactions has an answer that is final.</summary>
    private async Task SendAsync(int sender, List<Transaction> burst)
    {
        var shard = world.Layout.ShardOf(scene.AddressOf(sender));
        while (burst.Count > 0)
        {
            if (world.Silos.Count > 0)
            {
                try
                {
                    var results = await AnySilo().Grains.GetGrain<ITransactionPoolGrain>(shard).Submit(new TransactionBatch([.. burst]));
                    burst = [.. burst.Where((transaction, i) => !IsFinal(sender, transaction, results[i]))];
                }
                catch (Exception error) // a boundary: the client tries again
                {
                    world.Trace($"client {sender}: {error.GetType().Name} {error.Message}");
                    Resubmitted++;
                }
            }
            if (burst.Count > 0)
            {
                await world.Clock.Delay(world.Clock.UpTo(TimeSpan.FromSeconds(2)));
            }
        }
    }

    private bool IsFinal(int sender, Transaction transaction, SubmitResult result)
    {
        world.Trace($"client {sender} nonce {transaction.Nonce} {transaction.Hash}: {result.Status} {result.Refusal} {result.Error.Code}");
        if (result.Status is SubmitStatus.Accepted or SubmitStatus.Known)
        {
            _acknowledged.Add((sender, transaction.Nonce, transaction.Hash));
            return true;
        }
        // Another one with its nonce is in the pool, or in a block.
        var isReplaced = result.Refusal == PoolRefusal.ReplacementUnderpriced;
        var isUsed = result.Error.Code == TransactionErrorCode.NonceTooLow && world.Watch.NonceOf(scene.AddressOf(sender)) > transaction.Nonce;
        if (isUsed && world.Watch.IsIncluded(transaction.Hash))
        {
            world.Watch.Violate($"transaction {transaction.Hash} is in a block, and was refused instead of known");
        }
        else if (!isReplaced && !isUsed)
        {
            world.Watch.Violate($"transaction {transaction.Hash}, nonce {transaction.Nonce} of sender {sender}, was refused: {result.Refusal} {result.Error}");
        }
        return true;
    }
}
