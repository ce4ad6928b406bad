using System.Text.Json;
using Grid.Chain;
using Grid.Crypto;
using Grid.Evm;
using Grid.Grains;
using Grid.Grains.Coordinator;
using Grid.Grains.Hosting;
using Grid.Node.Hosting;
using Grid.Node.Verify;
using Grid.Primitives;
using Grid.State;
using Grid.Storage;
using Grid.Storage.Memory;

namespace Grid.Node.Tests;

/// <summary>A kept chain is executed again, written to a file and read back; and whatever is changed in it is found.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SmallChain _chain = new();

    private string Data => Path.Combine(_folder.Path, "data");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>What is changed in a block, and what is said about it.</summary>
    public static TheoryData<string, ulong, string> Changes { get; } = new()
    {
        { "receipts", 1, "has other receipts" },
        { "access list", 1, "has the state root" },
        { "hashes", 1, "has other transaction hashes" },
        { "senders", 1, "has other senders" },
        { "difficulty", 1, "has the total difficulty 5, not 0" },
        { "hash", 1, ", but " }, // of the head or of the block itself, whichever is looked at first
        { "block", 1, "can't be read" },
        { "root", 1, "is kept under the hash" },
        { "genesis", 0, "but the genesis makes" },
    };

    [Fact]
    public async Task Agrees_with_a_chain_that_was_imported()
    {
        await ImportAsync();
        var run = await CommandRun.OfAsync("verify", "--data", Data, "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var line = JsonDocument.Parse(run.Output).RootElement;
        Assert.True(line.GetProperty("ok").GetBoolean());
        Assert.Equal(_chain.Second.Hash.ToString(), line.GetProperty("hash").GetString());
        Assert.Equal((2, 1), (line.GetProperty("blocks").GetInt32(), line.GetProperty("transactions").GetInt32()));
        // The store trails: it has the genesis state.
        Assert.Equal((1, 0), (line.GetProperty("accounts").GetInt32(), line.GetProperty("slots").GetInt32()));
        Assert.Contains("all of it is what sequential execution gives", (await CommandRun.OfAsync("verify", "--data", Data)).Output, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Changes))]
    public async Task Finds_what_was_changed(string what, ulong number, string detail)
    {
        await ImportAsync();
        using var storage = await NodeStorage.OpenExistingAsync(new StorageLocation(Data), Cancellation);
        var genesis = await ChainOrigin.ReadAsync(storage.Journal, Cancellation);
        var journal = new MemoryJournal();
        var fencingNumber = await journal.TakeFencingNumberAsync(Cancellation);
        for (ulong height = 0; await storage.Journal.ReadBlockAsync(height, Cancellation) is { } block; height++)
        {
            await journal.AppendAsync(height == number ? Change(block, what) : block, fencingNumber, Cancellation);
        }
        var verdict = await new JournalVerifier(journal, genesis, threads: 2).RunAsync(null, Cancellation);
        Assert.Equal(number, verdict.Finding?.Number);
        Assert.Contains(detail, verdict.Finding!.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(0)]
    public async Task Agrees_with_what_is_kept_of_destroyed_storage(int slotsMax)
    {
        // CALLER SELFDESTRUCT, with a slot that no block names.
        var contract = new GenesisAccount(
            Address.FromNumber(0xdead), 1, 1, new Bytecode([0x33, 0xff], Keccak256.Hash([0x33, 0xff])), [new(5, 55)]);
        var genesis = new Genesis
        {
            Spec = ChainSpec.From(Fork.Shanghai, DevelopmentAccounts.ChainId), GasLimit = 30_000_000, Timestamp = 1_700_000_000,
            Accounts = [contract, new GenesisAccount(DevelopmentAccounts.Signers[0].Address, DevelopmentAccounts.BalanceWei)],
        };
        var journal = new MemoryJournal();
        var options = new GridOptions { Genesis = genesis, MakeBlocks = false, LostSlotsMax = slotsMax };
        await using var cluster = await LocalCluster.StartAsync(options, 1, journal, new MemoryStateStore());
        var call = DevelopmentAccounts.Signers[0].Sign(new Transaction
        {
            Type = TransactionType.DynamicFee, ChainId = DevelopmentAccounts.ChainId, GasLimit = 100_000, MaxFeePerGas = 10_000_000_000, To = contract.Address,
        });
        var made = await cluster.Grains.GetGrain<IBlockCoordinatorGrain>(IBlockCoordinatorGrain.Key).MakeBlock(new BlockRequest { Transactions = [call] });
        Assert.Equal(1, made!.TransactionCount);
        var list = BlockAccessList.Decode((await journal.ReadBlockAsync(1, Cancellation))!.AccessList.Span);
        Assert.Equal(slotsMax == 0 ? null : [new HashedSlot(KeyHashes.Of((UInt256)5), 55)], list.LostStorageOf(contract.Address));
        Assert.Null((await new JournalVerifier(journal, genesis, threads: 1).RunAsync(null, Cancellation)).Finding);
    }

    [Fact]
    public async Task Exports_what_was_imported()
    {
        await ImportAsync();
        var file = Path.Combine(_folder.Path, "exported.rlp");
        var run = await CommandRun.OfAsync("export", "--data", Data, "--blocks", file);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        byte[] whole = [.. _chain.Genesis.Encode(), .. _chain.First.Encode(), .. _chain.Second.Encode()];
        Assert.Equal(whole, await File.ReadAllBytesAsync(file, Cancellation));
        Assert.Equal(0, (await CommandRun.OfAsync("export", "--data", Data, "--blocks", file, "--from", "2", "--to", "2")).ExitCode);
        Assert.Equal(_chain.Second.Encode(), await File.ReadAllBytesAsync(file, Cancellation));
        var refused = await CommandRun.OfAsync("export", "--data", Data, "--blocks", file, "--to", "3");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("the chain has blocks 0 to 2", refused.Error, StringComparison.Ordinal);
    }

    /// <summary>What an export writes of lists an import takes; a file of other blocks, or one that ends early, is told from it.</summary>
    [Fact]
    public async Task Exports_access_lists_that_an_import_takes()
    {
        await ImportAsync();
        var (blocks, lists) = (Path.Combine(_folder.Path, "exported.rlp"), Path.Combine(_folder.Path, "lists.rlp"));
        Assert.Equal(0, (await CommandRun.OfAsync("export", "--data", Data, "--blocks", blocks, "--access-lists", lists)).ExitCode);
        string[] import = ["import", "--genesis", Path.Combine(_folder.Path, "genesis.json"), "--blocks", blocks, "--access-lists", lists, "--lanes", "2"];
        var run = await CommandRun.OfAsync(import);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains($"head 2 {_chain.Second.Hash}", run.Output, StringComparison.Ordinal);
        // Two such small blocks gain nothing.
        Assert.Contains("access lists: 0 used, 0 refused", run.Output, StringComparison.Ordinal);

        var whole = await File.ReadAllBytesAsync(lists, Cancellation);
        await File.WriteAllBytesAsync(lists, whole[..^1], Cancellation);
        await AssertRefusedAsync("ends with the file, before its own end");
        Assert.Equal(0, (await CommandRun.OfAsync("export", "--data", Data, "--blocks", Path.Combine(_folder.Path, "part.rlp"), "--access-lists", lists, "--from", "1", "--to", "1")).ExitCode);
        await AssertRefusedAsync($"The access list at byte 0 is of block {_chain.First.Hash}, and the chain goes on with block 0, {_chain.Genesis.Hash}.");
        await File.WriteAllBytesAsync(lists, whole[..35], Cancellation);
        await AssertRefusedAsync("The access list at byte 35 is missing: the file ends before the list of block 1.");
        await File.WriteAllBytesAsync(lists, [0xc1, 0x80], Cancellation);
        await AssertRefusedAsync("The access list at byte 0 is malformed");

        async Task AssertRefusedAsync(string error)
        {
            var refused = await CommandRun.OfAsync(import);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains(error, refused.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("export")]
    public async Task A_folder_without_a_chain_is_refused_and_stays_as_it_is(string command)
    {
        string[] arguments = command == "export" ? [command, "--data", Data, "--blocks", Path.Combine(_folder.Path, "x")] : [command, "--data", Data];
        var run = await CommandRun.OfAsync(arguments);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("holds no chain", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    private async Task ImportAsync()
    {
        var blocks = Path.Combine(_folder.Path, "chain.rlp");
        await File.WriteAllBytesAsync(blocks, [.. _chain.First.Encode(), .. _chain.Second.Encode()], Cancellation);
        var run = await CommandRun.OfAsync("import", "--genesis", _folder.Add("genesis.json", _chain.GenesisJson), "--blocks", blocks, "--data", Data);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
    }

    private JournalBlock Change(JournalBlock block, string what) => what switch
    {
        "receipts" => block with { Receipts = new byte[] { 0xc0 } },
        "access list" => block with { AccessList = BlockAccessList.Empty.Encode() },
        "hashes" => block with { TransactionHashes = new[] { Hash256.FromWord(1) } },
        "senders" => block with { Senders = new[] { Address.FromNumber(1) } },
        "difficulty" => block with { TotalDifficulty = 5 },
        // The block after it doesn't stand on it then, so it is the last.
        "hash" => block with { Hash = Hash256.FromWord(2) },
        "block" => block with { Block = new byte[] { 0xc1, 0x80 } },
        "root" => block with { StateRoot = Hash256.FromWord(3) },
        "genesis" => block with { Hash = Hash256.FromWord(4) },
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };
}
