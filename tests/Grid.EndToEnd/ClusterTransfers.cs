using System.Numerics;
using Grid.Client;
using Grid.Primitives;

namespace Grid.EndToEnd;

/// <summary>Transfers of one wei from two accounts to one that nobody else pays, and which of them were acknowledged.</summary>
internal sealed class ClusterTransfers
{
    private const int Senders = 2, Batch = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Address _receiver = Wallet.NewReceiver();
    private readonly List<string> _acknowledged = [];
    private readonly ulong[] _nonces = new ulong[Senders];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Sends some transfers from each account, and again until each is acknowledged.</summary>
    public async Task SubmitAsync(NodeProcess gateway)
    {
        for (var account = 0; account < Senders; account++)
        {
            for (var i = 0; i < Batch; i++)
            {
                var raw = Wallet.Raw(account, _nonces[account]++, _receiver);
                await gateway.PollAsync("a transfer is acknowledged", Patience, async () =>
                {
                    try
                    {
                        _acknowledged.Add(await gateway.Client.SubmitAsync(raw, Cancellation));
                        return true;
                    }
                    catch (GridException refusal) when (refusal.Problem.Status == 503 && refusal.RetryAfter is not null)
                    {
                        return false;
                    }
                });
            }
        }
    }

    public async Task IncludedAsync(NodeProcess gateway)
    {
        foreach (var hash in _acknowledged)
        {
            await gateway.PollAsync("an acknowledged transfer is included", Patience, async () =>
            {
                try
                {
                    return (await gateway.Client.GetTransactionAsync(hash, Cancellation))?.Status == "included";
                }
                catch (GridException refusal) when (refusal.Problem.Status == 503)
                {
                    return false;
                }
            });
        }
    }

    /// <summary>Each was included once, or the sum would differ.</summary>
    public async Task IncludedOnceAsync(NodeProcess gateway) =>
        Assert.Equal(new BigInteger(_acknowledged.Count), await ChainView.BalanceAsync(gateway, _receiver.ToString()));
}
