using Grid.Chain;
using Grid.Evm;
using Grid.Node.Fuzz;
using Grid.Primitives;

namespace Grid.Node.Torture;

/// <summary>
/// The development accounts as senders: transfers, and calls that move cells of one contract, some of which run out of gas. Each sender has its
/// transactions sent in nonce order, in several ways, and sends what wasn't acknowledged again, as a client does after a time-out.
/// </summary>
/// <remarks>Safe because each sender's transactions and dice are its own task's, and the ledger guards itself.</remarks>
internal sealed class TortureTraffic
{
    private const int Receivers = 16, CellCount = 32, BatchMax = 16, PresetPerLifeMax = 250, PresetPauseMsMax = 20;

    /// <summary>Who is paid the priority fees.</summary>
    public static readonly Address Beneficiary = Address.FromNumber(0xfee);

    private static readonly UInt256 Gwei = 1_000_000_000UL;

    /// <summary>slot[word 1] = slot[word 0] + word 2, and what puts that there.</summary>
    private static readonly byte[] CellInitcode = Hex.Decode("600c8060093d393df3604035600035540160203555");

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(100);

    private readonly TortureLedger _ledger;
    private readonly int _perLifeMax, _pauseMsMax;
    private long _retried;
    private readonly Sender[] _senders;
    private readonly Address[] _receivers;
    private readonly Address _cells = ContractAddress.FromNonce(DevelopmentAccounts.Signers[0].Address, 0);

    /// <param name="perLifeMax">The most transactions that an account sends in one life of the node.</param>
    /// <param name="pauseMsMax">How long it pauses between two batches at most.</param>
    public TortureTraffic(ulong seed, TortureLedger ledger, int perLifeMax = PresetPerLifeMax, int pauseMsMax = PresetPauseMsMax)
    {
        (_ledger, _perLifeMax, _pauseMsMax) = (ledger, perLifeMax, pauseMsMax);
        _senders = [.. DevelopmentAccounts.Signers.Select((signer, i) => new Sender(signer, new Dice(seed, (ulong)i)))];
        _receivers = [.. Enumerable.Range(1, Receivers).Select(i => Address.FromNumber(0x7_0000 + (ulong)i)), .. DevelopmentAccounts.Signers.Select(x => x.Address)];
        Holders = [.. _receivers, Beneficiary, _cells];
    }

    /// <summary>All that can have a balance.</summary>
    public Address[] Holders { get; }

    /// <summary>The sum of all balances in the genesis state, in wei.</summary>
    public static UInt256 SupplyWei => DevelopmentAccounts.BalanceWei * (ulong)DevelopmentAccounts.Signers.Count;

    /// <summary>Answers that said "not now".</summary>
    public long Retried => Volatile.Read(ref _retried);

    /// <summary>Sends from all accounts until the node is gone, or each has sent as many as it may in one life of the node.</summary>
    public Task RunAsync(TortureClient client, CancellationToken cancellation) => RunAsync([client], null, cancellation);

    /// <summary>The same through several gateways: accounts take turns, and where one is gone, another one serves.</summary>
    /// <param name="next">Whom to ask instead of one that is gone; null to end then.</param>
    public Task RunAsync(IReadOnlyList<TortureClient> clients, Func<TortureClient, TortureCutException, TortureClient>? next, CancellationToken cancellation) =>
        Task.WhenAll(_senders.Select((sender, i) => Task.Run(() => RunAsync(sender, clients[i % clients.Count], next, cancellation), CancellationToken.None)));

    /// <summary>Sends what isn't acknowledged yet until it is.</summary>
    public async Task SettleAsync(TortureClient client, CancellationToken cancellation)
    {
        foreach (var sender in _senders)
        {
            while (sender.Unanswered() is { Length: > 0 } open && !cancellation.IsCancellationRequested)
            {
                await SendAsync(sender, client, open);
            }
        }
    }

