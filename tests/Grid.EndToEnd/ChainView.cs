using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Grid.EndToEnd;

/// <summary>All that a refused request must leave as it was.</summary>
internal sealed record ChainView(string HeadHash, int Pending, int Queued, string Balances, string Nonces)
{
    private static readonly TimeSpan FreshTimeout = TimeSpan.FromSeconds(10);

    public static async Task<ChainView> ReadAsync(NodeProcess node)
    {
        // The pool's figures may be half a second old: wait for such as were taken after now.
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var status = await node.Client.GetStatusAsync();
        await node.PollAsync("the status is new", FreshTimeout, async () => (status = await node.Client.GetStatusAsync()).UnixMs > now);
        var (balances, nonces) = (new List<string>(), new List<string>());
        for (var i = 0; i < Wallet.Accounts; i++)
        {
            var address = Wallet.AddressOf(i).ToString();
            balances.Add((await node.CallAsync("eth_getBalance", address, "latest")).GetString()!);
            nonces.Add((await node.CallAsync("eth_getTransactionCount", address, "pending")).GetString()!);
        }
        var head = (await node.CallAsync("eth_getBlockByNumber", "latest", false)).GetProperty("hash").GetString()!;
        return new ChainView(head, status.Pool.Pending, status.Pool.Queued, string.Join(' ', balances), string.Join(' ', nonces));
    }

    /// <summary>A quantity of JSON-RPC.</summary>
    public static BigInteger Number(JsonElement quantity) => BigInteger.Parse("0" + quantity.GetString()![2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    public static async Task<BigInteger> BalanceAsync(NodeProcess node, string address) => Number(await node.CallAsync("eth_getBalance", address, "latest"));

    public static async Task<ulong> NonceAsync(NodeProcess node, string address) => (ulong)Number(await node.CallAsync("eth_getTransactionCount", address, "latest"));
}
