using System.Globalization;
using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Node.Bench;
using Grid.Node.Fixtures;
using Grid.Primitives;
using Grid.State;

namespace Grid.Node.Fuzz.Evm.Anvil;

/// <summary>An anvil under one fork, with some blocks, so that BLOCKHASH has something to find; and what Grid must know of its state.</summary>
internal sealed class AnvilChain : IAsyncDisposable
{
    private const int EarlierBlocks = 260;

    /// <summary>EIP-2935.</summary>
    private const ulong HistoryServeWindow = 8_191;

    private const ulong FirstTimestamp = 2_000_000_000;

    private ulong _timestamp = FirstTimestamp;

    private AnvilChain(AnvilProcess process, Fork fork, Hash256[] hashes, WorldTrie state)
    {
        (Process, Fork, Hashes, State) = (process, fork, new BlockHashes(hashes), state);
    }

    public AnvilProcess Process { get; }

    public Fork Fork { get; }

    public IBlockHashes Hashes { get; }

    /// <summary>After the earlier blocks: what anvil itself has put there.</summary>
    public WorldTrie State { get; }

    /// <summary>Seconds since 1970, later at each call: anvil's clock doesn't go back with its state.</summary>
    public ulong NextTimestamp() => _timestamp += 12;

    /// <exception cref="AnvilException">It doesn't start, or has another state than it should.</exception>
    public static async Task<AnvilChain> StartAsync(string executable, Fork fork, CancellationToken cancellation)
    {
        List<string> arguments =
        [
            "--hardfork", NameOf(fork), "--no-mining", "--order", "fifo", "--accounts", "0", "--chain-id",
                FuzzCase.ChainId.ToString(CultureInfo.InvariantCulture),
            "--gas-limit", "30000000", "--disable-default-create2-deployer", "--disable-pool-balance-checks", "--disable-min-priority-fee",
                "--disable-console-log",
            "--timestamp", "1000000",
        ];
        if (fork >= Fork.Osaka)
        {
            arguments.Add("--enable-tx-gas-limit");
        }
        var process = await AnvilProcess.StartAsync(executable, arguments, cancellation);
        try
        {
            await process.CallAsync("anvil_mine", [EarlierBlocks], cancellation);
            var blocks = await process.AskAsync(
                [.. Enumerable.Range(0, EarlierBlocks + 1).Select(number => new AnvilCall("eth_getBlockByNumber", $"0x{number:x}", false))],
                    cancellation);
            var hashes = Array.ConvertAll(blocks, block => block.Value.Field("hash").Hash());
            var state = WorldTrie.Empty().Apply(await OwnAccountsAsync(process, fork, hashes, cancellation));
            var root = blocks[^1].Value.Field("stateRoot").Hash();
            return root == state.Root
                ? new AnvilChain(process, fork, hashes, state)
                : throw new AnvilException($"anvil's state has the root {root} before any case, and should have {state.Root}.");
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    /// <summary>From Prague on anvil deploys EIP-2935's contract and calls it before each block.</summary>
    private static async Task<List<AccountChange>> OwnAccountsAsync(AnvilProcess process, Fork fork, Hash256[] hashes, CancellationToken cancellation)
    {
        var address = SystemContracts.HistoryStorage.ToString();
        var code = (await process.CallAsync("eth_getCode", [address, "latest"], cancellation)).Bytes();
        if (code.Length == 0)
        {
            return [];
        }
        var nonce = (await process.CallAsync("eth_getTransactionCount", [address, "latest"], cancellation)).Number();
        var slots = hashes[..^1].Select((hash, number) => new KeyValuePair<UInt256, UInt256>((ulong)number % HistoryServeWindow, hash.ToWord()));
        var account = new GenesisAccount(SystemContracts.HistoryStorage, UInt256.Zero, nonce, new Bytecode(code, Keccak256.Hash(code)),
            fork >= Fork.Prague ? [.. slots] : []);
        return [account.ToAccountChange()];
    }

    private static string NameOf(Fork fork) => fork switch
    {
        Fork.TangerineWhistle => "tangerine",
        Fork.Dao => "dao",
        _ => fork.ToString().ToLowerInvariant(),
    };

    private sealed class BlockHashes(Hash256[] hashes) : IBlockHashes
    {
        public Hash256 GetBlockHash(ulong number) => number < (ulong)hashes.Length ? hashes[number] : default;
    }
}