    private async Task RunAsync(Sender sender, TortureClient client, Func<TortureClient, TortureCutException, TortureClient>? next, CancellationToken cancellation)
    {
        for (var sent = 0; sent < _perLifeMax && !cancellation.IsCancellationRequested;)
        {
            try
            {
                var open = sender.Unanswered();
                var batch = open.Length > 0 ? open[..Math.Min(open.Length, BatchMax)] : Draft(sender, sender.Dice.Between(1, BatchMax));
                await SendAsync(sender, client, batch);
                sent += batch.Length;
                await Task.Delay(sender.Dice.Below(_pauseMsMax), cancellation);
            }
            catch (TortureRetryException)
            {
                Interlocked.Increment(ref _retried);
                await Task.Delay(RetryPause, CancellationToken.None);
            }
            catch (TortureCutException cut) when (next is not null)
            {
                client = next(client, cut);
                await Task.Delay(RetryPause, CancellationToken.None);
            }
            catch (Exception error) when (error is TortureCutException or OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>One after the other or together, over REST or JSON-RPC: all the same to the node.</summary>
    private async Task SendAsync(Sender sender, TortureClient client, TortureTransaction[] batch)
    {
        var raw = batch.Select(x => x.Raw).ToArray();
        switch (sender.Dice.Below(4))
        {
            case 0:
                var results = await client.SubmitAsync(raw);
                for (var i = 0; i < batch.Length; i++)
                {
                    Take(batch[i], results[i].Hash, results[i].Status is "accepted" or "known" ? null : results[i].Problem?.Detail ?? results[i].Status);
                }
                break;
            case 1:
                var hashes = await client.SendAsync(raw);
                for (var i = 0; i < batch.Length; i++)
                {
                    Take(batch[i], hashes[i], null);
                }
                break;
            case 2:
                foreach (var transaction in batch)
                {
                    Take(transaction, await client.SubmitAsync(transaction.Raw), null);
                }
                break;
            default:
                foreach (var transaction in batch)
                {
                    Take(transaction, (await client.SendAsync([transaction.Raw]))[0], null);
                }
                break;
        }
    }

    private void Take(TortureTransaction transaction, string? hash, string? refusal)
    {
        if (refusal is not null || hash != transaction.Hash)
        {
            throw new TortureException($"The transaction {transaction.Hash} was answered with {hash}: {refusal ?? "another hash"}.");
        }
        _ledger.Acknowledge(transaction);
    }

    private TortureTransaction[] Draft(Sender sender, int count)
    {
        var drafts = new TortureTransaction[count];
        for (var i = 0; i < count; i++)
        {
            drafts[i] = sender.Add(Draft(sender));
        }
        return drafts;
    }

    private Transaction Draft(Sender sender)
    {
        var dice = sender.Dice;
        if (sender.Signer == DevelopmentAccounts.Signers[0] && sender.Count == 0)
        {
            return Of(sender.Count, null, 0, CellInitcode, 200_000);
        }
        return dice.OneIn(2)
            ? Of(sender.Count, dice.Pick(_receivers), 1 + (ulong)dice.Below(1_000), [], 21_000)
            : Of(sender.Count, _cells, 0, CellWords(dice), dice.OneIn(8) ? 23_000UL : 100_000);
    }

    private static byte[] CellWords(Dice dice)
    {
        var data = new byte[3 * 32];
        (data[31], data[63], data[95]) = ((byte)dice.Below(CellCount), (byte)dice.Below(CellCount), (byte)dice.Below(4));
        return data;
    }

    private static Transaction Of(int nonce, Address? to, ulong valueWei, byte[] data, ulong gasLimit) => new()
    {
        Type = TransactionType.DynamicFee, ChainId = DevelopmentAccounts.ChainId, Nonce = (ulong)nonce, GasLimit = gasLimit, MaxFeePerGas = 3 * Gwei, MaxPriorityFeePerGas = Gwei, To = to,
        Value = valueWei, Data = data,
    };

    /// <summary>An account's transactions; the place of one is its nonce.</summary>
    private sealed class Sender(Signer signer, Dice dice)
    {
        private readonly List<TortureTransaction> _sent = [];

        public Signer Signer => signer;

        public Dice Dice => dice;

        public int Count => _sent.Count;

        public TortureTransaction Add(Transaction unsigned)
        {
            var signed = signer.Sign(unsigned);
            var transaction = new TortureTransaction(Hex.Encode(signed.Encoded), signed.Hash.ToString());
            _sent.Add(transaction);
            return transaction;
        }

        /// <summary>In nonce order; only the last ones sent can be among them.</summary>
        public TortureTransaction[] Unanswered() => [.. _sent.Where(x => !x.IsAcknowledged)];
    }
}
