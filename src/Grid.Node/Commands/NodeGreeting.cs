using System.Globalization;
using Grid.Chain;
using Grid.Crypto;
using Grid.Node.Hosting;
using Grid.Primitives;

namespace Grid.Node.Commands;

/// <summary>What a started node tells: where it is, whom it has funded, what to try next.</summary>
internal static class NodeGreeting
{
    /// <param name="historyStart">The first block whose state can be read; null where history begins with the next one.</param>
    public static async Task WriteAsync(TextWriter output, NodeOptions options, string url, ulong? historyStart)
    {
        await output.WriteLineAsync($"""

            Grid is ready: chain {options.Genesis.Spec.ChainId.ToString(CultureInfo.InvariantCulture)}, {BlockTime(options)}, {options.Lanes} lane(s). The chain is kept in {options.Storage}.

              JSON-RPC   {url}
              REST       {url}/v1/status
              Reference  {url}/docs
              Dashboard  {url}/dashboard
              Orleans    {url}/orleans
              Metrics    {url}/metrics

            Signatures: secp256k1 by {(Secp256k1.Engine == Secp256k1Engine.Native ? "the system's libsecp256k1" : "managed code")}.
            """);
        if (options.IsArchive)
        {
            await output.WriteLineAsync(historyStart is { } start
                ? $"Archive: the states after block {start.ToString(CultureInfo.InvariantCulture)} and all later ones can be read."
                : "Archive: states can be read from now on; history begins with the next block.");
        }
        if (Secp256k1.Hint is { } hint)
        {
            await output.WriteLineAsync(hint);
        }
        if (options.IsDevelopment)
        {
            await WriteAccountsAsync(output, url);
        }
        await output.WriteLineAsync("\nStop with Ctrl+C.");
        await output.FlushAsync();
    }

    private static string BlockTime(NodeOptions options) =>
        options.BlockTime == TimeSpan.Zero ? "a block as soon as a transaction waits" : $"a block every {options.BlockTime.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} ms in which transactions wait";

    private static async Task WriteAccountsAsync(TextWriter output, string url)
    {
        var ether = DevelopmentAccounts.BalanceWei / UInt256.Parse("1000000000000000000");
        await output.WriteLineAsync($"\nDevelopment accounts, {ether} ether each (everybody knows these keys: never use them elsewhere):");
        for (var i = 0; i < DevelopmentAccounts.Signers.Count; i++)
        {
            var signer = DevelopmentAccounts.Signers[i];
            await output.WriteLineAsync($"  {i}  {signer.Address}  {DevelopmentAccounts.PrivateKeys[i]}");
        }
        await output.WriteLineAsync($$"""
            Mnemonic: {{DevelopmentAccounts.Mnemonic}}

            Try next:
              curl -s {{url}}/v1/accounts/{{DevelopmentAccounts.Signers[0].Address}}
              curl -s -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}' {{url}}
              npx -y @foundry-rs/cast send --rpc-url {{url}} --private-key {{DevelopmentAccounts.PrivateKeys[0]}} --value 1ether {{DevelopmentAccounts.Signers[1].Address}}
            """);
    }
}
