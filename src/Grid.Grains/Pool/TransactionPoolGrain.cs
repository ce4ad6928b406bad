using Grid.Chain;
using Grid.Evm;
using Grid.Grains.Coordinator;
using Grid.Grains.Load;
using Grid.Grains.Messages;
using Grid.Grains.Placement;
using Grid.Grains.Shards;
using Grid.Grains.Snapshots;
using Grid.Primitives;
using Grid.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Grid.Grains.Pool;

/// <inheritdoc cref="ITransactionPoolGrain"/>
/// <remarks>
/// Safe because turns don't interleave: a batch is checked, made durable and answered before the next one is looked at. A second
/// activation of the same pool during unstable membership may admit what this one admitted; the journal's table has one row per hash, and a block
/// can include a nonce once. What the other one admitted after this one had read the table is found there by looking again, see <see cref="PoolLooks"/>. A pool that
/// wasn't told of a block looks at the accounts again.
/// </remarks>
[BesideShardPlacement]
public sealed partial class TransactionPoolGrain(
    GridOptions options,
    PoolTable table,
    SiloHead siloHead,
    SiloDirectory silos,
    IJournal journal,
    TimeProvider time,
    GrainLoad load,
    ShardLoad shardLoad,
    ILogger<TransactionPoolGrain> logger) : Grain, ITransactionPoolGrain, ICountedGrain
{
    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromSeconds(10);

    /// <summary>Looking at all that waits takes up to a millisecond: too much for each turn.</summary>
    private static readonly TimeSpan ReportInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan HeadInterval = TimeSpan.FromMilliseconds(20), HeadPatience = TimeSpan.FromSeconds(10), ShardPatience = TimeSpan.FromSeconds(3);

    private readonly TransactionPool _pool = new(options.Pool);
    private readonly PoolLooks _looks = new(time);
    private IBlockCoordinatorGrain _coordinator = null!;
    private int _shard;
    private readonly List<Hash256> _left = [];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _shard = (int)this.GetPrimaryKeyLong();
        _coordinator = GrainFactory.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key);
        _looks.Begin(silos.ActiveSilos());
        await Restore(cancellationToken);
        load.Of(nameof(TransactionPoolGrain)).Activated();
        this.RegisterGrainTimer(Upkeep, new GrainTimerCreationOptions(UpkeepInterval, UpkeepInterval));
        this.RegisterGrainTimer(LookAgain, new GrainTimerCreationOptions(PoolLooks.Interval, PoolLooks.Interval));
        Report();
        this.RegisterGrainTimer(
            _ =>
            {
                Report();
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(ReportInterval, ReportInterval));
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        load.Of(nameof(TransactionPoolGrain)).Deactivated();
        shardLoad.RemovePool(_shard);
        return Task.CompletedTask;
    }

    public async Task<SubmitResult[]> Submit(TransactionBatch batch)
    {
        var transactions = batch.Transactions;
        var unknown = transactions.Select(x => x.Sender).Where(x => !_pool.Knows(in x)).Distinct().ToArray();
        var (states, number) = await ReadSenders(unknown);
        var head = (await siloHead.GetAsync()).Header;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var results = new SubmitResult[transactions.Length];
        var admitted = new List<PoolEntry>();
        var replaced = new List<Hash256>();
        for (var i = 0; i < results.Length; i++)
        {
            var transaction = transactions[i];
            results[i] = _pool.Contains(transaction.Hash) || await IsIncluded(transaction, states)
                ? new SubmitResult(transaction.Hash, SubmitStatus.Known, PoolRefusal.None, default)
                : Admit(transaction, head, states, number, now, replaced);
            if (results[i].Status == SubmitStatus.Accepted)
            {
                admitted.Add(new PoolEntry(transaction.Hash, transaction.Sender, transaction.EncodedMemory, now));
            }
        }
        if (admitted.Count > 0)
        {
            // One that came and was replaced in this batch has no place in the table: it would come back when the pool recovers.
            admitted.RemoveAll(entry => !_pool.Contains(entry.Hash));
            await MakeDurable(admitted, replaced);
            await _coordinator.TransactionsWait();
        }
        return results;
    }

    /// <summary>Whether a block has it. Only then is its nonce below the account's: for all others the journal isn't asked.</summary>
    private async ValueTask<bool> IsIncluded(Transaction transaction, Dictionary<Address, SenderState> states)
    {
        var nonce = _pool.AccountNonce(transaction.Sender) ?? states[transaction.Sender].Nonce;
        return transaction.Nonce < nonce && await journal.FindTransactionAsync(transaction.Hash) is not null;
    }

    /// <summary>What the journal didn't take must not be answered as known later: the next activation has what the journal has.</summary>
    private async Task MakeDurable(List<PoolEntry> admitted, List<Hash256> removed)
    {
        try
        {
            await journal.UpdatePoolAsync(admitted, removed);
        }
        catch (StorageException)
        {
            DeactivateOnIdle();
            throw;
        }
    }

    public Task<TransactionBatch> Offer(OfferRequest request, IncludedNotice? pending) =>
        Task.FromResult(new TransactionBatch(_pool.Offer(in request, pending?.Changes.List)));

    public Task Included(IncludedNotice notice)
    {
        // The append has taken the block's own transactions out of the table.
        _left.AddRange(_pool.Included(notice.BlockNumber, notice.Changes.List));
        return Task.CompletedTask;
    }

    public Task Postpone(Hash256[] hashes)
    {
        _pool.Postpone(hashes);
        return Task.CompletedTask;
    }

    public Task Refresh() => Refresh(_pool.Senders);

    private async Task Refresh(Address[] senders)
    {
        var (states, number) = await ReadSenders(senders);
        var gone = _pool.Refresh(states, number);
        if (gone.Count > 0)
        {
            await MakeDurable([], gone);
        }
    }

    public Task<bool> Settle(string silo) => Task.FromResult(this.SettleOn(silo, silos));

    public Task<PooledTransaction?> Find(Hash256 hash) =>
        Task.FromResult(_pool.Find(in hash) is { } transaction ? new PooledTransaction(transaction) : null);

    public async Task<ulong> GetNextNonce(Address sender)
    {
        if (_pool.NextNonce(in sender) is { } next)
        {
            return next;
        }
        var (states, _) = await ReadSenders([sender]);
        return states[sender].Nonce;
    }

    public Task<PoolDescription> Describe() => Task.FromResult(_pool.Describe());

    private SubmitResult Admit(
        Transaction transaction, BlockHeader head, Dictionary<Address, SenderState> states, ulong number, long now, List<Hash256> replaced)
    {
        if (transaction.EncodedMemory.Length > options.Pool.TransactionSizeBytesMax)
        {
            return Refuse(transaction, PoolRefusal.TooLarge, new TransactionError(
                TransactionErrorCode.None, (ulong)transaction.EncodedMemory.Length, (ulong)options.Pool.TransactionSizeBytesMax));
        }
        var error = CheckStatic(transaction, head);
        if (!error.IsNone)
        {
            _pool.CountRejection(error.Code.ToString());
            return Refuse(transaction, PoolRefusal.Invalid, error);
        }
        SenderState? state = states.TryGetValue(transaction.Sender, out var found) ? found : null;
        var verdict = _pool.Admit(transaction, state, number, now, out var old);
        if (verdict.Refusal != PoolRefusal.None)
        {
            return Refuse(transaction, verdict.Refusal, verdict.Error);
        }
        if (old is not null)
        {
            replaced.Add(old.Hash);
        }
        return new SubmitResult(transaction.Hash, SubmitStatus.Accepted, PoolRefusal.None, default);
    }

    private TransactionError CheckStatic(Transaction transaction, BlockHeader head)
    {
        var spec = options.Genesis.Spec;
        var fork = spec.ForkAt(head.Number + 1, (ulong)time.GetUtcNow().ToUnixTimeSeconds(), spec.TerminalTotalDifficulty is not null && head.Difficulty.IsZero);
        var error = TransactionRules.CheckStatic(transaction, fork, spec.ChainId, out _);
        return error.IsNone && transaction.GasLimit > head.GasLimit
            ? new TransactionError(TransactionErrorCode.BlockGasLimitExceeded, transaction.GasLimit, head.GasLimit)
            : error;
    }

    private SubmitResult Refuse(Transaction transaction, PoolRefusal refusal, TransactionError error)
    {
        shardLoad.CountRefusal(refusal == PoolRefusal.Invalid ? error.Code.ToString() : refusal.ToString());
        return new SubmitResult(transaction.Hash, SubmitStatus.Rejected, refusal, error);
    }

    /// <summary>The accounts after the head: from this silo's view, or from the shard where it isn't here (yet).</summary>
    /// <exception cref="Lanes.StateMovedException">The shard is on its way to another silo, and doesn't arrive.</exception>
    private async Task<(Dictionary<Address, SenderState> States, ulong Number)> ReadSenders(Address[] senders)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var view = await siloHead.GetAsync();
            var query = new StateQuery(view.Number, view.Header.Hash, senders, [], []);
            var values = senders.Length == 0 ? new StateValues([], [], []) : StateLookup.TryAnswer(view, query) ?? await GrainFactory.GetGrain<IStateShardGrain>(_shard).Read(query);
            if (values is not null)
            {
                var states = new Dictionary<Address, SenderState>(senders.Length);
                for (var i = 0; i < senders.Length; i++)
                {
                    states[senders[i]] = new SenderState(senders[i], values.Accounts[i]?.Nonce ?? 0, values.Accounts[i]?.Balance ?? default);
                }
                return (states, view.Number);
            }
            if (time.GetElapsedTime(start) > ShardPatience)
            {
                throw new Lanes.StateMovedException(view.Number);
            }
            await Task.Delay(HeadInterval, time);
        }
    }

    /// <summary>
    /// The table has lost what the last block included, so the accounts must be those after that block: after an older one, a transaction
    /// that is in it would be taken for new.
    /// </summary>
    /// <exception cref="Lanes.StateMovedException">The silo doesn't come to the journal's head: the coordinator is recovering, or gone.</exception>
    private async Task WaitForHead(CancellationToken cancellation)
    {
        var wanted = (await journal.ReadHeadAsync(cancellation))?.Number ?? 0;
        var start = time.GetTimestamp();
        while ((await siloHead.GetAsync()).Number is var number && number < wanted)
        {
            if (time.GetElapsedTime(start) > HeadPatience)
            {
                throw new Lanes.StateMovedException(number);
            }
            await Task.Delay(HeadInterval, time, cancellation);
        }
    }

    /// <summary>Takes in what the table has and this pool hasn't: all there is for a new activation, later what a second one has admitted.</summary>
    /// <returns>Whether there was something.</returns>
    private async Task<bool> Restore(CancellationToken cancellation)
    {
        PoolEntry[] entries = [.. (await table.ReadAsync(_shard)).Where(entry => !_pool.Contains(entry.Hash)).OrderBy(entry => entry.AdmittedUnixMs)];
        if (entries.Length == 0)
        {
            return false;
        }
        await WaitForHead(cancellation);
        var (states, number) = await ReadSenders([.. entries.Select(entry => entry.Sender).Distinct()]);
        var stale = new List<Hash256>();
        foreach (var entry in entries)
        {
            var transaction = Transaction.Decode(entry.Raw.Span);
            transaction.SetSender(entry.Sender);
            if (_pool.Restore(transaction, states[entry.Sender], number, entry.AdmittedUnixMs) is { } hash)
            {
                stale.Add(hash);
            }
        }
        if (stale.Count > 0)
        {
            // Their nonces were used by others: nothing else would take them out of the table.
            await journal.UpdatePoolAsync([], stale, cancellation);
        }
        return true;
    }

    /// <summary>Takes in what another activation of this pool has admitted.</summary>
    private async Task LookAgain(CancellationToken cancellation)
    {
        if (!_looks.IsDue(silos.ActiveSilos()))
        {
            return;
        }
        try
        {
            // Where this silo isn't at the head yet, the next look is soon enough.
            if ((await siloHead.GetAsync()).Number >= (await journal.ReadHeadAsync(cancellation))?.Number && await Restore(cancellation))
            {
                await _coordinator.TransactionsWait();
            }
        }
        catch (Exception error) when (error is StorageException or OrleansException or Lanes.StateMovedException or TimeoutException)
        {
            LogNotLooked(_shard, error.Message);
        }
    }

    /// <summary>What nothing else would do in time; where it fails, the next tick tries again.</summary>
    private async Task Upkeep(CancellationToken cancellation)
    {
        if (_left.Count > 0)
        {
            await journal.UpdatePoolAsync([], [.. _left], cancellation);
            _left.Clear();
        }
        await Expire();
        // What waits long may wait because this pool wasn't told of a block: a second activation was, or nobody.
        var waiting = _pool.SendersWaitingSince((time.GetUtcNow() - UpkeepInterval).ToUnixTimeMilliseconds());
        if (waiting.Length > 0)
        {
            await Refresh(waiting);
            _pool.TryAgain(waiting);
        }
    }

    private async Task Expire()
    {
        var expired = _pool.Expire((time.GetUtcNow() - options.Pool.Expiry).ToUnixTimeMilliseconds());
        if (expired.Count > 0)
        {
            await MakeDurable([], expired);
        }
    }

    private void Report() => shardLoad.ReportPool(_shard, _pool.Describe());

    [LoggerMessage(Level = LogLevel.Warning, Message = "Pool {Shard} can't look at the table of admitted transactions now: {Reason}")]
    private partial void LogNotLooked(int shard, string reason);
}
